"""Rungs `kernels.flash_tuned`, `flash_tuned_backward`: what float64 gives, and the plain kernels where they must."""

import math

import pytest
import torch
from hypothesis import given as given_by
from hypothesis import settings
from hypothesis import strategies as st

from tests.library.edited import planted
from tests.library.exactly import as_exact_as_torch

pytest.importorskip("nextword.kernels", exc_type=ImportError)  # a sentence where there is no Triton

from nextword import attention, kernels
from nextword.kernels import flash_attention, flash_attention_backward, flash_tuned, flash_tuned_backward

some = settings(max_examples=12, deadline=None)
DEVICE = "cpu" if kernels.interpreted else "cuda"
each_form = pytest.mark.parametrize("form", flash_tuned.TILES)


def made(
    n_kv_heads, group, queries, keys, head_dim=64, *, batch=(2,), dtype=torch.float32, scale=1.0, seed=0
):
    """Random query, key and value."""
    torch.manual_seed(seed)
    shapes = [(n_kv_heads * group, queries), (n_kv_heads, keys), (n_kv_heads, keys)]
    return [(torch.randn(*batch, *shape, head_dim) * scale).to(DEVICE, dtype) for shape in shapes]


def asked(form):
    """How a form is asked for."""
    return {} if form == "pointers" else {form: True}


def exact(query, key, value, causal=True):
    """The output in float64, and the log-sum-exp; a query before the first key gives zeros, and -inf."""
    query, key, value = (x.double() for x in (query, key, value))
    key, value = (attention.repeat_kv(x, query.shape[-3]) for x in (key, value))
    seen = attention.visible(query.shape[-2], key.shape[-2], causal, None, query.device)
    scores = (query @ key.mT / math.sqrt(query.shape[-1])).masked_fill(~seen, -torch.inf)
    return scores.softmax(-1).nan_to_num(0) @ value, scores.logsumexp(-1)


def largest(lse: torch.Tensor) -> float:
    """About the largest logit that counts."""
    return lse.nan_to_num(0, neginf=0).abs().max().item()


@st.composite
def problems(draw):
    """Any lengths; more queries than keys, too."""
    made_of = dict(
        n_kv_heads=draw(st.integers(1, 2)), group=draw(st.integers(1, 2)), queries=draw(st.integers(1, 130)),
        keys=draw(st.integers(1, 130)), head_dim=draw(st.sampled_from([64, 128])),
        batch=draw(st.sampled_from([(), (1,), (1, 2)])), dtype=draw(st.sampled_from([torch.float32, torch.float16])),
        scale=draw(st.sampled_from([0.1, 1.0, 4.0])), seed=draw(st.integers(0, 99)),
    )  # fmt: skip
    return made_of, draw(st.booleans())


@some
@given_by(problems())
@each_form
def test_each_form_is_attention(form, problem):
    made_of, causal = problem
    tensors = made(**made_of)
    assert not flash_tuned.why_plain(*tensors, None, form)
    out, lse = flash_tuned.forward(*tensors, causal=causal, **asked(form))
    right, right_lse = exact(*tensors, causal)
    key, value = (attention.repeat_kv(x, tensors[0].shape[-3]) for x in tensors[1:])
    seen = attention.visible(out.shape[-2], key.shape[-2], causal, None)
    theirs = torch.nn.functional.scaled_dot_product_attention(
        tensors[0], key, value, attn_mask=seen
    ).nan_to_num(0)
    assert as_exact_as_torch(out, theirs, right, largest(right_lse))
    assert torch.equal(lse.isinf(), right_lse.isinf()) and lse.dtype == torch.float32
    assert torch.allclose(lse.double(), right_lse, rtol=1e-5, atol=1e-5)


@each_form
@pytest.mark.parametrize("tile", [(16, 64, 4, 2), (64, 16, 4, 2), (32, 32, 4, 2)])
def test_any_tile_gives_the_same(form, tile):
    tensors = made(1, 2, 50, 75, batch=())
    other = flash_tuned.forward(*tensors, **asked(form), tile=tile)[0]
    assert torch.allclose(other, flash_tuned.forward(*tensors, **asked(form))[0], atol=1e-6)


