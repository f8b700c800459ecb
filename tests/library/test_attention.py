"""Rung `attention`: against a loop that does one thing at a time, against torch, and its masks, heads and cache."""

import math
import threading

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from nextword import attention
from nextword.attention_parts import kv_cache
from nextword.base import overrides

some = settings(max_examples=60, deadline=None)


@st.composite
def problems(draw):
    """Query, key, value and a mask: some heads, shared or not, and never more queries than keys."""
    n_kv_heads, group, keys = draw(st.integers(1, 3)), draw(st.integers(1, 3)), draw(st.integers(1, 7))
    queries, pairs = draw(st.integers(1, keys)), draw(st.integers(1, 3))
    batch = draw(st.sampled_from([(), (1,), (2,), (2, 2)]))
    torch.manual_seed(draw(st.integers(0, 1000)))
    query = torch.randn(*batch, n_kv_heads * group, queries, 2 * pairs)
    key, value = (torch.randn(*batch, n_kv_heads, keys, 2 * pairs) for _ in range(2))
    mask = {"causal": draw(st.booleans()), "window": draw(st.none() | st.integers(1, 8))}
    return query, key, value, mask


def by_loops(query, key, value, causal, window):
    """Attention of one text, number by number."""
    n_heads, queries, head_dim = query.shape
    group, keys = n_heads // key.shape[0], key.shape[1]
    mixed = torch.zeros(n_heads, queries, value.shape[-1])
    for head in range(n_heads):
        shared = head // group
        for q in range(queries):
            place = keys - queries + q
            powers = {}
            for k in range(keys):
                if (causal and k > place) or (window is not None and k <= place - window):
                    continue
                match = sum(float(query[head, q, i] * key[shared, k, i]) for i in range(head_dim))
                powers[k] = math.exp(match / math.sqrt(head_dim))
            for k, power in powers.items():
                mixed[head, q] += power / sum(powers.values()) * value[shared, k]
    return mixed


@some
@given(problems())
@pytest.mark.parametrize("attend", ["attend", "attend_fused"])
def test_attention_is_that_of_loops(attend, problem):
    query, key, value, mask = problem
    mixed = getattr(attention, attend)(query, key, value, **mask)
    assert mixed.shape == query.shape
    texts = (x.reshape(-1, *x.shape[-3:]) for x in (query, key, value, mixed))
    for one_query, one_key, one_value, one_mixed in zip(*texts, strict=True):
        assert torch.allclose(one_mixed, by_loops(one_query, one_key, one_value, **mask), atol=1e-5)


@pytest.mark.parametrize("length", [1, 2, 33, 200])
@pytest.mark.parametrize("attend", [attention.attend, attention.attend_fused])
def test_attention_is_torchs(attend, length):
    query, key, value = (
        torch.randn(2, 9, length, 16),
        torch.randn(2, 3, length, 16),
        torch.randn(2, 3, length, 16),
    )
    theirs = functional.scaled_dot_product_attention(query, key, value, is_causal=True, enable_gqa=True)
    assert torch.allclose(attend(query, key, value), theirs, atol=1e-5)


@some
@given(problems())
def test_weights_are_shares_of_what_may_be_seen(problem):
    query, key, _, mask = problem
    table = attention.weights(query, key, **mask)
    assert torch.allclose(table.sum(dim=-1), torch.ones(table.shape[:-1]), atol=1e-5)
    distance = attention.relative_positions(table)
    if mask["causal"]:
        assert (table[..., distance > 0] == 0).all()
    if mask["window"]:
        assert (table[..., distance <= -mask["window"]] == 0).all()


def test_the_future_does_not_reach_back():
    query, key, value = (torch.randn(2, 6, 4) for _ in range(3))
    before = attention.attend(query, key, value)
    key[:, 4:], value[:, 4:] = 9.0, -9.0
    assert torch.equal(attention.attend(query, key, value)[:, :4], before[:, :4])


def test_inputs_stay_as_they_were():
    query, key, value = torch.randn(4, 5, 4), torch.randn(2, 5, 4), torch.randn(2, 5, 4)
    copies = [x.clone() for x in (query, key, value)]
    attention.attend(query, key, value)
    attention.attend_fused(query, key, value)
    assert all(torch.equal(x, y) for x, y in zip((query, key, value), copies, strict=True))


