"""Lesson 14 in a real browser: seven matmuls, lit one after the other."""


def test_a_slider_goes_through_the_seven_matmuls(lab, opened):
    place = opened("notebooks", "fused_attention_backward")
    lab.run_for("seven")
    assert lab.output_errors() == []
    lab.show_cell(place("seven"))
    before = lab.picture()
    assert lab.move_slider("matmul", steps=1) == "2: dV"
    lab.wait_for_new_picture(before)
    lab.panel().get_by_text(
        "2 of 7, in the kernel that owns keys: dV = P turned round times dO"
    ).first.wait_for()
    lab.screenshot("fused_attention_backward_seven")
    lab.run_for("owners")
    lab.show_cell(place("owners"))
    assert lab.output_errors() == []
    lab.screenshot("fused_attention_backward_owners")
    assert lab.problems == []
