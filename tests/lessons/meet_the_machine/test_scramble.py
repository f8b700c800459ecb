"""The pictures of lesson 00: the delta of many stories, and the dial that scrambles."""

from types import SimpleNamespace

import pytest
import torch

from classroom.display import figures
from classroom.lessons.meet_the_machine import delta, scramble
from classroom.lessons.meet_the_machine.scramble import Heard
from nextword import black_box
from nextword.black_box import LanguageModel
from nextword.pretrained_parts.byte_tokenizer import PretrainedTokenizer, letters
from nextword.transformer import ModelConfig, Transformer

TOLD = [["a", "b", "c"], ["a", "b", "d"], ["a", "e", "f"], ["g", "h", "i"]]
START = "the duck"


@pytest.fixture(scope="module")
def tiny() -> LanguageModel:
    """A model with dials by chance; each token is a byte."""
    tokenizer = PretrainedTokenizer.made_from(letters(), [], [], 0, r"\w+|\W+", "")
    size = ModelConfig(vocab_size=256, d_model=24, n_layers=1, n_heads=2, d_mlp=40, context=60)
    return LanguageModel(Transformer(size, torch.Generator().manual_seed(3)), tokenizer)


def branches(tree: delta.Branch):
    """Every branch of a tree but the tree itself."""
    for branch in tree.children.values():
        yield branch
        yield from branches(branch)


# Many stories at once


def test_at_zero_all_stories_are_what_the_loop_writes(tiny):
    told = delta.stories(tiny, START, n=3, length=5, temperature=0)
    text, by_hand = START, []
    for _ in range(5):
        by_hand.append(black_box.likeliest(tiny(text)))
        text += by_hand[-1]
    if "�" not in text:  # half a letter goes in again as another token
        assert told[0] == by_hand
    assert told[0] == told[1] == told[2]


def test_chance_comes_from_the_seed_alone(tiny):
    first, again, other = (delta.stories(tiny, START, n=6, length=8, seed=seed) for seed in (1, 1, 2))
    assert first == again != other
    assert [len(story) for story in first] == [8] * 6
    assert len({tuple(story) for story in first}) > 1


# The delta


def test_a_river_is_as_wide_as_its_branches_together():
    tree = delta.grown(TOLD, ["a", "b", "c"])
    for river in [tree, *branches(tree)]:
        shares = river.mouths()
        if shares:
            assert river.n == sum(branch.n for branch, _, _ in shares)
            edges = [edge for _, top, bottom in shares for edge in (top, bottom)]
            assert edges == sorted(edges)
            assert (edges[0], edges[-1]) == pytest.approx(river.banks())


@pytest.mark.parametrize("likeliest", [["a", "b", "c"], ["x", "y", "z"], ["a", "b", "z"]])
def test_no_two_branches_flow_in_one_lane(likeliest):
    tree = delta.grown(TOLD, likeliest)
    ends = sorted((b.banks() for b in branches(tree) if not b.children), key=lambda banks: banks[0])
    assert all(upper[1] < lower[0] for upper, lower in zip(ends, ends[1:], strict=False))
    level = [tree]
    while level := [branch for river in level for branch in river.ordered()]:
        assert [b.y for b in level] == sorted(b.y for b in level), "branches cross"


def test_followers_are_counted_piece_after_piece():
    assert delta.followers(delta.grown(TOLD, ["a", "b", "c"])) == [3, 2, 1]
    assert delta.followers(delta.grown(TOLD, ["a", "b", "z"])) == [3, 2, 0]
    assert delta.followers(delta.grown(TOLD, ["x", "y", "z"])) == [0, 0, 0]


def test_what_is_told_alone_is_told_in_one():
    tree = delta.grown(TOLD, ["a", "b", "c"])
    assert tree.children["g"].rest() == "ghi"
    assert delta.shown(" a\nb ") == "a↵b"


@pytest.mark.parametrize(
    "told", [TOLD, [["a", "b", "c"]], [["a", "b", "c"]] * 3, [["$x^$", "\n", "_"], ["$", "<b>", " "]]]
)
@pytest.mark.parametrize("likeliest", [["a", "b", "c"], ["x", "y", "z"]])
def test_the_picture_says_what_it_shows(told, likeliest):
    drawing, says = delta.delta(told, likeliest, START)
    ways = len({tuple(story) for story in told})
    first = sum(story[0] == "a" for story in told)
    title = drawing.axes[0].get_title(loc="left")
    assert title.startswith(f"{len(told)} times the same beginning: {ways} ")
    assert (f"{first} go on with “a”" in says) == (first > 0)
    assert figures.png(drawing).startswith(b"\x89PNG")


# The dial


def test_scrambling_leaves_the_model_as_it_was(tiny):
    before = {name: dials.clone() for name, dials in tiny.model.state_dict().items()}
    calm = scramble.heard(tiny, 0, START, START * 2, n=8)
    noisy = scramble.heard(tiny, 1.0, START, START * 2, n=8)
    assert all(before[name].equal(dials) for name, dials in tiny.model.state_dict().items())
    assert calm == scramble.heard(tiny, 0, START, START * 2, n=8)
    assert noisy == scramble.heard(tiny, 1.0, START, START * 2, n=8)
    assert calm.bits == tiny.bits_per_byte(START * 2) != noisy.bits


def test_blind_guessing_among_bytes_costs_eight_bits(tiny):
    assert scramble.blind(tiny, "a duckling") == pytest.approx(8)


def test_the_dial_shows_each_setting():
    seen = [Heard(0, " girl\n<b>&", 1.25), Heard(0.3, " but but", 3.0), Heard(1.0, "x" * 300, 30.0)]
    dial = scramble.dial(seen, "a little", blind=3.4)
    assert dial.says.startswith("Noise 0: 1.25 yes-or-no questions a letter, less than blind")
    assert " girl<br>&lt;b&gt;&amp;" in dial._repr_mimebundle_()["text/html"]
    pages = set()
    for _, noise in dial.slider.options:
        dial.slider.value = noise
        pages.add(dial.view.value)
    assert len(pages) == 3
    assert "more than blind guessing (3.40)" in dial.text.value
    assert "width:100.0%" in dial.view.value, "no bar leaves its frame"


def test_what_is_spoiled_is_worse_than_blind_and_what_is_not_is_no_judge(tiny):
    tales = [START * 2, "a duckling", "swans on the river"]
    assert scramble.worse_than_blind(tiny, 30.0, tales) == len(tales)
    worse = [tiny.bits_per_byte(tale) > scramble.blind(tiny, tale) for tale in tales]
    assert scramble.worse_than_blind(tiny, 0.0, tales) == sum(worse)


def test_rounding_is_what_sixteen_steps_do_to_noise():
    noise = torch.randn(512, 64, generator=torch.Generator().manual_seed(0))
    blocks = noise.reshape(-1, 32)
    low, step = (
        blocks.amin(-1, keepdim=True),
        (blocks.amax(-1, keepdim=True) - blocks.amin(-1, keepdim=True)) / 15,
    )
    rounded = (((blocks - low) / step).round() * step + low).reshape(512, 64)
    layer = torch.nn.Linear(64, 512)
    layer.weight = torch.nn.Parameter(rounded)
    real = SimpleNamespace(model=SimpleNamespace(layers=layer))
    off = float((rounded - noise).square().mean().sqrt() / noise.std())
    assert scramble.rounding(real) == pytest.approx(off, rel=0.05)  # the ends of a block are exact
