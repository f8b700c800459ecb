"""Rung `batching`: many texts at once are each exactly what they would be alone."""

import random
from collections import deque

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nextword import batching, generation
from nextword.attention_parts.kv_cache import KVCache
from nextword.base import overrides
from nextword.batching import Request, Written
from nextword.generation import SamplingConfig
from nextword.tokenizer import Tokenizer
from nextword.transformer import ModelConfig, Transformer
from tests.library import real

SMALL = {"vocab_size": 60, "d_model": 24, "n_layers": 2, "n_heads": 6, "d_mlp": 40, "context": 80}
KINDS = {
    "a Llama with shared heads": {"n_kv_heads": 2},
    "a GPT-2": {"positions": "learned", "norm": "layer", "mlp": "gelu", "biases": True},
    "a window": {"window": 3, "n_kv_heads": 3},
    "ours": {"tied": False, "qk_norm": True, "embedding_norm": True, "init": "fan_in", "norm_weights": False},
}


def lively(seed=0, **options):
    """A model that does not say the same word for ever."""
    generator = torch.Generator().manual_seed(seed)
    model = Transformer(ModelConfig(**SMALL | options), generator)
    with torch.no_grad():
        for dials in model.parameters():
            dials.normal_(std=0.4, generator=generator)
    return model


MODELS = {kind: lively(**options) for kind, options in KINDS.items()}
MODEL = MODELS["a Llama with shared heads"]


def prompts(*lengths, seed=0):
    chance = random.Random(seed)
    return [[chance.randrange(60) for _ in range(length)] for length in lengths]


def alone(model, request):
    """What `generation` writes, one text at a time."""
    return list(generation.generate(model, list(request.ids), request.config, request.generator))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n_slots", [1, 3, 8])
def test_each_text_is_what_it_would_be_alone(kind, n_slots):
    requests = [
        Request(ids, SamplingConfig(n_new, 0, stop=(7, 11, 13)))
        for ids, n_new in zip(prompts(1, 9, 2, 30, 5, 4, 17), (12, 5, 20, 9, 1, 0, 16), strict=True)
    ]
    needed = [alone(MODELS[kind], request) for request in requests]
    assert batching.generate(MODELS[kind], requests, n_slots) == needed
    assert len({len(text) for text in needed}) > 2 and needed[5] == []  # they end at different times


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.lists(st.integers(0, 59), min_size=1, max_size=25),
            st.integers(0, 15),
            st.sets(st.integers(0, 59), max_size=9),
        ),
        min_size=1,
        max_size=7,
    ),
    st.integers(1, 5),
    st.booleans(),
    st.sampled_from(sorted(KINDS)),
)
def test_any_texts_are_each_as_alone(texts, n_slots, continuous, kind):
    requests = [Request(ids, SamplingConfig(n_new, 0, stop=stop)) for ids, n_new, stop in texts]
    found = [[] for _ in requests]
    for written in batching.stream(MODELS[kind], requests, n_slots, continuous):
        assert 0 <= written.slot < n_slots
        found[written.text].append(written.token)
    assert found == [alone(MODELS[kind], request) for request in requests]


def test_a_long_text_is_read_in_parts_while_others_are_written(monkeypatch):
    monkeypatch.setattr(generation, "READ_AT_ONCE", 4)
    requests = [Request(ids, SamplingConfig(6, 0)) for ids in prompts(3, 13, 4)]
    written = list(batching.stream(MODEL, requests))
    assert [w.token for w in written if w.text == 1] == alone(MODEL, requests[1])
    assert [w.step for w in written if w.text == 0] == [0, 1, 2, 3, 4, 5]
    assert [w.step for w in written if w.text == 1] == [3, 4, 5, 6, 7, 8]  # 13 tokens are four parts
    assert [w.step for w in written if w.text == 2] == [0, 1, 2, 3, 4, 5]


