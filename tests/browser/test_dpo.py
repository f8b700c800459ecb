"""Lesson 20 in a real browser: the price of distance decides how far the best policy goes."""


def test_the_price_moves_the_best_policy(lab, opened):
    place = opened("notebooks", "dpo")
    lab.run_for("price")
    assert lab.output_errors() == []
    lab.show_cell(place("price"))
    before = lab.picture()
    assert lab.move_slider("beta", steps=-3) == "0.05"
    lab.wait_for_new_picture(before)
    lab.panel().locator(".widget-html").get_by_text("hen hen hen 0.01 to 1.00").first.wait_for()
    assert lab.move_slider("beta", steps=7) == "20"
    lab.panel().locator(".widget-html").get_by_text("hen hen hen 0.01 to 0.01").first.wait_for()
    lab.screenshot("dpo_price")
    assert lab.problems == []
