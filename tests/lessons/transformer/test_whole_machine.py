"""The picture of the whole machine tells the truth: its numbers are found again with torch's own hooks."""

import re
from html import unescape

import pytest
import torch
from torch.nn import functional

from classroom.display import figures
from classroom.lessons.transformer import whole_machine, whole_machine_details, whole_machine_drawing
from classroom.lessons.transformer import whole_machine_numbers as numbers
from classroom.mine import storage
from nextword import attention
from nextword.base import overrides
from nextword.black_box import LanguageModel
from nextword.pretrained_parts.byte_tokenizer import PretrainedTokenizer
from nextword.transformer import ModelConfig, Transformer
from tests.lessons.attention.test_widgets import MACHINE, TOK

TEXT = "the swan and the duck"
PLAIN = LanguageModel(  # another family: no gate, another norm, biases
    Transformer(
        ModelConfig(
            len(TOK.table),
            16,
            2,
            2,
            24,
            context=64,
            norm="layer",
            mlp="gelu",
            positions="learned",
            biases=True,
            tied=False,
        ),
        torch.Generator().manual_seed(2),
    ),
    PretrainedTokenizer(TOK, list(range(len(TOK.table))), 0, TOK.table),
)
BOTH = pytest.mark.parametrize("machine", [MACHINE, PLAIN], ids=["llama", "gpt"])


@pytest.fixture(autouse=True)
def no_notes():
    with torch.inference_mode():
        yield


def caught(machine, ids, *modules):
    """What torch's own hooks see go into modules, and come out of them."""
    seen, handles = {}, []
    for name in modules:
        module = machine.model.get_submodule(name)
        handles.append(
            module.register_forward_hook(lambda _, i, o, name=name: seen.update({name: (i[0], o)}))
        )
    logits = machine.model(torch.tensor([ids]))
    for handle in handles:
        handle.remove()
    return seen, logits


def plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", html))


@BOTH
@pytest.mark.parametrize("place", [0, 3, -1])
def test_every_number_of_the_picture_is_found_again(machine, place):
    reading = numbers.read(machine, TEXT)
    place %= len(reading.ids)
    names = [
        f"layers.{n}{part}"
        for n in range(reading.n_layers)
        for part in ("", ".attention", ".attention.output", ".mlp")
    ]
    seen, logits = caught(machine, reading.ids, *names, "final_norm")
    for layer in range(reading.n_layers):
        into, out = (x[0, place] for x in seen[f"layers.{layer}"])
        assert torch.allclose(reading.stream(layer, place), into)
        assert torch.allclose(reading.stream(layer + 1, place), out)
        output = machine.model.layers[layer].attention.output
        side_by_side, found = (x[0, place] for x in seen[f"layers.{layer}.attention.output"])
        heads = reading.head_adds(layer, place)
        wide = side_by_side.numel() // reading.n_heads
        for head in range(reading.n_heads):  # what is missing when only this head is silent
            silent = side_by_side.clone()
            silent[head * wide : (head + 1) * wide] = 0
            assert torch.allclose(heads[head], found - output(silent), atol=1e-5)
        added = out - into - seen[f"layers.{layer}.attention"][1][0, place]
        assert torch.allclose(reading.vector(f"{layer}.mlp", place), added, atol=1e-5)
    assert torch.allclose(reading.logits(place), logits[0, place], atol=1e-5)
    best = logits[0, place].softmax(-1).topk(5)
    assert [token for token, _ in reading.chances(place)] == best.indices.tolist()
    assert [chance for _, chance in reading.chances(place)] == pytest.approx(best.values.tolist(), abs=1e-5)
    drawn = whole_machine_drawing.draw(reading, place)
    parts = {part.key: part for _, row in drawn.rows for part in row}
    for layer in range(reading.n_layers):
        for head, vector in enumerate(reading.head_adds(layer, place)):
            assert parts[f"{layer}.head.{head}"].name.endswith(f"adds {vector.norm():.1f}")
        mlp = seen[f"layers.{layer}.mlp"][1][0, place].norm()
        assert parts[f"{layer}.mlp"].name.endswith(f"adds {mlp:.1f}")
        stream = [x[0, place].norm() for x in seen[f"layers.{layer}"]]
        assert parts[f"{layer}.stream"].name.endswith(f"{stream[0]:.1f} long before, {stream[1]:.1f} after")
    before, after = (x[0, place].norm() for x in seen["final_norm"])
    assert parts["norm"].name == f"last vector: {before:.0f} long, normed {after:.0f}"


@BOTH
def test_the_weights_of_a_head_are_those_that_mix(machine):
    """Weights times values give what each head was seen to find."""
    reading = numbers.read(machine, TEXT)
    with machine.model.recorded("*.value") as seen:
        machine.model(torch.tensor([reading.ids]))
    for layer in range(reading.n_layers):
        value = attention.repeat_kv(seen[f"{layer}.value"], reading.n_heads)[0]
        for place in range(len(reading.ids)):
            found = reading.vector(f"{layer}.mixed", place).unflatten(-1, (reading.n_heads, -1))
            for head in range(reading.n_heads):
                weights = reading.pattern(layer, head, place)
                assert len(weights) == place + 1 and weights.sum() == pytest.approx(1, abs=1e-5)
                assert torch.allclose(weights @ value[head, : place + 1], found[head], atol=1e-5)


