"""The pictures of lesson 07 say what they show, whatever pieces of text a scrambled machine comes up with."""

import warnings

import pytest

from classroom.display import figures
from classroom.lessons.transformer import widgets as widgets
from classroom.lessons.transformer.widgets import Heard
from nextword.transformer_parts.config import GPT3_MATRICES, ModelConfig

DIALS = [0.1 * (place % 7 - 3) for place in range(30)]
SETS = {
    "random": Heard("pardpardpard", 3.4, 0.0001, 0.00002, DIALS),
    "real": Heard(" girl named Emma\n", 1.2, 0.35, 0.03, DIALS),
    "scrambled": Heard(" $x_{ 鸭 \\frac", 8.3, 0.6, 1e-12, DIALS),
}
ODD = [" W", "$a^{", "\ufffd", "\n\t", "", " ", "鸭", "<b>", "_"]


def words(drawing) -> str:
    """All that is written in a figure."""
    axes = drawing.axes
    return "\n".join(
        text.get_text() for ax in axes for text in [*ax.texts, *ax.get_yticklabels(), ax.title]
    ) + ("".join(ax.get_title(loc="left") for ax in axes))


@pytest.fixture(autouse=True)
def no_warnings():
    """A letter that the font lacks would be a warning in the lesson."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.mark.parametrize(
    "chance, says",
    [
        (1.0, "1.00"),
        (0.0051, "0.01"),
        (0.0049, "one in 200"),
        (0.00002, "one in 50,000"),
        (2e-9, "one in 500,000,000"),
        (1e-18, "less than one in a billion"),
        (0.0, "less than one in a billion"),
    ],
)
def test_a_chance_can_be_read(chance, says):
    assert widgets.share(chance) == says


@pytest.mark.parametrize("piece", ODD)
def test_a_piece_can_be_drawn(piece):
    shown = widgets.readable(piece)
    assert shown and "\n" not in shown
    drawing, ax = figures.figure("a piece")
    ax.text(0, 0, shown, parse_math=False)
    assert figures.png(drawing)


def test_three_sets_name_who_beats_the_blind():
    drawing = widgets.three_sets(SETS, "Once upon a time", blind=3.37)
    assert "only the real one beats blind guessing" in words(drawing)
    assert all(f"{heard.bits:.2f}" in words(drawing) for heard in SETS.values())
    assert figures.png(drawing)


def test_areas_are_as_large_as_the_counts():
    total = sum(GPT3_MATRICES.parameters_by_kind().values())
    drawing = widgets.areas("GPT-3", GPT3_MATRICES, total // 100)
    [ax] = drawing.axes
    sizes = [patch.get_width() * patch.get_height() for patch in ax.patches]
    assert len(sizes) == 9
    for size, count in zip(sizes, [*GPT3_MATRICES.parameters_by_kind().values(), total / 100], strict=True):
        assert size / sum(sizes[:8]) == pytest.approx(count / total, rel=1e-6)
    assert "GPT-3: 66% of 175,181,291,520 dials are in MLPs" in words(drawing)


def test_areas_of_a_gated_model():
    config = ModelConfig(vocab_size=100, d_model=8, n_layers=2, n_heads=2, d_mlp=16, context=8)
    assert "gate" in words(widgets.areas("tiny", config, 10))