def test_gradients_flow_through_both():
    found = []
    for attend in (attention.attend, attention.attend_fused):
        torch.manual_seed(0)
        query, key = torch.randn(1, 4, 5, 8, requires_grad=True), torch.randn(1, 2, 5, 8, requires_grad=True)
        attend(query, key, key).square().sum().backward()
        found.append((query.grad, key.grad))
    assert all(torch.allclose(x, y, atol=1e-5) for x, y in zip(*found, strict=True))


# ---- heads ----


def test_heads_are_split_and_merged():
    x = torch.arange(2 * 3 * 8.0).view(2, 3, 8)
    heads = attention.split_heads(x, 2)
    assert heads.shape == (2, 2, 3, 4)
    assert heads[0, 0, 1].tolist() == [8, 9, 10, 11] and heads[0, 1, 0].tolist() == [4, 5, 6, 7]
    assert torch.equal(attention.merge_heads(heads), x)


def test_shared_heads_stand_side_by_side():
    kv = torch.arange(3.0).view(1, 3, 1, 1)
    assert attention.repeat_kv(kv, 9).flatten().tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]


# ---- RoPE ----


@some
@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 3000), st.integers(1, 8))
def test_only_the_distance_counts(one, other, shift, pairs):
    torch.manual_seed(one)
    query, key = torch.randn(1, 2 * pairs).double(), torch.randn(1, 2 * pairs).double()

    def match(query_place, key_place):
        at_query, at_key = torch.tensor([query_place]), torch.tensor([key_place])
        return attention.rope(query, at_query) @ attention.rope(key, at_key).T

    assert torch.allclose(match(one, other), match(one + shift, other + shift), atol=2e-2)


def test_arrows_turn_as_complex_numbers_do():
    x, places = torch.randn(2, 3, 5, 8), torch.tensor([0, 1, 2, 7, 100])
    speeds = 500.0 ** (-torch.arange(4) / 4)
    turned = torch.view_as_complex(x.unflatten(-1, (4, 2))) * torch.exp(1j * places[:, None] * speeds)
    assert torch.allclose(attention.rope(x, places, 500.0), torch.view_as_real(turned).flatten(-2), atol=1e-4)
    assert torch.equal(attention.rope(x, torch.zeros(5, dtype=torch.long)), x)


def test_what_was_worked_out_for_other_positions_is_not_used():
    x, places = torch.randn(1, 3, 8, requires_grad=True), torch.tensor([4, 5, 6])
    with torch.inference_mode():
        before = attention.rope(x, places).clone()
    assert torch.equal(attention.rope(x, places), before)
    attention.rope(x, places).sum().backward()  # kept from inference, and used in training
    assert not torch.equal(attention.rope(x, places + 1), before)
    assert not torch.equal(attention.rope(x, places, 50.0), before)
    assert attention.rope(x.bfloat16(), places).dtype == torch.bfloat16


# ---- the cache ----


@some
@given(st.lists(st.integers(1, 5), min_size=1, max_size=6))
def test_the_cache_gives_back_everything(steps):
    cache, total = kv_cache.KVCache(), sum(steps)
    key, value = torch.randn(2, 2, 3, total, 4).unbind()
    for n_tokens in steps:
        here = slice(cache.length, cache.length + n_tokens)
        for layer in (0, 1):
            found = cache.extend(layer, key[..., here, :] + layer, value[..., here, :] - layer)
            assert torch.equal(found[0], key[..., : here.stop, :] + layer)
            assert torch.equal(found[1], value[..., : here.stop, :] - layer)
        cache.advance(n_tokens)
    assert cache.length == total


def test_the_cache_can_forget():
    cache = kv_cache.KVCache()
    cache.extend(0, torch.ones(1, 4, 2), torch.ones(1, 4, 2))
    cache.advance(4)
    cache.truncate(9)
    assert cache.length == 4
    cache.truncate(1)
    key, _ = cache.extend(0, torch.zeros(1, 1, 2), torch.zeros(1, 1, 2))
    assert key.tolist() == [[[1, 1], [0, 0]]]


