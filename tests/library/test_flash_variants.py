"""Rung `kernels.flash_variants`: packed texts, softcaps and sinks, alone and together, against float64 and autograd."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.library.edited import planted
from tests.library.exactly import as_exact_as_torch

pytest.importorskip("nextword.kernels", exc_type=ImportError)  # a sentence where there is no Triton

from nextword import attention, kernels
from nextword.kernels import flash_variants, flash_variants_backward
from nextword.kernels.flash_variants_backward_parts import packing

some = settings(max_examples=12, deadline=None)
DEVICE = "cpu" if kernels.interpreted else "cuda"


def made(n_kv_heads, group, queries, keys, head_dim=16, *, batch=(), dtype=torch.float32, scale=1.0, seed=0):
    """Random query, key and value that want gradients, one sink a head, and a gradient of the output."""
    torch.manual_seed(seed)
    n_heads = n_kv_heads * group
    shapes = [(*batch, n_heads, queries, head_dim), *2 * [(*batch, n_kv_heads, keys, head_dim)], (n_heads,)]
    tensors = [(torch.randn(shape) * scale).to(DEVICE, dtype).requires_grad_() for shape in shapes]
    return *tensors, torch.randn(shapes[0]).to(DEVICE, dtype)


def exact(query, key, value, *, causal=True, window=None, softcap=None, sinks=None):
    """Attention by the whole table of weights; a query that sees nothing takes nothing."""
    n_heads, (queries, keys) = query.shape[-3], (query.shape[-2], key.shape[-2])
    key, value = (attention.repeat_kv(x, n_heads) for x in (key, value))
    scores = query @ key.mT / math.sqrt(query.shape[-1])
    scores = scores if softcap is None else softcap * torch.tanh(scores / softcap)
    seen = attention.visible(queries, keys, causal, window, query.device)
    scores = scores.masked_fill(~seen, -torch.inf)
    sink = scores.new_full((*scores.shape[:-1], 1), -torch.inf)
    sink = sink if sinks is None else sinks[:, None, None].expand_as(sink)
    lowest = torch.finfo(scores.dtype).min
    top = torch.cat([scores, sink], dim=-1).amax(-1, keepdim=True).clamp(min=lowest).detach()
    powers = (scores - top).exp()
    total = powers.sum(-1, keepdim=True) + (sink - top).exp()
    return powers / total.masked_fill(total == 0, 1) @ value


def exact_packed(query, key, value, starts, key_starts, **options):
    """The same, text by text."""
    parts = zip(
        starts.tolist(), starts[1:].tolist(), key_starts.tolist(), key_starts[1:].tolist(), strict=False
    )
    return torch.cat(
        [exact(query[:, a:b], key[:, c:d], value[:, c:d], **options) for a, b, c, d in parts], dim=-2
    )


def gradients(out, inputs, grad_out):
    return torch.autograd.grad(out, inputs, grad_out.to(out.dtype), retain_graph=True)


@st.composite
def problems(draw):
    """Any of the variants at once, on queries and keys of any lengths; packed or not."""
    packed = draw(st.booleans())
    starts = [0]
    for _ in range(draw(st.integers(1, 4))):
        starts.append(starts[-1] + draw(st.integers(0, 40)))
    starts[-1] += starts[-1] == 0
    keys = [start + (i > 0) * draw(st.integers(0, 9)) for i, start in enumerate(starts)]
    keys = [max(keys[: i + 1]) for i in range(len(keys))]
    made_of = dict(
        n_kv_heads=draw(st.integers(1, 2)), group=draw(st.integers(1, 3)), queries=starts[-1], keys=keys[-1],
        head_dim=draw(st.sampled_from([1, 8, 16, 24])),
        batch=() if packed else draw(st.sampled_from([(), (2,), (1, 2)])),
        scale=draw(st.sampled_from([0.1, 1.0, 3.0])), seed=draw(st.integers(0, 99)),
    )  # fmt: skip
    options = dict(
        causal=draw(st.booleans()), window=draw(st.none() | st.integers(1, 50)),
        softcap=draw(st.none() | st.sampled_from([0.5, 3.0, 50.0])),
    )  # fmt: skip
    return made_of, options, draw(st.booleans()), (starts, keys) if packed else None


@some
@given(problems(), st.sampled_from([torch.float32, torch.float16]))
def test_any_variants_together_and_their_gradients(problem, dtype):
    made_of, options, with_sinks, packed = problem
    *inputs, grad_out = made(**made_of, dtype=dtype)
    inputs = inputs if with_sinks else inputs[:3]
    doubles = [x.detach().double().requires_grad_() for x in inputs]
    spans = None if packed is None else [torch.tensor(x) for x in packed]

    def plain(query, key, value, sinks=None):
        if spans is None:
            return exact(query, key, value, sinks=sinks, **options)
        return exact_packed(query, key, value, *spans, sinks=sinks, **options)

    def ours(query, key, value, sinks=None):
        named = {} if spans is None else {"starts": spans[0], "key_starts": spans[1]}
        return flash_variants.attend(query, key, value, sinks=sinks, **options, **named)

    found = [
        (out := f(*x), *gradients(out, x, grad_out))
        for f, x in ((ours, inputs), (plain, inputs), (plain, doubles))
    ]
    for what, mine, theirs, right in zip(["out", "query", "key", "value", "sinks"], *found, strict=False):
        assert as_exact_as_torch(mine, theirs, right), what


def test_gradients_by_differences():
    *inputs, _ = made(1, 2, 5, 7, 3, dtype=torch.float64)
    options = {"softcap": 1.5, "window": 4}

    def call(query, key, value, sinks):
        return flash_variants.attend(query, key, value, sinks=sinks, **options)

    assert torch.autograd.gradcheck(call, inputs, eps=1e-5, atol=1e-6, fast_mode=True)


def test_packed_is_each_text_by_itself_and_none_sees_another():
    *inputs, grad_out = made(2, 2, 150, 150)
    starts = torch.tensor([0, 1, 65, 65, 150])  # one place; one more than a tile; none; more than a tile
    out = flash_variants.attend(*inputs[:3], starts=starts)
    for a, b in zip(starts.tolist(), starts[1:].tolist(), strict=False):
        assert torch.equal(out[:, a:b], flash_variants.attend(*(x[:, a:b] for x in inputs[:3])))
    query, key, value = (x.detach().clone() for x in inputs[:3])
    for x in (query, key, value):
        x[:, 1:65] = math.nan
    spoilt = flash_variants.attend(query, key, value, starts=starts)
    assert spoilt[:, 1:65].isnan().all()
    kept = torch.arange(150) < 1, torch.arange(150) >= 65
    assert all(torch.equal(spoilt[:, rows], out[:, rows]) for rows in kept)
    grad_out[:, 1:65] = 0  # what only one text's loss asks for reaches that text alone
    for grad in gradients(out, inputs[:3], grad_out):
        assert not grad[:, 1:65].any() and grad[:, 65:].any()


def test_texts_may_be_permuted():
    *inputs, _ = made(1, 2, 60, 60)
    lengths = [10, 33, 17]
    parts = [x.detach().split(lengths, dim=1) for x in inputs[:3]]
    turned = [torch.cat([part[2], part[0], part[1]], dim=1) for part in parts]
    out = flash_variants.attend(*inputs[:3], starts=torch.tensor([0, 10, 43, 60])).split(lengths, dim=1)
    other = flash_variants.attend(*turned, starts=torch.tensor([0, 17, 27, 60])).split([17, 10, 33], dim=1)
    assert all(torch.equal(out[i], other[j]) for i, j in ((0, 1), (1, 2), (2, 0)))


def test_a_large_cap_and_a_low_sink_change_nothing():
    *inputs, grad_out = made(2, 2, 70, 90, batch=(2,))
    inputs = inputs[:3]
    plain = flash_variants.attend(*inputs)
    capped = flash_variants.attend(*inputs, softcap=1e4)
    assert torch.allclose(capped, plain, atol=1e-2)
    for low in (-math.inf, -1e4):
        sinking = flash_variants.attend(*inputs, sinks=torch.full((4,), low, device=DEVICE))
        assert torch.equal(sinking, plain)
        pairs = zip(gradients(sinking, inputs, grad_out), gradients(plain, inputs, grad_out), strict=True)
        assert all(torch.equal(a, b) for a, b in pairs)


@torch.no_grad()
def test_a_cap_bounds_every_weight_and_a_high_sink_takes_all():
    query, key, value, *_ = made(1, 1, 1, 64, scale=30.0)
    out, lse = flash_variants.forward(query, key, value, softcap=1.0)
    assert (lse - math.log(64)).abs().max() <= 1  # all 64 scores lie between -1 and 1
    assert not flash_variants.forward(query, key, value, sinks=torch.tensor([1e6]))[0].any()


def test_a_query_that_sees_nothing_takes_nothing():
    query, key, value, sinks, grad_out = made(1, 2, 40, 3)
    with torch.no_grad():
        out, lse = flash_variants.forward(
            query, key, value
        )  # the first 37 queries stand before the first key
        assert not out[:, :37].any() and (lse[:, :37] == -math.inf).all() and out[:, 37:].all()
        out, lse = flash_variants.forward(query, key, value, sinks=sinks)
    assert not out[:, :37].any() and torch.equal(lse[:, 0], sinks)
    out = flash_variants.attend(query, key, value, sinks=torch.full_like(sinks, -math.inf).requires_grad_())
    assert all(grad.isfinite().all() for grad in gradients(out, (query, key, value), grad_out))


@torch.no_grad()
def test_lse_and_sinks_are_those_of_one_more_key():
    query, key, value, sinks, _ = made(1, 2, 20, 20, dtype=torch.float64)
    out, lse = flash_variants.forward(query, key, value, sinks=sinks)
    plain_out, plain_lse = flash_variants.forward(query, key, value)
    assert torch.allclose(lse, torch.logaddexp(plain_lse, sinks[:, None]))
    assert torch.allclose(out, plain_out * (plain_lse - lse).exp()[..., None])


def test_views_and_repeats():
    query, key, value, *_ = made(2, 2, 50, 50, batch=(2,))
    views = [x.detach().transpose(-3, -2).contiguous().transpose(-3, -2) for x in (query, key, value)]
    assert torch.equal(flash_variants.attend(*views), flash_variants.attend(query, key, value))
    repeated = [attention.repeat_kv(x, 4) for x in (key, value)]
    assert torch.equal(flash_variants.attend(query, *repeated), flash_variants.attend(query, key, value))
    out = flash_variants.attend(query, key, value, softcap=2.0)
    first, second = (
        gradients(flash_variants.attend(query, key, value, softcap=2.0), (query, key), out) for _ in range(2)
    )
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"softcap": 0.0}, "a softcap is a positive number"),
        ({"softcap": math.nan}, "a softcap is a positive number"),
        ({"sinks": torch.zeros(3)}, "one sink for each of 4 heads"),
        ({"starts": torch.tensor([0, 5])}, "all 10 places"),
        ({"starts": torch.tensor([0, 7, 5, 10])}, "one more than there are texts"),
        ({"starts": torch.tensor([3, 10])}, "go from 0"),
        ({"key_starts": torch.tensor([0, 10])}, "need `starts`"),
        ({"starts": torch.tensor([0, 4, 10]), "key_starts": torch.tensor([0, 10])}, "don't match"),
        ({"window": 0}, "a window of 0"),
    ],
)
def test_what_makes_no_sense_is_refused(options, says):
    with pytest.raises(ValueError, match=says):
        flash_variants.attend(*made(2, 2, 10, 10)[:3], **options)
    with pytest.raises(ValueError, match="no batch axis"):
        flash_variants.attend(*made(2, 2, 10, 10, batch=(2,))[:3], starts=torch.tensor([0, 10]))


BUGS = {
    "keys of the first text": (flash_variants, "head // group, k_first + at_key", "head // group, at_key"),
    "sees past its text": (flash_variants, "at_key[None, :], queries, keys", "at_key[None, :], queries, all_keys"),
    "sink leaves the mix as it was": (flash_variants, "        mixed = mixed * shrink[:, None]\n", ""),
    "sink counted as one": (flash_variants, "tl.exp(sink - anchor)", "tl.exp(0.0 - anchor)"),
    "the sink of another head": (flash_variants, "sinks + head", "sinks + head // group"),
    "log-sum-exp without the sink": (flash_variants, "        maximum = new_maximum\n\n    total", "\n    total"),
    "log-sum-exp in the wrong row": (flash_variants, "* all_queries + q_first", "* all_queries"),
    "no slope for keys": (flash_variants_backward, "share[None, :]) * slope(scores, cap)", "share[None, :])"),
    "no slope for queries": (flash_variants_backward, "share[:, None]) * slope(scores, cap)", "share[:, None])"),
    "no delta": (flash_variants_backward, " - share[None, :]", ""),
    "the sink's sign": (flash_variants_backward, "return -(weight", "return (weight"),
    "the sink's weight without its score": (flash_variants_backward, "(sinks[:, None] - lse)", "(-lse)"),
    "another head's gradient": (flash_variants_backward, "kv_head * group, (kv_head", "kv_head, (kv_head"),
    "softcap without its cap": (packing, "cap * tl.where", "tl.where"),
    "softcap as a clip": (packing, "1 - 2 / (1 + tl.exp(2 * x))", "tl.where(x > 0, 1.0, -1.0)"),
    "slope of tanh itself": (packing, "1 - (scores / cap) * (scores / cap)", "1 - scores * scores"),
}  # fmt: skip


def all_at_once(attend):
    """The output and every gradient of one call that uses everything."""
    query, key, value, sinks, grad_out = made(2, 2, 70, 70, scale=1.5)
    out = attend(query, key, value, sinks=sinks, softcap=2.0, starts=torch.tensor([0, 30, 70]))
    return [out, *gradients(out, (query, key, value, sinks), grad_out)]


@pytest.fixture(scope="module")
def right():
    return all_at_once(flash_variants.attend)


@pytest.mark.parametrize("bug", BUGS)
def test_planted_bugs_are_noticed(bug, right, tmp_path, monkeypatch):
    module, good, bad = BUGS[bug]
    wrong = planted(module, tmp_path, good, bad)
    if module is packing:
        for user in (flash_variants, flash_variants_backward):
            for function in ("bent", "slope", "span"):
                monkeypatch.setattr(user, function, getattr(wrong, function), raising=False)
    elif module is flash_variants_backward:
        monkeypatch.setattr(flash_variants, "flash_variants_backward", wrong)
    found = all_at_once(wrong.attend if module is flash_variants else flash_variants.attend)
    assert not all(torch.allclose(a, b, atol=1e-3) for a, b in zip(found, right, strict=True))
