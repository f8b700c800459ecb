"""Rung `kernels.flash_attention`: against float64, by properties, with poison around it, and in real models.

Without a GPU Triton's interpreter runs the kernel: what it computes is judged here. Races, alignment and speed are not.
"""

import importlib.util
import math
import sys
import types

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

if importlib.util.find_spec("triton") is None:  # looked for, not imported: `kernels` says first where it runs
    pytest.skip("Triton is not installed here", allow_module_level=True)

from nextword import attention, kernels, pretrained
from nextword.base import overrides
from nextword.kernels import flash_attention
from nextword.kernels.flash_attention_parts import launching
from tests.library import attention_problems as hard

some = settings(max_examples=60, deadline=None)
few = settings(max_examples=15, deadline=None)
NAN = float("nan")


ON = "cpu" if kernels.interpreted else "cuda"


def run(problem, forward=flash_attention.forward):
    """What the kernel gives, where kernels run here, brought back."""
    out, lse = forward(*(x.to(ON) for x in problem[:3]), **problem.mask, **problem.blocks)
    return out.cpu(), lse.cpu()


@pytest.mark.gpu
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32])
def test_on_a_gpu_it_is_as_exact_as_torch_in_tiles_of_its_own_choice(dtype):
    for seed, (head_dim, window, keys) in enumerate(
        [(64, None, 300), (128, None, 1000), (128, 200, 777), (256, 50, 130), (80, None, 129), (16, 1, 64)]
    ):
        problem = hard.make(
            seed=seed, batch=(2,), n_kv_heads=2, group=3, queries=keys - seed, keys=keys, head_dim=head_dim,
            window=window, dtype=dtype, block_queries=None, block_keys=None,
        )  # fmt: skip
        assert hard.complaint(run(problem), problem) is None
        assert all(torch.equal(x, y) for x, y in zip(run(problem), run(problem), strict=True))


@some
@given(hard.problems())
def test_it_is_as_exact_as_torch(problem):
    assert hard.complaint(run(problem), problem) is None


@few
@given(hard.problems(dtype=torch.float16))
def test_it_is_as_exact_as_torch_in_float16(problem):
    assert hard.complaint(run(problem), problem) is None


@few
@given(hard.problems(dtype=torch.float64, longest=70))
def test_in_float64_it_keeps_fifteen_digits(problem):
    out, lse = run(problem)
    assert lse.dtype == torch.float64
    assert hard.complaint((out, lse), problem) is None


@pytest.mark.parametrize("head_dim", [1, 2, 16, 40, 80, 128, 256])
def test_any_head_dim_up_to_256(head_dim):
    problem = hard.make(head_dim=head_dim, queries=40, keys=50, window=30)
    assert hard.complaint(run(problem), problem) is None


# ---- what must be the same ----


@few
@given(hard.problems(longest=60), st.integers(0, 60))
def test_keys_in_two_parts_merge_into_one_pass(problem, cut):
    whole = problem._replace(mask={"causal": False, "window": None})
    parts = [
        whole._replace(key=whole.key[..., part, :], value=whole.value[..., part, :])
        for part in (slice(cut), slice(cut, None))
    ]
    merged = flash_attention.merge(*run(parts[0]), *run(parts[1]))
    assert hard.complaint(merged, whole, c=8) is None


def test_two_parts_that_saw_nothing_merge_into_nothing():
    nothing = torch.zeros(1, 2, 3), torch.full((1, 2), -math.inf)
    out, lse = flash_attention.merge(*nothing, *nothing)
    assert (out == 0).all() and (lse == -math.inf).all()


@few
@given(hard.problems(longest=60))
def test_a_window_as_long_as_the_text_hides_nothing(problem):
    longest = problem.query.shape[-2] + problem.key.shape[-2]
    wide = run(problem._replace(mask={"causal": problem.mask["causal"], "window": longest}))
    free = run(problem._replace(mask={"causal": problem.mask["causal"], "window": None}))
    assert all(torch.equal(x, y) for x, y in zip(wide, free, strict=True))


