"""The slider of the course: it has a name, its steps have names, and value and step go together."""

import pytest
import traitlets

from classroom.display.dial import Dial
from classroom.display.spoken import Slider, Spoken


def slider(**more):
    return Slider("noise:", [("none", 0.0), ("some", 0.5), ("all", 1.0)], value=0.5, **more)


def test_value_and_step_go_together():
    seen, own = [], slider()
    own.observe(lambda change: seen.append(change.new), names="value")
    assert (own.index, own.names[own.index]) == (1, "some")
    own.index = 2  # as the browser sets it
    own.value = 0.0
    assert seen == [1.0, 0.0] and own.index == 0


@pytest.mark.parametrize("what, value", [("value", 0.7), ("index", 3), ("index", -1)])
def test_what_is_not_on_the_slider_is_refused(what, value):
    own = slider()
    with pytest.raises(traitlets.TraitError, match="is not on this slider"):
        setattr(own, what, value)
    assert (own.index, own.value) == (1, 0.5)


def test_the_browser_gets_names():
    state = slider().get_state()
    assert (state["description"], state["names"], state["index"]) == ("noise:", ["none", "some", "all"], 1)
    assert "value" not in state and "aria-valuetext" in state["_esm"]


def test_a_line_is_read_aloud():
    said = Spoken("<b>one</b>")
    assert said.get_state()["value"] == "<b>one</b>" and '"role", "status"' in said._esm


def test_a_dial_tells_what_its_slider_shows():
    dial = Dial("noise:", [0, 1], lambda value: (f"<b>{value}</b>", f"{value} < 2."))
    dial.slider.value = 1
    assert (dial.view.value, dial.text.value) == ("<b>1</b>", "1 &lt; 2.")
    page = dial._repr_mimebundle_()["text/html"]
    assert page.startswith("<b>0</b>") and "0 &lt; 2." in page