def test_logits_are_those_of_each_text_read_alone():
    texts, more = prompts(3, 1, 12), prompts(2, 5, 1, seed=1)
    caches = [KVCache() for _ in texts]
    batching.read(MODEL, texts, caches)
    logits = batching.read(MODEL, more, caches)
    for row, first, then in zip(logits, texts, more, strict=True):
        assert torch.allclose(row, MODEL(torch.tensor([first + then]))[0, -1], atol=1e-4)
    assert [cache.length for cache in caches] == [5, 6, 13]


def test_a_text_that_is_no_number_spoils_no_other():
    model, requests = lively(3), [Request(ids, SamplingConfig(8, 0)) for ids in ([1, 2], [3], [4, 5, 6])]
    needed = [alone(model, request) for request in requests]
    broken = next(token for token in range(59, 0, -1) if all(token not in text for text in needed))
    tied = model.embedding.weight.clone()
    with torch.no_grad():
        model.embedding.weight[broken] = float("nan")
    model.unembed = lambda x: x @ tied.T  # all but the vector that goes in
    caches = [KVCache() for _ in range(3)]
    logits = batching.read(model, [[1, 2], [broken, 3], [4, 5, 6]], caches)
    assert logits[1].isnan().any() and logits[[0, 2]].isfinite().all()


def test_the_same_chance_draws_the_same_whoever_is_beside():
    def drawn(others):
        chance = torch.Generator().manual_seed(5)
        return batching.generate(MODEL, [Request([1, 2], SamplingConfig(20, 1.0), chance), *others])[0]

    others = [Request(ids, SamplingConfig(9, 1.0), torch.Generator().manual_seed(1)) for ids in prompts(3, 8)]
    needed = alone(MODEL, Request([1, 2], SamplingConfig(20, 1.0), torch.Generator().manual_seed(5)))
    assert drawn([]) == drawn(others) == needed


# ---- slots ----


def simulated(lengths, n_slots, continuous):
    """In which step each text begins, where each takes so many steps: a simulation with no model."""
    free, starts, step = [0] * n_slots, [], 0  # when each slot is free
    for number, length in enumerate(lengths):
        if continuous:
            step = min(free)
        elif number % n_slots == 0:
            step = max(free)
        starts.append(step)
        free[free.index(min(free)) if continuous else number % n_slots] = step + length
    return starts, max(free)


@given(st.lists(st.integers(1, 12), min_size=1, max_size=12), st.integers(1, 5), st.booleans())
@settings(max_examples=12, deadline=None)
def test_steps_are_those_of_a_simulation(lengths, n_slots, continuous):
    requests = [Request([1 + number], SamplingConfig(length, 0)) for number, length in enumerate(lengths)]
    written = list(batching.stream(MODEL, requests, n_slots, continuous))
    starts, n_steps = simulated(lengths, n_slots, continuous)
    assert [min(w.step for w in written if w.text == number) for number in range(len(lengths))] == starts
    assert max(w.step for w in written) + 1 == n_steps
    assert len({(w.slot, w.step) for w in written}) == len(written) == sum(lengths)  # a slot, a token a step
    assert all(len({w.slot for w in written if w.text == number}) == 1 for number in range(len(lengths)))


def test_continuous_batching_saves_steps():
    requests = [Request([1 + n], SamplingConfig(length, 0)) for n, length in enumerate((9, 1, 1, 9, 1, 1))]
    steps = [max(w.step for w in batching.stream(MODEL, requests, 2, way)) + 1 for way in (True, False)]
    assert steps == [11, 19]


def test_a_text_with_nothing_to_write_takes_no_slot():
    requests = [Request([1], SamplingConfig(0, 0)), Request([2], SamplingConfig(2, 0))]
    assert [(w.text, w.step, w.slot) for w in batching.stream(MODEL, requests, 1)] == [(1, 0, 0), (1, 1, 0)]


