"""The moving pictures of lesson 05 answer whatever a reader types, and store a still of themselves."""

import re

import pytest
import torch

from classroom.lessons.attention import widgets as widgets
from nextword import attention
from nextword.black_box import LanguageModel
from nextword.pretrained_parts.byte_tokenizer import PretrainedTokenizer
from nextword.tokenizer import Tokenizer
from nextword.transformer import ModelConfig, Transformer

TOK = Tokenizer.train("the swan and the duckling, the duck and the swans " * 3, 280)
CONFIG = ModelConfig(
    vocab_size=len(TOK.table),
    d_model=16,
    n_layers=3,
    n_heads=4,
    n_kv_heads=2,
    d_mlp=16,
    context=64,
    positions="rope",
)
MACHINE = LanguageModel(
    Transformer(CONFIG, torch.Generator().manual_seed(1)),
    PretrainedTokenizer(TOK, list(range(len(TOK.table))), 0, TOK.table),
)


def explorer(start="the swan and the duck"):
    return widgets.explorer(MACHINE, start, layer=1, head=2)


@pytest.mark.parametrize(
    "typed, says",
    [
        ("the swan and the duck", "Layer 1, head 2. The first piece gives"),
        ("", "No text, nobody to ask. Type something."),
        (" ", "One piece alone can look at nothing but itself."),
        ("x", "One piece alone"),
        ("🦆", "Most besides: “"),
        ("όχθη שלום \u202e 鹅 \x00\n\t", "The first 24 of 2"),
        ("\ud83e", "half of a pair"),
        ("<b>&\"'</td>", "Most besides: “"),
        ("<|im_end|>", "Most besides: “"),
        ("z" * 30, "The first 24 of 30 pieces are read. Layer 1, head 2."),
        ("z" * 1_000_000, "The first 24 of more than 24 pieces are read."),
    ],
)
def test_whatever_is_typed_gets_an_answer(typed, says):
    own = explorer()
    own.update({"new": typed})
    assert says in own.says
    assert len(own.view.value) < 60_000
    assert bool(own.view.value) == ("Layer" in own.says)
    inside = re.sub(r"</?(style|div|table|tr|th|td|bdi|br)\b[^<>]*>", "", own.view.value)
    assert "<" not in inside and ">" not in inside, "what is typed is never HTML of its own"


def test_the_squares_are_the_weights_of_the_head():
    own = explorer()
    ids = torch.tensor([TOK.encode("the swan and the duck")])
    with MACHINE.model.recorded("2.query", "2.key") as seen:
        MACHINE.model.stream(ids)
    expected = attention.weights(seen["2.query"], seen["2.key"])[0, 3]
    own.layer.value, own.head.value = 2, 3
    assert own.says.startswith("Layer 2, head 3.")
    found = [float(weight) for weight in re.findall(r'title="[^"]* ([\d.]+)"', own.view.value)]
    assert found == [round(float(expected[q, k]), 2) for q in range(len(expected)) for k in range(q + 1)]


def test_a_text_is_read_once_for_all_heads():
    own, runs = explorer(), []
    with MACHINE.model.hooked({"0.stream": lambda x: runs.append(x.shape)}):
        for own.layer.value in range(3):
            for own.head.value in range(4):
                assert own.says.startswith(f"Layer {own.layer.value}, head {own.head.value}.")
    assert (len(own.layer.options), len(own.head.options)) == (3, 4) and not runs
    own.input.value = ""
    own.layer.value = own.head.value = 0
    assert own.says == widgets.EMPTY
    own.input.value = "the swan"
    assert own.says.startswith("Layer 0, head 0.")


def test_the_row_that_is_chosen_is_named_and_marked():
    own = explorer()
    names = own.row.names
    assert len(names) == len(own.pieces) and not own.row.index == 0, "it begins at the strongest link"
    for own.row.value in range(len(names)):
        last = own.says.split("(outlined). ")[1]
        assert last.startswith(f"“{names[own.row.value]}” asks: it takes ")
        [marked] = re.findall(
            rf'<tr><th scope="row" [^>]*background:{widgets.CHOSEN}">(.*?)</th>', own.view.value
        )
        assert names[own.row.value] in marked
    own.input.value = "x"  # fewer pieces than the row that was chosen
    assert own.row.names == ["x"] and own.row.value == 0 and own.says.endswith("it takes 1.00 from itself.")
    own.input.value = "the swan and the duck"
    assert own.row.names == names


def test_the_axes_have_names_and_each_square_says_whose_it_is():
    table = widgets.pattern(torch.tensor([[1.0, 0.0], [0.4, 0.6]]), ["A", "·<swan>"], 1)
    assert "asks ↓" in table and "gives →" in table
    assert 'title="&lt;swan&gt; asks, A gives 0.40"' in table


def test_the_strongest_link_is_told_and_outlined():
    weights = torch.tensor([[1.0, 0.0, 0.0], [0.7, 0.3, 0.0], [0.5, 0.1, 0.4]])
    said = widgets.told(weights, ["A", "·river", "·bank"], 4, 0)
    assert "gives 0.60 on average" in said and "“bank” takes 0.40 from itself (outlined)" in said
    assert widgets.pattern(weights, ["A", "·river", "·bank"]).count("box-shadow") == 1
    assert widgets.link(torch.ones(1, 1)) is None


def test_the_first_column_is_grey():
    def colour(column):
        found = re.search(
            r"background:#(\w\w)(\w\w)(\w\w)", widgets.square(0.9, ("swan", "bank"), column == 0, False)
        )
        return [int(part, 16) for part in found.groups()]

    assert max(colour(0)) - min(colour(0)) < 40 < max(colour(1)) - min(colour(1))


def place(text):
    if "bank" not in text:
        raise ValueError("no bank")
    return torch.linspace(0, -0.3 if "money" in text else 0.3, 31)


@pytest.mark.parametrize(
    "typed, says",
    [
        ("river bank", "This bank ends on the side of the river: +0.02 after 2"),
        ("money <b>bank", "This bank ends on the side of money: -0.02 after 2"),
        ("", "no bank"),
        ("bank" * 100, "400 characters are more than it needs: 300 at most."),
    ],
)
def test_your_bank_gets_an_answer(typed, says):
    rivers = torch.linspace(0, 0.25, 31).repeat(3, 1)
    own = widgets.your_bank(place, rivers, -rivers, "river bank")
    own.update({"new": typed})
    assert own.says.startswith(says)
    assert ("<img" in own.view.value) == says.startswith("This")


def test_stills_are_stored():
    bundle = explorer()._repr_mimebundle_()
    assert "<table" in bundle["text/html"] and "Layer 1, head 2." in bundle["text/plain"]
    assert widgets.table(torch.eye(2), ["swan", "bank"], "None looks away").axes