@few
@given(hard.problems(longest=60))
def test_shared_heads_are_as_good_as_copies(problem):
    n_heads = problem.query.shape[-3]
    copied = problem._replace(
        key=attention.repeat_kv(problem.key, n_heads), value=attention.repeat_kv(problem.value, n_heads)
    )
    assert all(torch.equal(x, y) for x, y in zip(run(problem), run(copied), strict=True))


@few
@given(hard.problems(longest=60))
def test_the_same_call_gives_the_same_bits(problem):
    assert all(torch.equal(x, y) for x, y in zip(run(problem), run(problem), strict=True))


def test_what_is_added_to_all_scores_of_a_query_changes_nothing():
    """One more feature, 1 in every key: what a query has there is added to all of its scores."""
    problem = hard.make(head_dim=15, queries=40, keys=40)
    plain = problem._replace(query=torch.cat([problem.query, torch.zeros(1, 40, 1)], -1))
    shift = torch.linspace(-200, 200, 40)[None, :, None]
    shifted = problem._replace(query=torch.cat([problem.query, shift], -1))
    ones = torch.cat([problem.key, torch.ones(1, 40, 1)], -1)
    value = torch.cat([problem.value, torch.ones(1, 40, 1)], -1)
    (out, lse), (moved, moved_lse) = (run(x._replace(key=ones, value=value)) for x in (plain, shifted))
    assert torch.allclose(out, moved, atol=1e-4)
    assert torch.allclose(moved_lse - lse, shift[..., 0] / 4, atol=1e-4)


def test_equal_values_come_out_as_they_are():
    problem = hard.make(queries=50, keys=50)
    out, _ = run(problem._replace(value=torch.full_like(problem.value, 3.0)))
    assert torch.allclose(out, torch.tensor(3.0), atol=1e-5)


# ---- poison, and other people's memory ----


@pytest.fixture
def poisoned_results(monkeypatch):
    """Whatever is made without a content is full of NaN: a number that the kernel leaves out is seen."""
    empty = torch.empty
    monkeypatch.setattr(torch, "empty", lambda *a, **k: empty(*a, **k).fill_(NAN))


def inside_poison(x):
    """The same numbers as a view into a larger tensor full of NaN, with other strides."""
    room = torch.full((*x.shape[:-3], x.shape[-2] + 70, x.shape[-3] + 1, x.shape[-1] + 3), NAN, dtype=x.dtype)
    view = room.transpose(-3, -2)[..., : x.shape[-3], 30 : 30 + x.shape[-2], 2 : 2 + x.shape[-1]]
    return view.copy_(x)


@few
@given(hard.problems(longest=80))
def test_no_number_beside_the_text_is_read(problem):
    within = problem._replace(
        **{name: inside_poison(getattr(problem, name)) for name in ("query", "key", "value")}
    )
    assert all(torch.equal(x, y) for x, y in zip(run(within), run(problem), strict=True))


def test_every_result_is_written(poisoned_results):
    problem = hard.make(batch=(2,), n_kv_heads=2, group=2, queries=45, keys=33)
    assert hard.complaint(run(problem), problem) is None


def test_a_query_that_sees_nothing_gives_zeros():
    problem = hard.make(queries=40, keys=7)
    out, lse = run(problem)
    assert (out[:, :33] == 0).all() and (lse[:, :33] == -math.inf).all()
    assert lse[:, 33:].isfinite().all() and (out[:, 33:] != 0).any(dim=-1).all()
    none = problem._replace(
        key=problem.key[:, :0], value=problem.value[:, :0], mask={"causal": False, "window": None}
    )
    out, lse = run(none)
    assert (out == 0).all() and (lse == -math.inf).all()
    assert run(problem._replace(query=problem.query[:, :0]))[0].shape == (1, 0, 16)