def test_a_cache_of_other_texts_is_refused():
    cache = kv_cache.KVCache()
    cache.extend(0, torch.ones(2, 3, 4, 8), torch.ones(2, 3, 4, 8))
    cache.advance(4)
    others = [(1, 3, 1, 8), (3, 3, 1, 8), (2, 1, 1, 8), (2, 3, 1, 4), (3, 1, 8), (1, 2, 3, 1, 8)]
    for shape in others:
        with pytest.raises(ValueError, match="make a new KVCache.. for other texts"):
            cache.extend(0, torch.zeros(shape), torch.zeros(shape))
    with pytest.raises(ValueError, match=".2, 3, 8. of float32 .* and .2, 3, 8. of bfloat16 came"):
        cache.extend(0, torch.zeros(2, 3, 1, 8).bfloat16(), torch.zeros(2, 3, 1, 8).bfloat16())
    with pytest.raises(ValueError, match="cannot be cut to -1 tokens"):
        cache.truncate(-1)


def test_a_cache_that_was_filled_for_inference_can_be_read_in_training():
    cache = kv_cache.KVCache()
    with torch.inference_mode():
        cache.extend(0, torch.ones(1, 3, 2), torch.ones(1, 3, 2))
        cache.advance(3)
    new = torch.zeros(1, 1, 2, requires_grad=True)
    key, value = cache.extend(0, new, new)
    (key.sum() + value.sum()).backward()
    assert key.tolist() == [[[1, 1], [1, 1], [1, 1], [0, 0]]] and new.grad.tolist() == [[[2, 2]]]
    with torch.inference_mode():
        assert cache.extend(0, new, new)[0].shape == (1, 4, 2)


# ---- swaps ----


def test_the_parts_can_be_replaced():
    query = key = value = torch.randn(2, 3, 4)
    for part in ("scores", "mask_future", "weighted_sum", "repeat_kv", "weights"):
        called = []
        own = getattr(attention, part)

        def noted(*args, called=called, own=own, **kwargs):
            called.append(own)
            return own(*args, **kwargs)

        with overrides.replacing(f"attention.{part}", noted):
            attention.attend(query, key, value)
        assert called


FUSED = "fused"


@pytest.fixture
def fused(monkeypatch):
    """The fused one tells itself apart; the parts of the plain one are not reached by nothing."""
    monkeypatch.setattr(attention, "attend_fused", lambda *args, **more: FUSED)
    x = torch.ones(1, 2, 4)
    return lambda: attention.attend(x, x, x) is FUSED


def test_fast_is_fused_inside_its_block_and_in_its_thread(fused):
    own, seen = attention.attend, []
    assert not fused()
    with overrides.fast():
        assert fused() and not overrides.replaced()
        assert overrides.original("attention.attend") is own
        with overrides.fast():
            assert fused()
        assert fused()
        other = threading.Thread(target=lambda: seen.append(fused()))
        other.start()
        other.join()
    assert seen == [False] and attention.attend is own and not fused()


def test_fast_ends_with_an_error(fused):
    with pytest.raises(ZeroDivisionError), overrides.fast():
        1 / 0  # noqa: B018
    assert not fused() and not overrides._own and not overrides._dispatchers


@pytest.mark.parametrize("target", overrides.BYPASSED["attention.attend"])
def test_fast_is_plain_where_it_would_do_without_a_readers_function(fused, target):
    with overrides.replacing(target, overrides.original(target)), overrides.fast():
        assert not fused()
    with overrides.fast():
        assert fused()


def test_fast_is_plain_where_a_part_was_set_by_hand(fused, monkeypatch):
    monkeypatch.setattr(attention, "mask_future", lambda scores: scores)
    with overrides.fast():
        assert not fused()


def test_a_readers_attend_is_called_before_and_inside_fast():
    own = attention.attend
    overrides.replace("attention.attend", len)
    try:
        with overrides.fast():
            assert attention.attend is len
    finally:
        overrides.restore("attention.attend")
    assert attention.attend is own
    with overrides.fast():
        with overrides.replacing("attention.attend", len):
            assert attention.attend is len and overrides.replaced() == ("attention.attend",)
        assert not overrides.replaced()
    assert attention.attend is own


# ---- numbers of 16 bits, and no numbers ----

HALVES = [torch.bfloat16, torch.float16]


def off(found, needed):
    """The mean error of numbers of 16 bits, in units of what rounding once costs."""
    once = (needed.to(found.dtype).double() - needed).abs().mean()
    return float((found.double() - needed).abs().mean() / once)


