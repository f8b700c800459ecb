"""Rung `generation`: the loop, its cache and its pieces of text, against the loop without a cache and theirs."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nextword import attention, generation
from nextword.attention_parts.kv_cache import KVCache
from nextword.base import overrides
from nextword.generation import SamplingConfig
from nextword.tokenizer import Tokenizer
from nextword.transformer import ModelConfig, Transformer
from tests.library import real, theirs

SMALL = ModelConfig(vocab_size=280, d_model=24, n_layers=2, n_heads=6, n_kv_heads=2, d_mlp=40, context=60)
TOK = Tokenizer.train("the duckling and the swans down the river " * 3, 300)
TOO_MANY = (
    "a text of 55 and 6 new ones are more tokens than the 60 that this model reads: shorten .* at most 5"
)


def lively(config=SMALL, seed=0):
    """A model that does not say the same word for ever."""
    generator = torch.Generator().manual_seed(seed)
    model = Transformer(config, generator)
    with torch.no_grad():
        for dials in model.parameters():
            dials.normal_(std=0.3, generator=generator)
    return model


MODEL = lively()


def without_cache(model, ids, n_new):
    """The loop of the first lesson: all of it is read again for each token."""
    ids = list(ids)
    for _ in range(n_new):
        with torch.no_grad():
            ids.append(int(model(torch.tensor([ids]))[0, -1].argmax()))
    return ids[-n_new:]


@pytest.mark.slow
@pytest.mark.parametrize("fast", [False, True])
@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 279), min_size=1, max_size=30), st.integers(1, 20))
def test_the_cache_changes_nothing(fast, ids, n_new):
    attend = attention.attend_fused if fast else attention.attend
    with overrides.replacing("attention.attend", attend):
        assert list(generation.generate(MODEL, ids, SamplingConfig(n_new, 0))) == without_cache(
            MODEL, ids, n_new
        )


def test_greedy_text_is_theirs():
    ids = [5, 17, 200, 3]
    needed = (
        theirs.llama(MODEL).generate(torch.tensor([ids]), max_new_tokens=30, do_sample=False)[0, 4:].tolist()
    )
    assert list(generation.generate(MODEL, ids, SamplingConfig(30, 0))) == needed


def test_many_texts_at_once_are_each_as_by_itself():
    texts = torch.randint(0, 280, (5, 7), generator=torch.Generator().manual_seed(2))
    steps = generation.generate_batch(MODEL, texts, SamplingConfig(9, 0))
    alone = [list(generation.generate(MODEL, ids, SamplingConfig(9, 0))) for ids in texts.tolist()]
    assert torch.stack(list(steps), dim=1).tolist() == alone
    same = texts[:1].expand(40, -1)  # by chance, forty ways to go on from one text
    drawn = [
        torch.stack(
            list(
                generation.generate_batch(MODEL, same, SamplingConfig(3), torch.Generator().manual_seed(seed))
            )
        )
        for seed in (1, 1, 2)
    ]
    assert torch.equal(drawn[0], drawn[1]) and not torch.equal(drawn[0], drawn[2])
    assert len(set(drawn[0][0].tolist())) > 5


def test_a_cache_that_has_read_the_beginning_is_used():
    ids, cache = list(range(10)), KVCache()
    first = list(generation.generate(MODEL, ids, SamplingConfig(5, 0), cache=cache))
    assert cache.length == 14  # the last token came out, and was not read
    lengths = []
    stream = MODEL.stream
    MODEL.stream = lambda ids, cache: lengths.append(ids.shape[-1]) or stream(ids, cache)
    try:
        again = list(generation.generate(MODEL, ids + first, SamplingConfig(3, 0), cache=cache))
    finally:
        del MODEL.stream
    assert again == without_cache(MODEL, ids + first, 3) and lengths == [1, 1, 1]


def test_it_stops_at_a_stop_token_and_keeps_it_back():
    ids = [5, 17, 200, 3]
    free = list(generation.generate(MODEL, ids, SamplingConfig(20, 0)))
    stop = free[6]
    assert (
        list(generation.generate(MODEL, ids, SamplingConfig(20, 0, stop=(stop,)))) == free[: free.index(stop)]
    )
    assert list(generation.generate(MODEL, ids, SamplingConfig(0, 0))) == []


def test_the_same_seed_tells_the_same_story():
    def story(seed):
        return list(
            generation.generate(MODEL, [1, 2], SamplingConfig(20, 1.5), torch.Generator().manual_seed(seed))
        )

    assert story(1) == story(1) != story(2)


def test_one_token_streams_before_the_next_is_computed():
    stream = generation.generate(MODEL, [1, 2], SamplingConfig(20, 0))
    first = next(stream)
    stream.close()
    assert first == without_cache(MODEL, [1, 2], 1)[0]


@pytest.mark.parametrize(
    "target", ["sampling.greedy", "transformer.next_logits", "generation.choose", "generation.read"]
)
def test_swaps_reach_the_loop(target):
    called, own = [], overrides.original(target)
    with overrides.replacing(target, lambda *args, **kwargs: called.append(1) or own(*args, **kwargs)):
        list(generation.generate(MODEL, [1, 2], SamplingConfig(3, 0)))
    assert len(called) == 3


def test_dials_need_no_gradient_and_keep_theirs():
    list(generation.generate(MODEL, [1, 2], SamplingConfig(2, 0)))
    assert all(dials.requires_grad and dials.grad is None for dials in MODEL.parameters())


# ---- the cache's memory ----


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("n_kv_heads", [1, 3, 6])
@pytest.mark.parametrize("batch, seq_len", [(1, 1), (1, 17), (3, 40)])
def test_the_cache_takes_what_the_formula_says(dtype, n_kv_heads, batch, seq_len):
    config = ModelConfig(280, 24, 3, 6, 40, context=60, n_kv_heads=n_kv_heads)
    cache, model = KVCache(), Transformer(config).to(dtype)
    generation.read(model, torch.zeros(batch, seq_len, dtype=torch.int64), cache)
    needed = generation.cache_bytes(config, seq_len, batch, dtype)
    assert cache.n_bytes == needed <= cache.n_bytes_held <= 2 * needed
    cache.truncate(0)
    assert cache.n_bytes == 0


def test_gpt3s_cache():
    config = ModelConfig(50_257, 12_288, 96, 96, 49_152, context=2_048)
    assert generation.cache_bytes(config, 2_048, dtype=torch.float16) == 2 * 2 * 96 * 12_288 * 2_048


class Reading:
    """How many tokens looked at how many, at each call of attention."""

    def __init__(self):
        self.tables, self.own = [], overrides.original("attention.attend")

    def __call__(self, query, key, value, **named):
        self.tables.append((query.shape[-2], key.shape[-2]))
        return self.own(query, key, value, **named)


def test_a_long_text_is_read_in_parts():
    model, seen = lively(ModelConfig(280, 24, 1, 2, 40, context=900)), Reading()
    ids = torch.randint(280, (2, 700), generator=torch.Generator().manual_seed(0))
    with overrides.replacing("attention.attend", seen):
        cache = KVCache()
        logits = generation.read(model, ids, cache)
    assert seen.tables == [(256, 256), (256, 512), (188, 700)] and cache.length == 700
    assert torch.allclose(logits, model(ids)[:, -1], atol=1e-3)


def test_a_text_that_is_too_long_leaves_the_cache_as_it_was():
    model, cache = lively(ModelConfig(280, 24, 1, 2, 40, context=300)), KVCache()
    with pytest.raises(ValueError, match="301 tokens long, and this model reads at most 300"):
        generation.read(model, torch.zeros(1, 301, dtype=torch.int64), cache)
    assert cache.length == 0 and not cache.layers


# ---- text ----


def test_text_is_the_tokens_decoded():
    ids = TOK.encode("the swan")
    needed = TOK.decode(list(generation.generate(MODEL, ids, SamplingConfig(20, 0))))
    assert "".join(generation.generate_text(MODEL, TOK, "the swan", SamplingConfig(20, 0))) == needed


@given(st.text(max_size=30))
def test_letters_come_whole(said):
    pieces = list(generation.stream_text(TOK.encode(said), TOK))
    assert "".join(pieces) == said and all(pieces)


def test_what_never_becomes_a_letter_is_shown_at_the_end():
    assert list(generation.stream_text([240, 159, 166], TOK)) == ["\ufffd"]
    assert list(generation.stream_text([240, 159, 100], TOK)) == ["\ufffdd"]


# ---- the real model ----


@pytest.mark.network
def test_the_real_model_goes_on_as_theirs_does():
    model, tok = real.load()
    ids = tok.encode("Once upon a time there was a little")
    with overrides.replacing("attention.attend", attention.attend_fused):
        ours = list(generation.generate(model, ids, SamplingConfig(12, 0)))
    reference = real.reference()
    theirs_ = reference.generate(torch.tensor([ids]), max_new_tokens=12, do_sample=False)[
        0, len(ids) :
    ].tolist()
    assert ours == theirs_ and tok.decode(ours).startswith(" girl")


# ---- errors are sentences ----


def full():
    cache = KVCache()
    generation.read(MODEL, torch.tensor([[1, 2, 3]]), cache)
    return cache


def test_a_cache_of_two_texts_is_not_read_on_by_one():
    cache = KVCache()
    generation.read(MODEL, torch.tensor([[1, 2], [3, 4]]), cache)
    says = "this cache has read a batch of 2 texts, and a batch of 1 came: .* make a new KVCache"
    with pytest.raises(ValueError, match=says):
        generation.read(MODEL, torch.tensor([[5]]), cache)
    assert cache.length == 2
    with pytest.raises(ValueError, match="this cache keeps .* make a new KVCache"):
        generation.read(lively(ModelConfig(280, 24, 2, 2, 40, 60)), torch.tensor([[5], [6]]), cache)


def test_a_cache_of_generation_is_read_on_outside_it():
    cache = full()
    logits = MODEL(torch.tensor([[4, 5]]), cache)
    needed = MODEL(torch.tensor([[1, 2, 3, 4, 5]]))[:, 3:]
    assert torch.allclose(logits, needed, atol=1e-4) and logits.requires_grad


def test_stop_may_be_any_collection():
    assert SamplingConfig(stop=[5, 6]).stop == (5, 6) and SamplingConfig(stop={5}).stop == (5,)


@pytest.mark.parametrize(
    "call, says",
    [
        (lambda: generation.generate(MODEL, []), "there is no text to go on from"),
        (lambda: generation.generate_text(MODEL, TOK, ""), "there is no text to go on from"),
        (lambda: generation.generate(MODEL, [1] * 55, SamplingConfig(6, 0)), TOO_MANY),
        (lambda: generation.generate(MODEL, [1] * 70, SamplingConfig(6, 0)), "reads: shorten the text$"),
        (
            lambda: list(generation.generate(MODEL, [300], SamplingConfig(6, 0))),
            "token id 300 is out of range",
        ),
        (
            lambda: list(generation.generate(MODEL, [1, -2], SamplingConfig(6, 0))),
            "token id -2 is out of range",
        ),
        (lambda: SamplingConfig(temperature=-0.5), "temperature -0.5 is not possible: it is 0"),
        (lambda: SamplingConfig(temperature=float("nan")), "temperature nan is not possible"),
        (lambda: SamplingConfig(temperature=float("inf")), "temperature inf is not possible"),
        (lambda: SamplingConfig(p=7), "p = 7 is not possible"),
        (lambda: SamplingConfig(p=0), "p is above 0"),
        (lambda: SamplingConfig(p=float("nan")), "p = nan is not possible"),
        (lambda: SamplingConfig(k=-3), "k is 1 or more"),
        (
            lambda: generation.generate(MODEL, [1], cache=full()),
            "read 3 tokens, and this text has 1: cut it to 0",
        ),
        (lambda: SamplingConfig(max_new=-1), "max_new is -1, and is 0 or more"),
        (lambda: list(generation.generate(MODEL, [1], SamplingConfig(3, 1.0, k=0))), "k is 1 or more"),
        (
            lambda: list(generation.generate(MODEL, [1], SamplingConfig(3, 1.0, p=90.0))),
            "p is above 0 and at most 1",
        ),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def test_numbers_that_broke_are_a_sentence():
    broken = lively()
    with torch.no_grad():
        broken.final_norm.weight.fill_(float("nan"))
    with pytest.raises(ValueError, match="some logits are NaN"):
        next(generation.generate(broken, [1], SamplingConfig(3, 0)))