@BOTH
def test_every_part_tells_of_itself(machine):
    shown = whole_machine.show(machine, TEXT)
    keys = [part.key for _, row in shown.drawn.rows for part in row]
    config = machine.model.config
    assert len(keys) == len(set(keys)) == 3 + config.n_layers * (config.n_heads + 2) + len(shown.reading.ids)
    for key in keys:
        shown.canvas.part = key
        told = plain(shown.canvas.told)
        assert "nextword." in told and "the library’s" in told and "not at hand" not in told, key
        assert bool(shown.canvas.weights) == (".head." in key)
        assert f'data-part="{key}"' in shown.canvas.picture
    shown.canvas.part = "1.mlp"
    told = plain(shown.canvas.told)
    neurons = shown.reading.vector("1.neurons", shown.place)
    loudest = int(neurons.abs().argmax())
    assert f"neuron {loudest}" in told and f"{neurons[loudest]:.1f}" in told


def test_a_word_shows_the_machine_above_it():
    shown = whole_machine.show(MACHINE, TEXT)
    last = len(shown.reading.ids) - 1
    assert shown.place == last
    shown.canvas.part = "word.1"
    assert shown.place == 1 and ", chosen" in shown.drawn.rows[-1][1][1].name
    logits = MACHINE.model(torch.tensor([shown.reading.ids[:2]]))[0, -1]
    assert torch.allclose(shown.reading.logits(1), logits, atol=1e-5)  # as if the text ended there
    assert "What really comes" in plain(shown.canvas.told)
    shown.canvas.part = "0.head.0"
    assert len(shown.canvas.weights) == 2
    shown.input.value = "the duckling"
    assert shown.place == len(shown.reading.ids) - 1


def test_the_code_is_the_readers_own_where_it_runs():
    """A kept function, as `@mine` installs it."""
    source = "from torch.nn import functional\n\n# ---- your cell ----\n"
    source += (
        '@mine("transformer.mlp")\ndef mlp(x, layer):\n    """My own."""\n    mine_all_mine = layer.gate(x)\n'
    )
    source += "    return layer.down(functional.silu(mine_all_mine) * layer.up(x))\n"
    function = storage.load("transformer.mlp", source.replace('@mine("transformer.mlp")\n', ""))
    shown = whole_machine.show(MACHINE, TEXT, "1.mlp")
    assert "mine_all_mine" not in shown.canvas.told
    with overrides.replacing("transformer.mlp", function):
        told = plain(whole_machine.show(MACHINE, TEXT, "1.mlp").canvas.told)
    assert "mine_all_mine" in told and "your function" in told and "My own" not in told
    assert "mine_all_mine" not in whole_machine.show(MACHINE, TEXT, "1.mlp").canvas.told


def test_the_numbers_are_those_of_the_readers_function():
    def twice(x, layer):
        return 2 * layer.down(functional.silu(layer.gate(x)) * layer.up(x))

    plain_reading = numbers.read(MACHINE, TEXT)
    with overrides.replacing("transformer.mlp", twice):
        reading = numbers.read(MACHINE, TEXT)
    assert torch.allclose(reading.vector("0.mlp", 2), 2 * plain_reading.vector("0.mlp", 2))


def test_code_without_a_file_is_said_to_be_missing():
    made = {}
    exec("def mlp(x, layer):\n    return x", made)
    with overrides.replacing("transformer.mlp", made["mlp"]):
        assert whole_machine_details.code_of("transformer.mlp") == "(its source is not at hand here)"


@pytest.mark.parametrize(
    "typed, says",
    [
        ("", "There is no text"),
        (" ", "One piece of text"),
        ("x", "One piece of text"),
        ("🦆", "pieces of text"),
        ("<script>alert(1)</script> & $x_{ ", "pieces"),
        ("όχθη שלום \u202e 鹅 \x00\n\t", "pieces"),
        ("the swan " * 100, "The first 20 pieces are read."),
        ("z" * 50_000, "The first 20 pieces are read."),
    ],
)
def test_whatever_is_typed(typed, says):
    shown = whole_machine.show(MACHINE, TEXT)
    shown.input.value = typed
    assert says in shown.says and "<script" not in shown.canvas.picture + shown.canvas.told
    if shown.reading is None:
        shown.canvas.part = "norm"
        assert shown.canvas.picture == shown.canvas.told == ""
    else:
        assert figures.png(whole_machine_drawing.still(shown.drawn))
        for part in ("logits", "next", "word.0", "0.head.1", "2.stream"):
            shown.canvas.part = part
            assert shown.canvas.told
    shown.input.value = TEXT
    assert "pieces of text" in shown.says and shown.canvas.picture


def test_the_still_reads_on_a_page_that_cannot_run():
    shown = whole_machine.show(MACHINE, TEXT)
    still = shown._repr_mimebundle_()["text/html"]
    assert still.count("<img") == 1 and 'alt="After “' in still
    assert repr(shown).startswith("After “")


def test_the_picture_has_a_name_for_each_part_and_one_way_in():
    picture = whole_machine.show(MACHINE, TEXT).canvas.picture
    cells = re.findall(r'<g role="gridcell"[^>]*>', picture)
    assert all(re.search(r'aria-label="[^"]{4,}"', cell) for cell in cells)
    assert picture.startswith("<svg") and "http" not in picture