def test_static_batching_waits_for_all():
    slots, waiting = ["a", None], deque("bc")
    batching.fill(slots, waiting, continuous=False)
    assert slots == ["a", None]
    slots = [None, None]
    batching.fill(slots, waiting, continuous=False)
    assert slots == ["b", "c"] and not waiting


def test_a_token_comes_before_the_next_step():
    steps = []
    own = overrides.original("batching.read")
    with overrides.replacing("batching.read", lambda *args: steps.append(1) or own(*args)):
        tokens = batching.stream(
            MODEL, [Request([1], SamplingConfig(9, 0)), Request([2], SamplingConfig(9, 0))]
        )
        assert [next(tokens).text, next(tokens).text, len(steps)] == [0, 1, 1]
        tokens.close()
    assert len(steps) == 1


@pytest.mark.parametrize(
    "target", ["batching.positions", "batching.fill", "generation.choose", "attention.attend"]
)
def test_swaps_reach_the_loop(target):
    called, own = [], overrides.original(target)
    with overrides.replacing(target, lambda *args, **kwargs: called.append(1) or own(*args, **kwargs)):
        batching.generate(MODEL, [Request([1, 2], SamplingConfig(3, 0))])
    assert len(called) >= 3


# ---- text ----


@given(st.lists(st.text(max_size=9), min_size=1, max_size=4), st.integers(0, 99))
def test_letters_come_whole_for_each_text(said, seed):
    tok, chance = Tokenizer([]), random.Random(seed)
    left = {number: tok.encode(text) for number, text in enumerate(said) if text}
    tokens, found = [], [""] * len(said)
    while any(left.values()):
        number = chance.choice([n for n, ids in left.items() if ids])
        tokens.append(Written(number, left[number].pop(0), 0, 0))
    for number, piece in batching.stream_texts(tokens, tok):
        assert piece
        found[number] += piece
    assert found == said


def test_what_never_becomes_a_letter_is_shown_at_the_end():
    tok = Tokenizer([])
    pieces = list(batching.stream_texts([Written(0, 240, 0, 0), Written(1, 97, 0, 1)], tok))
    assert pieces == [(1, "a"), (0, "\ufffd")]


# ---- the real model ----


@pytest.mark.network
def test_the_real_model_writes_each_as_alone():
    model, tok = real.load()
    beginnings = ["Once upon a time there was", "The capital of France is", "def add(a, b):\n", "1, 2, 3,"]
    requests = [Request(tok.encode(text), SamplingConfig(8 + 3 * n, 0)) for n, text in enumerate(beginnings)]
    with overrides.fast():
        found = batching.generate(model, requests, n_slots=3)
        assert found == [alone(model, request) for request in requests]


# ---- errors are sentences ----


@pytest.mark.parametrize(
    "call, says",
    [
        (lambda: batching.stream(MODEL, []), "there is no text to go on from: give at least one request"),
        (
            lambda: batching.stream(MODEL, [Request([1], SamplingConfig(3, 0)), Request([])]),
            "text 1 is empty, and there is nothing",
        ),
        (
            lambda: batching.stream(MODEL, [Request([])] * 3),
            "text 0 is empty, and there is nothing to go on from: give it at least one token",
        ),
        (
            lambda: batching.stream(
                MODEL, [Request([1], SamplingConfig(3, 0)), Request([1] * 90, SamplingConfig(3, 0))]
            ),
            "text 1 has 90 tokens, and with 3 new ones that is more than the 80 that this model reads",
        ),
        (
            lambda: batching.stream(MODEL, [Request([1], SamplingConfig(80, 0))]),
            "text 0 has 1 tokens, and with",
        ),
        (
            lambda: batching.stream(MODEL, [Request([1], SamplingConfig(3, 0))], 0),
            "n_slots is 0, and at least",
        ),
        (
            lambda: batching.generate(MODEL, [Request([60], SamplingConfig(3, 0))]),
            "token id 60 is out of range",
        ),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(call, says):
    with pytest.raises(ValueError, match=says):
        call()