@each_form
def test_nothing_beyond_the_tensors_is_used(form):
    query, key, value = made(2, 2, 70, 70)
    right = flash_tuned.forward(query, key, value, **asked(form))
    room = [torch.full((2, x.shape[1], 128, 64), math.nan, device=DEVICE) for x in (query, key, value)]
    for wide, x in zip(room, (query, key, value), strict=True):
        wide[..., 20:90, :] = x
    again = flash_tuned.forward(*(wide[..., 20:90, :] for wide in room), **asked(form))
    assert all(torch.equal(a, b) for a, b in zip(right, again, strict=True))
    by_token = [x.transpose(-3, -2).contiguous().transpose(-3, -2) for x in (query, key, value)]
    assert torch.equal(flash_tuned.forward(*by_token, **asked(form))[0], right[0])


@each_form
def test_huge_scores_and_equal_keys(form):
    query, key, value = made(1, 2, 70, 70, scale=100.0)
    query, key, value = query.round(), key.round(), value / 100  # whole numbers: their products are exact
    assert torch.allclose(
        flash_tuned.forward(query, key, value, **asked(form))[0].double(),
        exact(query, key, value)[0],
        atol=1e-4,
    )
    out, lse = flash_tuned.forward(query * 0, key, value, **asked(form))
    counts = torch.arange(1.0, 71)
    assert torch.allclose(out, (value.cumsum(-2) / counts[:, None]).expand_as(out), atol=1e-5)
    assert torch.allclose(lse, counts.log().expand_as(lse), atol=1e-6)


@pytest.mark.parametrize(
    ("change", "options", "reason"),
    [
        (lambda x: x, {"window": 9}, "a window"),
        (lambda x: x[..., :48], {}, "a head_dim of 48"),
        (lambda x: x.mT.contiguous().mT, {}, "side by side"),
        (lambda x: x.double(), {}, "float64"),
        (lambda x: torch.nn.functional.pad(x, (1, 0))[..., 1:], {"specialised": True}, "16 bytes"),
        (lambda x: x[..., :32], {"descriptors": True}, "a head_dim of 32"),
    ],
)
def test_what_no_form_takes_is_answered_by_the_plain_kernel(change, options, reason):
    tensors = [change(x) for x in made(2, 1, 40, 40)]
    form = next((form for form in flash_tuned.TILES if form in options), "pointers")
    assert reason in flash_tuned.why_plain(*tensors, options.get("window"), form)
    plain = flash_attention.forward(*tensors, window=options.get("window"))
    assert all(
        torch.equal(a, b) for a, b in zip(flash_tuned.forward(*tensors, **options), plain, strict=True)
    )


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="evenly"):
        flash_tuned.forward(*(x[:, :n] for x, n in zip(made(3, 1, 4, 4), (3, 2, 2), strict=True)))


BUGS = {
    "the first loop goes too far": ("keys - queries + start + 1))", "keys - queries + start + BLOCK_QUERIES))"),
    "the second loop stops short": ("keys - queries + start + BLOCK_QUERIES))", "keys - queries + start))"),
    "no whole tiles": (" // BLOCK_KEYS * BLOCK_KEYS, end", ", end"),
    "mask off by one": ("n[None, :] <= (keys", "n[None, :] < (keys"),
    "the ragged end": ("seen = (n < keys)[None, :]", "seen = (n >= 0)[None, :]"),
    "maximum scaled twice": ("scores * scale - new_maximum[:, None]", "(scores - new_maximum[:, None]) * scale"),
    "no rescale": ("mixed * shrink[:, None]", "mixed"),
    "log in base 2": ("tl.log2(whole)) * LN_2", "tl.log2(whole))"),
    "the wrong group": ("row % n_heads // group", "row % n_heads % group"),
    "blocks left out": ("(n_blocks - 1 - tl.program_id(0) % n_blocks)", "(n_blocks - 1)"),
    "a pointer that stays": ("        value += value_step\n", ""),
}  # fmt: skip