def test_axes_of_texts_that_are_no_single_axis_are_not_copied():
    """Two axes in front whose texts lie in another order: no view makes them one."""
    problem = hard.make(batch=(2, 3), n_kv_heads=2, group=2)
    turned = problem._replace(
        **{
            name: getattr(problem, name).transpose(0, 1).contiguous().transpose(0, 1)
            for name in ("query", "key", "value")
        }
    )
    out, lse = run(turned)
    assert all(torch.equal(x, y) for x, y in zip((out, lse), run(problem), strict=True))
    pieces = list(launching.one_axis_of_texts(*turned[:3], out, lse))
    assert len(pieces) == 2
    for whole, n in ((turned.query, 0), (turned.key, 1), (turned.value, 2), (out, 3), (lse, 4)):
        assert all(
            piece[n].untyped_storage().data_ptr() == whole.untyped_storage().data_ptr() for piece in pieces
        )


def test_keys_further_apart_than_32_bits_can_say():
    """Three keys that lie 2 ** 30 numbers apart: four gigabytes are asked for, and a few pages touched."""
    spread = torch.empty(2**31 + 64, dtype=torch.float16).as_strided((1, 3, 16), (16, 2**30, 1))
    problem = hard.make(queries=3, keys=3, dtype=torch.float16)
    spread.copy_(problem.key)
    assert hard.complaint(run(problem._replace(key=spread)), problem) is None
    spread.copy_(problem.value)
    assert hard.complaint(run(problem._replace(value=spread)), problem) is None


# ---- planted bugs ----

BUGS = {  # what is wrong: what stands in the source, and what stands there instead
    "mask off by one, to the future": ("key_number[None, :] <= place", "key_number[None, :] <= 1 + place"),
    "mask off by one, to the past": ("key_number[None, :] <= place", "key_number[None, :] < place"),
    "the first query at the first key": ("place = keys - queries + query_number", "place = query_number"),
    "keys past the end are seen": (
        "seen = (key_number < keys)[None, :]",
        "seen = (key_number >= 0)[None, :]",
    ),
    "the mix is not scaled down": ("mixed * shrink[:, None]", "mixed"),
    "the total is not scaled down": ("total = total * shrink", "total = total"),
    "the total is not kept": ("total = total * shrink + tl.sum", "total = tl.sum"),
    "the maximum is not kept": ("tl.maximum(maximum, tl.max(scores, axis=1))", "tl.max(scores, axis=1)"),
    "no maximum is taken off": ("(scores - anchor[:, None]) * SCALE", "scores * SCALE"),
    "-inf less -inf": ('tl.where(new_maximum == float("-inf"), 0.0, new_maximum)', "new_maximum"),
    "heads shared in turns": ("head // group * key_head", "head % (n_heads // group) * key_head"),
    "the heads of values are not shared": (
        "head // group * value_head",
        "tl.minimum(head, n_heads // group - 1) * value_head",
    ),
    "e and 2 mixed up": ("LOG2_E / math.sqrt(head_dim)", "1 / math.sqrt(head_dim)"),
    "the log-sum-exp in powers of 2": ("+ tl.log2(total)) * LN_2", "+ tl.log2(total))"),
    "the log-sum-exp without the maximum": ("(maximum * SCALE + tl.log2(total))", "(tl.log2(total))"),
    "scaled by head_dim": ("math.sqrt(head_dim)", "head_dim"),
    "the last tile of keys is left out": (
        "range(first_key, end_key, BLOCK_KEYS)",
        "range(first_key, end_key - BLOCK_KEYS + 1, BLOCK_KEYS)",
    ),
    "the end too early by the block of queries": (
        "keys - queries + first_query + BLOCK_QUERIES)",
        "keys - queries + first_query + 1)",
    ),
    "the window starts a tile late": (
        "first_query - WINDOW + 1)",
        "first_query - WINDOW + 1 + BLOCK_KEYS)",
    ),
    "the window off by one": ("place[:, None] - WINDOW", "place[:, None] - WINDOW - 1"),
    "no division": ("(mixed / total[:, None])", "mixed"),
    "the tile of values does not move": ("value_tile + skipped * value_place", "value_tile"),
    "the text is forgotten": ("text * key_text", "0 * key_text"),
}  # fmt: skip


