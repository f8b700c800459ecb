"""Rung `machine`: chances that add up to 1, the loop, the pin, and noise on every dial."""

import copy
import math
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nextword import black_box, generation
from nextword.base import overrides
from nextword.black_box import LanguageModel
from nextword.black_box_parts.token_text import TokenText
from nextword.generation import SamplingConfig
from nextword.pretrained_parts import byte_tokenizer
from nextword.transformer import ModelConfig, Transformer
from tests.library import real
from tests.library.test_generation import lively

network = pytest.mark.network
VOCABULARY = ["<|im_start|>", "<|im_end|>", *byte_tokenizer.letters(), "ab", "abc"]
TOK = byte_tokenizer.PretrainedTokenizer.made_from(
    VOCABULARY, ["a b", "ab c"], ["<|im_start|>", "<|im_end|>"], 0, r"\w+|\W", ""
)
CONFIG = ModelConfig(vocab_size=TOK.vocab_size, d_model=16, n_layers=2, n_heads=2, d_mlp=24, context=32)
TINY = LanguageModel(Transformer(CONFIG, torch.Generator().manual_seed(1)).eval(), TOK)
shares = st.lists(st.floats(0.01, 1), min_size=1, max_size=8).map(
    lambda parts: {f" {i}": part / math.fsum(parts) for i, part in enumerate(parts)}
)


def test_the_chances_are_those_of_the_tokens():
    options = TINY("abcab")
    with torch.no_grad():
        chances = TINY.model(torch.tensor([TOK.encode("abcab")]))[0, -1].softmax(dim=-1)
    assert list(options.values()) == sorted(options.values(), reverse=True)
    assert sum(options.values()) == pytest.approx(1, abs=1e-5)
    for piece in ("a", "abc", "<|im_end|>", "\n"):
        assert options[piece] == pytest.approx(
            float(chances[VOCABULARY.index(piece) if len(piece) > 1 else TOK.encode(piece)[0]])
        )
    halves = [piece for piece in options if piece == "�"]
    assert len(halves) > 100 and len({options[piece] for piece in halves}) > 100
    for piece in halves:
        assert options[piece] == pytest.approx(float(chances[piece.ids].sum()), abs=1e-5)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1000), st.sampled_from(["abc", "ab", "é", "a é", "\ufffd"]))
def test_the_loop_in_text_is_the_loop_in_tokens(seed, start):
    chance, fell = torch.Generator().manual_seed(seed), []

    def choose(options):
        fell.append(float(torch.rand((), generator=chance)))
        return black_box.pick(options, fell[-1])

    told = black_box.write(start, 12, TINY, choose)
    ids = TINY.ids(start)[0].tolist()
    for u in fell:
        shares = TINY.logits(TokenText.of(ids, TOK)).softmax(dim=-1).sort(descending=True, stable=True)
        place = int((shares.values.double().cumsum(dim=-1) <= u).sum())
        ids.append(int(shares.indices[min(place, TOK.vocab_size - 1)]))
    assert told.ids == ids and told == TOK.decode(ids)


def test_greedy_pieces_are_those_of_generation():
    for seed in range(10):
        machine = LanguageModel(lively(replace(CONFIG, context=64), seed), TOK)
        for start in ("ab", "é", "abc \ufffd"):
            ids = machine.ids(start)[0].tolist()
            ids += generation.generate(machine.model, ids, SamplingConfig(20, 0))
            assert black_box.write(start, 20, machine, black_box.likeliest) == TOK.decode(ids)


def test_a_text_knows_its_tokens_until_another_text_is_added():
    half = TINY.pieces[TOK.encode("é")[0]]
    both = "ab" + half + TINY.pieces[TOK.encode("é")[1]]
    assert both == "abé" and both.ids == TOK.encode("abé") and TINY.ids(both).tolist() == [both.ids]
    assert type(both + "!") is str and both + "!" == "abé!"
    assert half == "�" and half != TINY.pieces[TOK.encode("é")[1]] and {half: 1}[half] == 1
    other = LanguageModel(TINY.model, copy.deepcopy(TOK))
    assert other.ids(both).tolist() == [TOK.encode("abé")]


def test_a_long_text_is_read_in_parts(monkeypatch):
    machine, said = LanguageModel(lively(replace(CONFIG, context=400)), TOK), "abc ab! é" * 20
    whole, bits = machine.logits(said), machine.bits_per_byte(said)
    read, stream = [], machine.model.stream
    monkeypatch.setattr(
        machine.model, "stream", lambda ids, cache: read.append(ids.shape[-1]) or stream(ids, cache)
    )
    monkeypatch.setattr(black_box, "READ_AT_ONCE", 7)
    assert torch.allclose(machine.logits(said), whole, atol=1e-4) and max(read) == 7 and len(read) > 10
    assert machine.bits_per_byte(said) == pytest.approx(bits, rel=1e-5)
    assert sum(read) == 2 * machine.ids(said).shape[-1] - 1
    with pytest.raises(ValueError, match="2000 tokens long, and this model reads at most 400"):
        machine.logits("!" * 2000)