@pytest.mark.parametrize("bug", BUGS)
def test_planted_bugs_are_noticed(bug, tmp_path):
    tensors = made(2, 2, 100, 150, scale=2.0)
    wrong = planted(flash_tuned, tmp_path, *BUGS[bug])
    same = []
    for causal in (True, False):
        found, right = wrong.forward(*tensors, causal=causal), exact(*tensors, causal)
        same += [torch.allclose(a.double(), b, atol=1e-3) for a, b in zip(found, right, strict=True)]
    assert not all(same)


def given(tensors, causal=True):
    """What a backward pass is given."""
    out, lse = flash_attention.forward(*tensors, causal=causal)
    torch.manual_seed(1)
    return *tensors, out, lse, torch.randn_like(out)


def exact_gradients(query, key, value, _out, _lse, grad_out, causal):
    """By autograd, in float64."""
    doubles = [x.detach().double().requires_grad_() for x in (query, key, value)]
    return torch.autograd.grad(exact(*doubles, causal)[0], doubles, grad_out.double())


@some
@given_by(problems())
def test_the_gradients_are_those_of_attention(problem):
    made_of, causal = problem
    made_of["queries"] = min(made_of["queries"], made_of["keys"])
    call = given(made(**made_of), causal)
    lse = call[4]
    found = flash_tuned_backward.backward(*call, causal=causal)
    plain = flash_attention_backward.backward(*call, causal=causal)
    for ours, theirs, right in zip(found, plain, exact_gradients(*call, causal), strict=True):
        assert as_exact_as_torch(ours, theirs, right, largest(lse))


@pytest.mark.parametrize("tile", [(16, 64, 4, 2), (64, 16, 4, 2)])
def test_gradients_by_any_tile_twice_with_the_same_bits(tile):
    call = given(made(1, 2, 70, 90, batch=()))
    first, second = (flash_tuned_backward.backward(*call, query_tile=tile, key_tile=tile) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))
    pairs = zip(first, flash_attention_backward.backward(*call), strict=True)
    assert all(torch.allclose(a, b, atol=1e-5) for a, b in pairs)


def test_what_has_no_tuned_gradients_is_answered_by_the_plain_kernels():
    for tensors, window in (
        (made(1, 2, 40, 40, 48), None),
        (made(1, 2, 40, 40), 9),
        (made(1, 2, 40, 20), None),
    ):
        call = given(tensors)
        found, plain = (
            module.backward(*call, window=window)
            for module in (flash_tuned_backward, flash_attention_backward)
        )
        assert all(torch.equal(a, b) for a, b in zip(found, plain, strict=True))


BACKWARD_BUGS = {
    "no delta for queries": ("(dp - share[:, None])", "dp"),
    "no delta for keys": ("(dp - share[None, :])", "dp"),
    "natural log-sum-exp": ("other=0.0) * LOG2_E", "other=0.0)"),
    "the diagonal without a mask": ("if DIAGONAL:", "if False:"),
    "the second loop begins late": ("tl.minimum(queries, tl.cdiv(whole", "tl.minimum(queries, 32 + tl.cdiv(whole"),
    "queries before the diagonal": ("tl.maximum(0, start - (keys - queries))", "tl.maximum(0, start + 64)"),
    "the other heads of the group": ("range(kv_head * group, (kv_head + 1) * group)", "range(0, group)"),
    "no scale": ("(dk * scale)", "dk"),
    "keys of another head": ("key_strides, batch, head // group)", "key_strides, batch, head % 2)"),
}  # fmt: skip


@pytest.mark.parametrize("bug", BACKWARD_BUGS)
def test_bugs_planted_in_the_gradients_are_noticed(bug, tmp_path):
    call = given(made(2, 2, 100, 150))
    right = exact_gradients(*call, True)
    wrong = planted(flash_tuned_backward, tmp_path, *BACKWARD_BUGS[bug]).backward(*call)
    assert not all(torch.allclose(a.double(), b, atol=1e-3) for a, b in zip(wrong, right, strict=True))
