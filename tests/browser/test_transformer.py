"""Lesson 07 in a real browser: the machine loses Berlin as noise is turned up, and is sure of nonsense in the end."""


def test_noise_and_certainty(lab, opened):
    place = opened("notebooks", "transformer")
    lab.run_for("along", "areas")
    assert lab.output_errors() == []
    lab.show_cell(place("along"))
    says = lab.panel().locator(".widget-html")
    says.get_by_text("Its favourite here is “Berlin”").wait_for()
    lab.screenshot("transformer_real")
    readings = []
    for _ in range(5):
        before = lab.picture()
        readings.append(lab.move_slider("noise", steps=1))
        lab.wait_for_new_picture(before)
        lab.screenshot(f"transformer_noise_{readings[-1]}")
    assert readings == ["0.1", "0.15", "0.2", "0.3", "1"]
    says.get_by_text("“Berlin” gets less than one in a billion").wait_for()
    lab.show_cell(place("areas"))
    lab.screenshot("transformer_areas")
    assert lab.problems == []