def with_bug(name, tmp_path):
    """The module with one edit, as a module of its own; Triton reads the source from its file."""
    old, new = BUGS[name]
    source = open(flash_attention.__file__, encoding="utf-8").read()
    assert old in source, f"nothing to plant {name!r} in: {old}"
    file = tmp_path / "planted.py"
    file.write_text(source.replace(old, new), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("planted", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def is_caught(forward) -> bool:
    """Whether some problem of a short list, with every feature in it, shows that something is wrong."""
    problems = [
        hard.make(batch=(2,), n_kv_heads=2, group=2, queries=21, keys=37, window=18, seed=1),
        hard.make(queries=37, keys=37, scale=4, seed=2),
        hard.make(queries=20, keys=37, causal=False, block_keys=32, seed=3),
        hard.make(queries=37, keys=20, seed=4),
    ]
    for problem in problems:
        try:
            with torch.no_grad():
                if hard.complaint(run(problem, forward), problem):
                    return True
        except Exception:  # the interpreter itself says so
            return True
    return False


def test_the_list_of_problems_finds_nothing_wrong_with_the_kernel():
    assert not is_caught(flash_attention.forward)


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_caught(bug, tmp_path):
    assert is_caught(with_bug(bug, tmp_path).forward)


# ---- attend ----


@few
@given(hard.problems(longest=60))
def test_attend_is_attentions_attend(problem):
    causal, window = problem.mask["causal"], problem.mask["window"]
    if problem.query.shape[-2] > problem.key.shape[-2]:
        problem = problem._replace(query=problem.query[..., -problem.key.shape[-2] :, :])
    found = flash_attention.attend(*(x.to(ON) for x in problem[:3]), causal=causal, window=window).cpu()
    assert hard.complaint((found, hard.exact(problem)[1].float()), problem) is None


@pytest.mark.parametrize("where", ["key", "value"])
@pytest.mark.parametrize("queries", [8, 3, 12])
def test_no_number_reaches_a_place_that_does_not_see_it(where, queries):
    x = {name: torch.randn(2, 3, 8, 4, device=ON) for name in ("query", "key", "value")}
    x["query"] = torch.randn(2, 3, queries, 4, device=ON)
    for window in (None, 2):
        before = flash_attention.attend(**x, window=window)
        spoilt = x | {where: x[where].clone()}
        spoilt[where][1, 2, 5, 1] = NAN
        after = flash_attention.attend(**spoilt, window=window)
        place = torch.arange(8 - queries, 8)
        sees = (place >= 5) & (place < 5 + (window or 8))
        assert torch.equal(after[..., ~sees, :], before[..., ~sees, :])
        assert not after[1, 2, sees].isfinite().all(dim=-1).any()


def test_gradients_come_from_the_rung_above(monkeypatch):
    """`attend` asks for the later rung only where a gradient is wanted."""
    asked = []
    above = types.SimpleNamespace(attend=lambda *tensors, **mask: asked.append(mask) or tensors[0])
    monkeypatch.setitem(sys.modules, "nextword.kernels.flash_attention_backward", above)
    x = torch.randn(1, 4, 8, device=ON)
    with torch.no_grad():
        flash_attention.attend(x.requires_grad_(), x, x)
    flash_attention.attend(x.detach(), x.detach(), x.detach())
    assert not asked
    flash_attention.attend(x, x.detach(), x.detach(), causal=False, window=3)
    assert asked == [{"causal": False, "window": 3}]


def test_gradients_are_those_of_attention():
    grads = []
    for attend in (attention.attend, flash_attention.attend):
        torch.manual_seed(5)
        tensors = [torch.randn(2, n, 20, 8).to(ON).requires_grad_() for n in (4, 2, 2)]
        attend(*tensors, window=7).square().sum().backward()
        grads.append([x.grad for x in tensors])
    assert all(torch.allclose(x, y, atol=1e-4) for x, y in zip(*grads, strict=True))


def logits_of(model, ids):
    with torch.inference_mode():
        return model(ids)


def test_the_storyteller_runs_on_the_kernel():
    model, tokenizer = pretrained.storyteller()
    model = model.to(ON)
    ids = torch.tensor(
        [tokenizer.encode("Once upon a time there was a king who had three daughters")], device=ON
    )
    needed = logits_of(model, ids)
    called = []

    def attend(*tensors, **mask):
        called.append(mask)
        return flash_attention.attend(*tensors, **mask)

    with overrides.replacing("attention.attend", attend):
        found = logits_of(model, ids)
    assert len(called) == len(model.layers)
    assert (found - needed).abs().max() < 1e-3


@pytest.mark.network
@pytest.mark.slow
@pytest.mark.skipif(not kernels.interpreted, reason="the real model of all tests stays on the CPU")
def test_the_real_model_runs_on_the_kernel():
    from tests.library import real

    model, tokenizer = real.load()
    ids = torch.tensor([tokenizer.encode("The animal didn't cross the street because it was")])
    needed = logits_of(model, ids)
    with overrides.replacing("attention.attend", flash_attention.attend):
        found = logits_of(model, ids)
    assert (found - needed).abs().max() < 1e-3


# ---- errors are sentences ----

X = torch.zeros(2, 3, 16)


@pytest.mark.parametrize(
    "call, error, says",
    [
        (lambda f: f(X[0], X, X), ValueError, "query .3, 16., .* three axes or more"),
        (lambda f: f(X, X, X[:, :2]), ValueError, "key and value need the same shape"),
        (lambda f: f(X, X[..., :8], X[..., :8]), ValueError, "the same head_dim"),
        (lambda f: f(X[None], X, X), ValueError, "the same batch axes"),
        (lambda f: f(torch.zeros(3, 3, 16), X, X), ValueError, "3 query heads cannot share 2 heads of keys"),
        (lambda f: f(X, X[:0], X[:0]), ValueError, "2 query heads cannot share 0 heads"),
        (lambda f: f(X, X.half(), X), TypeError, "key torch.float16, .* the same one of float16, bfloat16"),
        (lambda f: f(X.long(), X.long(), X.long()), TypeError, "query is torch.int64"),
        (lambda f: f(*[torch.zeros(1, 1, 257)] * 3), ValueError, "head_dim is 257, and the kernel takes 1 to 256"),
        (lambda f: f(*[torch.zeros(1, 1, 0)] * 3), ValueError, "head_dim is 0"),
        (lambda f: f(X.clone().requires_grad_(), X, X), ValueError, "`forward` passes no gradient back"),
        (lambda f: f(X, X, X, window=0), ValueError, "a window of 0 sees nothing"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_in_a_sentence(call, error, says):
    with pytest.raises(error, match=says):
        call(flash_attention.forward)


def test_blocks_that_are_no_power_of_two_are_refused():
    with pytest.raises(ValueError, match="blocks of 48 queries and 16 keys: each is a power of two"):
        flash_attention.forward(X, X, X, block_queries=48, block_keys=16)


@pytest.mark.skipif(torch.cuda.is_available(), reason="bfloat16 is for a GPU")
def test_bfloat16_is_refused_without_a_gpu():
    with pytest.raises((TypeError, ValueError), match="bfloat16"):
        flash_attention.forward(*[X.bfloat16()] * 3)


def test_importing_the_kernel_left_the_interpreter_on():
    assert (
        "triton" in sys.modules and flash_attention.launching.kernels.interpreted != torch.cuda.is_available()
    )