@pytest.mark.parametrize("kind", HALVES)
def test_in_16_bits_attention_rounds_once(kind):
    query, key, value = (torch.randn(2, 6, 40, 32).to(kind) for _ in range(3))
    query = 3 * query
    exact = [attention.attend(*(x.double() for x in (query, key, value)))]
    found = attention.attend(query, key, value)
    assert found.dtype == kind and off(found, exact[0]) < 1.05
    assert off(found, exact[0]) < 1.05 * off(attention.attend_fused(query, key, value), exact[0])
    table = attention.weights(query, key)
    assert table.dtype == kind and off(table, attention.weights(query.double(), key.double())) < 1.05


@pytest.mark.parametrize("attend", [attention.attend, attention.attend_fused])
def test_scores_beyond_65504_do_not_stop_float16(attend):
    query = torch.full((1, 3, 16), 300.0).half()
    assert torch.equal(attend(query, query, torch.ones(1, 3, 16).half()), torch.ones(1, 3, 16).half())


@pytest.mark.parametrize("kind", HALVES)
def test_in_16_bits_rope_rounds_once_and_has_the_same_angles(kind):
    x, places = torch.randn(3, 1100, 16).to(kind), torch.arange(1100)
    needed = attention.rope(x.double(), places.clone())
    assert off(attention.rope(x, places), needed) < 1.05
    angles = attention.angles(places, 16)
    torch.set_default_dtype(kind)
    try:
        assert torch.equal(attention.angles(places, 16), angles)
    finally:
        torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("broken", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("where", ["key", "value"])
@pytest.mark.parametrize("attend", [attention.attend, attention.attend_fused])
@pytest.mark.parametrize("queries", [8, 7, 3])
def test_no_number_reaches_a_place_that_does_not_see_it(attend, where, broken, queries):
    x = {name: torch.randn(2, 3, 8, 4) for name in ("query", "key", "value")}
    x["query"] = x["query"][..., 8 - queries :, :]
    for window in (None, 2):
        before = attend(**x, window=window)
        spoilt = x | {where: x[where].clone()}
        spoilt[where][1, 2, 5, 1] = broken
        after = attend(**spoilt, window=window)
        sees = torch.arange(8 - queries, 8) >= 5
        if window:
            sees &= torch.arange(8 - queries, 8) < 5 + window
        assert torch.equal(after[..., ~sees, :], before[..., ~sees, :])
        if where == "value" or math.isnan(broken):  # a score of -inf takes nothing, and is a number
            assert not after[1, 2, sees].isfinite().all(dim=-1).any()


def test_what_is_asked_wrongly_is_refused_with_broken_numbers_too():
    x = torch.full((1, 3, 4), math.nan)
    for attend in (attention.attend, attention.attend_fused):
        with pytest.raises(ValueError, match="3 queries and 2 keys"):
            attend(x, x[:, :2], x[:, :2])
        with pytest.raises(ValueError, match="a window of 0 sees nothing"):
            attend(x, x, x, window=0)


# ---- errors are sentences ----

X = torch.zeros(2, 3, 4)


@pytest.mark.parametrize(
    "call, says",
    [
        (
            lambda: attention.split_heads(torch.zeros(5, 30), 4),
            "d_model 30 does not split evenly into 4 heads",
        ),
        (lambda: attention.repeat_kv(X, 3), "3 query heads cannot share 2 heads of keys and values evenly"),
        (
            lambda: attention.attend(X, X[:, :2], X[:, :2]),
            "3 queries and 2 keys: the first queries would see",
        ),
        (lambda: attention.attend_fused(X, X[:, :2], X[:, :2]), "3 queries and 2 keys"),
        (lambda: attention.attend(X, X, X, window=0), "a window of 0 sees nothing"),
        (lambda: attention.attend_fused(X, X, X, window=-1), "a window of -1 sees nothing"),
        (lambda: attention.attend(X[:, :0], X[:, :0], X[:, :0]), "there are no keys to attend to"),
        (lambda: attention.rope(torch.zeros(1, 3), torch.tensor([0])), "head_dim 3 is odd"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(call, says):
    with pytest.raises(ValueError, match=says):
        call()
