"""Rung `kernels.decode`: against float64, split anywhere, lengths and their padding, and bugs that must be noticed."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.library.edited import planted
from tests.library.exactly import as_exact_as_torch

pytest.importorskip("nextword.kernels", exc_type=ImportError)  # a sentence where there is no Triton

from nextword import attention, kernels
from nextword.kernels import decode

some = settings(max_examples=25, deadline=None)
DEVICE = "cpu" if kernels.interpreted else "cuda"


def made(n_kv_heads, group, queries, keys, head_dim, *, batch=(2,), dtype=torch.float32, scale=1.0, seed=0):
    """Random query, key and value."""
    torch.manual_seed(seed)
    shapes = [(n_kv_heads * group, queries), (n_kv_heads, keys), (n_kv_heads, keys)]
    return [(torch.randn(*batch, *shape, head_dim) * scale).to(DEVICE, dtype) for shape in shapes]


def exact(query, key, value, lengths=None):
    """Attention in float64, text by text; zeros for a query that stands before the first key."""
    query, key, value = (
        x.double().flatten(end_dim=-4) if x.ndim > 3 else x.double()[None] for x in (query, key, value)
    )
    lengths = [key.shape[-2]] * len(key) if lengths is None else lengths.flatten().tolist()
    out = torch.zeros_like(query)
    for one, q, k, v, length in zip(out, query, key, value, lengths, strict=True):
        seeing = min(length, q.shape[-2])  # the last queries, which have a key to see
        if seeing:
            one[:, -seeing:] = attention.attend(q[:, -seeing:], k[:, :length], v[:, :length])
    return out


@st.composite
def problems(draw):
    """Heads shared or not, few queries, any number of keys and parts."""
    queries = draw(st.integers(1, 8))
    made_of = dict(
        n_kv_heads=draw(st.integers(1, 3)), group=draw(st.integers(1, 4)), queries=queries,
        keys=draw(st.integers(queries, 200)), head_dim=draw(st.sampled_from([1, 8, 16, 24, 64])),
        batch=draw(st.sampled_from([(), (1,), (2,), (2, 1)])),
        dtype=draw(st.sampled_from([torch.float32, torch.float16])),
        scale=draw(st.sampled_from([0.1, 1.0, 4.0])), seed=draw(st.integers(0, 99)),
    )  # fmt: skip
    return made_of, draw(st.none() | st.integers(1, 5))


@some
@given(problems())
def test_decoding_is_attention(problem):
    made_of, splits = problem
    tensors = made(**made_of)
    ours = decode.decode(*tensors, splits=splits)
    theirs = attention.attend_fused(*tensors)
    assert as_exact_as_torch(ours, theirs, exact(*tensors).view(ours.shape))


@some
@given(st.integers(1, 150), st.integers(1, 150), st.integers(1, 4), st.integers(1, 5))
def test_what_lies_beyond_a_length_is_never_read(first, second, queries, splits):
    query, key, value = made(2, 2, queries, 150, 16)
    lengths = torch.tensor([first, second], device=DEVICE)
    reference = exact(query, key, value, lengths)
    for text, length in enumerate((first, second)):
        key[text, :, length:] = value[text, :, length:] = math.nan
    ours = decode.decode(query, key, value, lengths, splits=splits)
    assert torch.allclose(ours.double(), reference, atol=1e-5)


def test_a_text_without_keys_gives_zeros():
    query, key, value = made(1, 2, 3, 70, 16)
    ours = decode.decode(query, key, value, torch.tensor([0, 2]))
    assert not ours[0].any() and not ours[1, :, 0].any()
    assert torch.equal(
        ours[1, :, 1], value[1, :, 0].expand(2, -1)
    )  # the second of three sees the first of two


@pytest.mark.parametrize("splits", [2, 3, 4, 7, 100])
def test_any_split_gives_what_one_pass_gives(splits):
    tensors = made(2, 3, 2, 400, 16)
    whole = decode.decode(*tensors, splits=1)
    assert torch.allclose(decode.decode(*tensors, splits=splits), whole, atol=1e-6)


@some
@given(st.lists(st.integers(1, 60), min_size=1, max_size=5), st.booleans())
def test_merged_parts_are_the_whole(lengths, in_float16):
    """Parts of any length, worked out by plain softmax, and two merges one after the other."""
    torch.manual_seed(0)
    query, key, value = (
        torch.randn(3, 1, 8) * 3,
        torch.randn(3, sum(lengths), 8),
        torch.randn(3, sum(lengths), 8),
    )
    parts, lse = [], []
    for k, v in zip(key.split(lengths, 1), value.split(lengths, 1), strict=True):
        scores = query @ k.mT
        parts.append(scores.softmax(-1) @ v)
        lse.append(scores.logsumexp(-1))
    parts, lse = torch.stack(parts).to(DEVICE), torch.stack(lse).to(DEVICE)
    scores = (query @ key.mT).double()
    whole = scores.softmax(-1) @ value.double()
    out, out_lse = decode.merge(parts.half() if in_float16 else parts, lse)
    assert torch.allclose(out.double().cpu(), whole, atol=4e-3 if in_float16 else 1e-5)
    assert torch.allclose(out_lse.double().cpu(), scores.logsumexp(-1), atol=1e-5)
    first, last = decode.merge(parts[:1], lse[:1]), decode.merge(parts[-1:], lse[-1:])
    again = decode.merge(*(torch.stack(pair) for pair in zip(first, last, strict=True)))
    assert torch.allclose(again[0], decode.merge(parts[[0, -1]], lse[[0, -1]])[0], atol=1e-6)


def test_a_part_that_saw_nothing_counts_nothing_and_only_differences_count():
    parts, lse = torch.randn(20, 4, 8, device=DEVICE), torch.randn(20, 4, device=DEVICE)
    out, total = decode.merge(parts, lse)
    lse[3] = -math.inf
    others = torch.arange(20) != 3
    assert torch.allclose(decode.merge(parts, lse)[0], decode.merge(parts[others], lse[others])[0], atol=1e-6)
    lifted, high = decode.merge(parts, lse + 1e4)  # far beyond what exp can hold
    assert torch.allclose(lifted, decode.merge(parts, lse)[0], atol=1e-2) and high.min() > 1e4
    nothing = decode.merge(parts, torch.full_like(lse, -math.inf))
    assert not nothing[0].any() and (nothing[1] == -math.inf).all()
    assert not torch.equal(out, parts[0]) and total.shape == (4,)


@pytest.mark.parametrize("scale", [1e2, 5e2])  # scores up to 100,000
def test_huge_scores_and_equal_keys(scale):
    query, key, value = made(1, 2, 2, 130, 16, scale=scale)
    query, key, value = query.round(), key.round(), value / scale  # whole numbers: their products are exact
    assert torch.allclose(decode.decode(query, key, value).double(), exact(query, key, value), atol=1e-4)
    same = key[..., :1, :].expand_as(key)  # strides of 0, too
    place = torch.arange(130)
    means = torch.stack([value[..., place <= 128, :].mean(-2), value.mean(-2)], dim=-2)
    assert torch.allclose(decode.decode(query, same, value), means.expand_as(query), atol=1e-5)


def test_a_view_of_a_cache_with_room_to_spare():
    query, key, value = made(2, 2, 1, 100, 16)
    reference = decode.decode(query, key, value)
    room = [torch.full((2, 2, 160, 16), math.nan, device=DEVICE) for _ in range(2)]
    for kept, part in zip(room, (key, value), strict=True):
        kept[..., :100, :] = part
    assert torch.equal(decode.decode(query, *(kept[..., :100, :] for kept in room)), reference)
    by_token = [x.transpose(1, 2).contiguous().transpose(1, 2) for x in (key, value)]
    assert torch.equal(decode.decode(query, *by_token), reference)


def test_twice_gives_the_same_bits():
    tensors = made(1, 4, 8, 300, 32)
    assert torch.equal(decode.decode(*tensors), decode.decode(*tensors))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda q, k, v: (q.repeat(1, 1, 9, 1), k, v), "9 queries"),
        (lambda q, k, v: (q, k, v[..., :-1, :]), "want"),
        (lambda q, k, v: (q, k[:1], v[:1]), "same batch"),
        (lambda q, k, v: (q[:, :3], k, v), "3 query heads cannot share 2"),
        (lambda q, k, v: (q, k[..., :0, :], v[..., :0, :]), "no keys"),
        (lambda q, k, v: (q, k, v, torch.tensor([3])), "one length for each text"),
    ],
)
def test_what_cannot_be_read_is_refused(change, says):
    with pytest.raises(ValueError, match=says):
        decode.decode(*change(*made(2, 2, 1, 20, 16)))


BUGS = {
    "mask off by one": ("n[None, :] <= last_seen", "n[None, :] < last_seen"),
    "no rescale of the sum": ("total * shrink +", "total +"),
    "no rescale of the mix": ("mixed * shrink[:, None] +", "mixed +"),
    "the other heads of the group": ("kv_head * GROUP + row // queries", "row // queries * n_kv_heads + kv_head"),
    "log-sum-exp in base 2": ("tl.log2(total).to(tl.float64)) * LN_2", "tl.log2(total).to(tl.float64))"),
    "parts counted alike": (
        "share = tl.exp2(((found - reference) * LOG2_E)",
        "share = tl.exp2((found.to(tl.float32) * 0.0)",
    ),
    "wrong base in the merge": ("(found - reference) * LOG2_E)", "(found - reference))"),
    "first part left out": ("range(split * part_length, end", "range((split + 1) * part_length, end"),
    "reads on past its part": ("end = tl.minimum((split + 1) * part_length, length)", "end = length"),
    "length of the first text for all": ("tl.load(lengths + batch)", "tl.load(lengths)"),
    "queries from the top left": ("length - queries + place", "place"),
    "scale of another width": ("LOG2_E.value / math.sqrt(head_dim)", "1 / math.sqrt(head_dim)"),
}  # fmt: skip


@pytest.mark.parametrize("bug", BUGS)
def test_planted_bugs_are_noticed(bug, tmp_path):
    query, key, value = made(2, 2, 3, 150, 16)
    lengths = torch.tensor([150, 90], device=DEVICE)
    key[1, :, 90:] = value[1, :, 90:] = math.nan
    reference = exact(query, key, value, lengths)
    wrong = planted(decode, tmp_path, *BUGS[bug])
    assert torch.allclose(decode.decode(query, key, value, lengths, splits=2).double(), reference, atol=1e-5)
    assert not torch.allclose(
        wrong.decode(query, key, value, lengths, splits=2).double(), reference, atol=1e-3
    )
