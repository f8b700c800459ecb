"""The pictures of lesson 15 show what was counted."""

import re

from classroom.lessons.scale import ladder, published, widgets
from nextword import scaling


def test_the_dial_tells_what_a_size_costs():
    dial = widgets.how_long(here=5e10, start=7e9)
    assert "7 billion dials: 5.9 × 10²¹ operations, for 140 billion tokens." in dial.says
    assert "It holds 112 GB" in dial.says and "on this computer ‹3,730 years›" in dial.says
    assert "at a billion operations a second it takes 186,000 years" in dial.says
    dial.slider.index = len(widgets.SIZES) - 1
    assert "2 trillion dials" in dial.text.value and "TB" in dial.text.value
    dial.slider.index = 0
    assert "1 million dials: 1.2 × 10¹⁴ operations" in dial.view.value
    assert "at a billion operations a second it takes 1.39 days" in dial.text.value
    assert "on this computer ‹40 minutes›" in dial.text.value


def test_more_machines_take_less_time_at_every_size():
    dial = widgets.how_long(here=5e10)
    for n_parameters in widgets.SIZES:
        _, says = dial.draw(n_parameters)
        flops = scaling.six_n_d(n_parameters, 20 * n_parameters)
        assert widgets.lasting(flops / 1e9) in says
        assert widgets.lasting(flops / (1000 * 0.4 * 989.4e12)) in says


def test_what_was_published_agrees_with_the_rule_of_thumb():
    for model in published.MODELS:
        if model.told and model.n_tokens:
            rule = scaling.six_n_d(model.n_parameters, model.n_tokens)
            assert abs(rule / model.told - 1) < 0.02, model.name
    years = {one.name: scaling.computing_years(one.flops, 1e9) / 1e6 for one in published.MODELS}
    assert 9 < years["GPT-3"] < 11 and 600 < years["GPT-4"] < 700 and 1100 < years["Llama 3.1 405B"] < 1300
    assert sum(number > 100 for number in years.values()) == 2


def test_the_law_is_drawn_through_its_points():
    law = scaling.PowerLaw(30.0, 0.09)
    compute = [1e10, 3e10, 9e10]
    drawing, says = widgets.laws(compute, [law.at(c) for c in compute], law, (3e11, 2.9), "A law")
    line, points, foretold, came = drawing.axes[0].lines
    assert list(points.get_ydata()) == [law.at(c) for c in compute]
    assert foretold.get_ydata()[0] == law.at(3e11) and came.get_ydata()[0] == 2.9
    assert re.search(r"1\.0 powers of ten", says) and line.get_xdata()[-1] == 3e11


def test_the_ladder_goes_up_by_about_the_same_factor():
    widths = (*ladder.WIDTHS, ladder.NEXT)
    flops = [ladder.flops(width) for width in widths]
    assert all(2 < after / before < 3 for before, after in zip(flops, flops[1:], strict=False))
    for width in widths:
        spent = scaling.six_n_d(ladder.dials(width), ladder.steps(width) * ladder.BATCH * ladder.CONTEXT)
        assert 1 < ladder.flops(width) / spent < 1.3  # what is above 1 is attention's