@pytest.mark.parametrize("target", ["attention.attend", "attention.scores", "sampling.softmax"])
def test_a_text_is_read_by_the_readers_functions(target):
    called, own = [], overrides.original(target)
    with overrides.replacing(target, lambda *args, **more: called.append(1) or own(*args, **more)):
        TINY.logits("abc")
        assert called
        called.clear()
        TINY.bits_per_byte("abc ab")
        assert called


def test_the_marks_of_a_chat_are_read_as_marks():
    assert TINY.ids("<|im_start|>ab").tolist() == [[0, VOCABULARY.index("ab")]]


def test_bits_per_byte_is_the_surprise_at_each_token_but_the_first():
    ids = TOK.encode("abc ab!")
    bits = 0.0
    for place in range(1, len(ids)):
        chances = TINY.logits(TOK.decode(ids[:place])).softmax(dim=-1)
        bits -= math.log2(float(chances[ids[place]]))
    assert TINY.bits_per_byte("abc ab!") == pytest.approx(bits / len(" ab!"), rel=1e-4)


@pytest.mark.parametrize("use", [lambda: TINY(""), lambda: TINY.logits("")])
def test_an_empty_text_is_refused(use):
    with pytest.raises(ValueError, match="there are no tokens to read"):
        use()


def test_one_token_has_nothing_to_be_surprised_at():
    for text in ("", "abc"):
        with pytest.raises(ValueError, match="two tokens or more"):
            TINY.bits_per_byte(text)


def test_a_text_longer_than_the_context_is_refused():
    with pytest.raises(ValueError, match="40 tokens long, and this model reads at most 32"):
        TINY("!" * 40)


@given(shares, st.floats(0, 0.999))
def test_the_pin_falls_on_the_piece_below_it(options, u):
    piece = black_box.pick(options, u)
    before = sum(p for q, p in options.items() if list(options).index(q) < list(options).index(piece))
    assert before <= u + 1e-9
    assert u < before + options[piece] + 1e-9


def test_the_pin_falls_on_each_piece_as_often_as_its_probability_says():
    options = {"a": 0.5, "b": 0.3, "c": 0.2}
    fell = [black_box.pick(options, (i + 0.5) / 1000) for i in range(1000)]
    assert [fell.count(piece) for piece in "abc"] == [500, 300, 200]


def test_rounding_does_not_let_the_pin_fall_beside_the_ruler():
    assert black_box.pick({"a": 0.1, "b": 0.2}, 0.9999) == "b"


@given(shares, st.floats(0.1, 5))
def test_temperature_is_a_power_of_the_chances(options, temperature):
    warm = black_box.at_temperature(options, temperature)
    powers = {piece: p ** (1 / temperature) for piece, p in options.items()}
    for piece, power in powers.items():
        assert warm[piece] == pytest.approx(power / sum(powers.values()), abs=1e-6)


def test_temperature_0_is_the_likeliest_and_below_0_is_refused():
    assert black_box.at_temperature({"a": 0.2, "b": 0.8}, 0) == {"a": 0, "b": 1}
    with pytest.raises(ValueError, match="temperature"):
        black_box.at_temperature({"a": 0.2, "b": 0.8}, -1)


def test_a_piece_without_a_chance_stays_without():
    assert black_box.at_temperature({"a": 0.0, "b": 0.5, "c": 0.5}, 2.0)["a"] == 0


def test_write_shows_all_the_text_so_far():
    shown = []

    def toy(text):
        shown.append(text)
        return {f"{len(shown)}": 1.0}

    assert black_box.write("go", 3, toy, black_box.likeliest) == "go123"
    assert shown == ["go", "go1", "go12"]
    assert black_box.write("go", 0, toy, black_box.likeliest) == "go"


def test_noise_is_as_large_as_asked_in_each_matrix():
    noisy = black_box.scrambled(TINY.model, 0.5, torch.Generator().manual_seed(2))
    for (name, before), after in zip(TINY.model.named_parameters(), noisy.parameters(), strict=True):
        if before.dim() == 2:
            added = (after - before).std() / before.std()
            assert 0.4 < added < 0.6, name
    again = black_box.scrambled(TINY.model, 0.5, torch.Generator().manual_seed(2))
    assert torch.equal(again.embedding.weight, noisy.embedding.weight)
    assert not torch.equal(noisy.embedding.weight, TINY.model.embedding.weight)


def test_it_works_where_the_model_is():
    there = LanguageModel(copy.deepcopy(TINY.model).to("meta"), TOK)  # a device that every machine has
    assert there.ids("abc").device.type == "meta"
    noisy = black_box.scrambled(there.model, 0.5, torch.Generator())
    assert noisy.embedding.weight.device.type == "meta"


@network
def test_the_real_one():
    theirs = real.machine()
    options = theirs("Once upon a time there was a little")
    assert next(iter(options)) == " girl" and 0.3 < options[" girl"] < 0.6
    assert torch.equal(theirs.logits("Once"), theirs.logits("Once"))  # the same bits
    assert theirs.bits_per_byte("The river runs down to the sea, and the swans swim on it.") < 2
