"""The moving pictures of lesson 02."""

import torch

from classroom.lessons.sampling import widgets

LOGITS = torch.tensor([3.0, 2.5, 2.0, 1.5, 1.0, 0.5, *([0.0] * 20)])
WORDS = [f"w{place}" for place in range(len(LOGITS))]


def test_what_a_filter_keeps_is_seen_to_grow():
    """The axis stays where it is: on one that rescales the best bar would always be full."""
    dial = widgets.filtered_bars(LOGITS, WORDS)
    best = []
    for _, k in dial.slider.options:
        drawing, _ = dial.draw(k)
        [ax] = drawing.axes
        assert ax.get_xlim() == (0, 1)
        best.append(ax.patches[0].get_width())
    assert best[0] == 1 and best == sorted(best, reverse=True) and best[-1] < 0.5
