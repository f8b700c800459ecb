"""Lesson 08 in a real browser: a slider goes from program to program of a matrix product."""


def test_a_slider_goes_from_program_to_program(lab, opened):
    place = opened("notebooks", "gpu_kernels")
    lab.run_for("tiles")
    assert lab.output_errors() == []
    lab.show_cell(place("tiles"))
    before = lab.picture()
    assert lab.move_slider("program", steps=1) == "9"
    lab.wait_for_new_picture(before)
    lab.panel().get_by_text("Program 9 of 16 reads").first.wait_for()
    lab.screenshot("gpu_kernels_tiles")
    lab.run_for("tail")
    lab.show_cell(place("tail"))
    lab.screenshot("gpu_kernels_tail")
    assert lab.output_errors() == []
    assert lab.problems == []
