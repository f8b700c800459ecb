"""Rung `kernels.flash_attention_backward`: against float64, by relations that must hold, and with bugs in it."""

import importlib.util
import math
from dataclasses import dataclass
from types import ModuleType

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nextword import attention, attention_backward, kernels, training
from nextword.base import overrides
from nextword.training import TrainingConfig
from nextword.transformer import ModelConfig, Transformer

if not kernels.available():
    pytest.skip(kernels.why_not(), allow_module_level=True)

from nextword.kernels import flash_attention, flash_attention_backward
from nextword.kernels.flash_attention_backward_parts import launching, tiles

DEVICE = "cpu" if kernels.interpreted else "cuda"
ROUNDS_TO = {
    torch.float64: 2.0**-53,
    torch.float32: 2.0**-24,
    torch.float16: 2.0**-11,
    torch.bfloat16: 2.0**-8,
}
GUARD = 64  # numbers on either side of what a kernel writes into


# ---- problems ----


@dataclass
class Problem:
    query: torch.Tensor
    key: torch.Tensor
    value: torch.Tensor
    grad_out: torch.Tensor
    mask: dict
    blocks: tuple[int, int]

    @property
    def inputs(self) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        return self.query, self.key, self.value


def laid_out(x: torch.Tensor, layout: str) -> torch.Tensor:
    """The same numbers, otherwise in memory: with NaN all around, heads beside one another, or every second one."""
    if layout == "in NaN":
        wide = torch.full((*x.shape[:-2], x.shape[-2] + 3, x.shape[-1] + 5), math.nan, dtype=x.dtype)
        wide[..., 1:-2, 2:-3] = x
        return wide.to(DEVICE)[..., 1:-2, 2:-3]
    if layout == "heads last":
        return x.transpose(-3, -2).contiguous().to(DEVICE).transpose(-3, -2)
    if layout == "every second":
        return x.repeat_interleave(2, dim=-1).to(DEVICE)[..., ::2]
    return x.to(DEVICE)


def make(seed, batch, n_kv_heads, group, queries, keys, head_dim, dtype, scale, kind, layouts, mask, blocks):
    generator = torch.Generator().manual_seed(seed)

    def chance(heads, length):
        return scale * torch.randn(*batch, heads, length, head_dim, generator=generator)

    query, grad_out = chance(n_kv_heads * group, queries), chance(n_kv_heads * group, queries)
    key, value = chance(n_kv_heads, keys), chance(n_kv_heads, keys)
    if kind == "huge logits" and dtype != torch.float16:
        query = 1e5 * query / (scale**2 * head_dim**0.5)
    if kind == "one key":
        key = torch.zeros_like(key)
        key[..., keys // 2, :] = 5.0 * scale
    if kind == "constant":
        query, key = torch.ones_like(query), torch.ones_like(key)
    tensors = (query, key, value, grad_out)
    tensors = (laid_out(x.to(dtype), layout) for x, layout in zip(tensors, layouts, strict=True))
    return Problem(*tensors, mask, blocks)


LAYOUTS = ("plain", "in NaN", "heads last", "every second")
KINDS = ("chance", "chance", "huge logits", "one key", "constant")
DTYPES = (torch.float32, torch.float16) if kernels.interpreted else tuple(ROUNDS_TO)


@st.composite
def problems(draw):
    batch = draw(st.sampled_from([(), (1,), (2,), (1, 2)]))
    n_kv_heads, group = draw(st.sampled_from([(1, 1), (1, 2), (2, 1), (2, 2), (1, 3)]))
    queries, keys = draw(st.integers(1, 130)), draw(st.integers(1, 130))
    heads = math.prod(batch) * n_kv_heads * group
    blocks = draw(st.sampled_from([(16, 16), (16, 32), (32, 16), (32, 32), (64, 32), (64, 64)]))
    if heads * math.ceil(queries / blocks[0]) * math.ceil(keys / blocks[1]) > 40:
        blocks = (64, 64)
    return make(
        draw(st.integers(0, 10_000)),
        batch,
        n_kv_heads,
        group,
        queries,
        keys,
        head_dim=draw(st.sampled_from([1, 8, 16, 20, 32, 64, 128])),
        dtype=draw(st.sampled_from(DTYPES)),
        scale=draw(st.sampled_from([0.1, 1.0, 4.0])),
        kind=draw(st.sampled_from(KINDS)),
        layouts=draw(st.tuples(*[st.sampled_from(LAYOUTS)] * 4)),
        mask={"causal": draw(st.booleans()), "window": draw(st.none() | st.integers(1, 140))},
        blocks=blocks,
    )


# ---- what is right, and how far from it is allowed ----


def plain(problem: Problem, dtype: torch.dtype) -> list[torch.Tensor]:
    """The gradients by torch's autograd, from whole tables, in a kind of number."""
    query, key, value = (x.detach().to(dtype).requires_grad_() for x in problem.inputs)
    seen = attention.visible(query.shape[-2], key.shape[-2], **problem.mask, device=query.device)
    keys, values = (attention.repeat_kv(x, query.shape[-3]) for x in (key, value))
    scores = query @ keys.transpose(-2, -1) / math.sqrt(query.shape[-1])
    weights = scores.masked_fill(~seen, torch.finfo(dtype).min).softmax(-1) * seen  # a row may see nothing
    return torch.autograd.grad(weights @ values, (query, key, value), problem.grad_out.to(dtype))


def sizes(problem: Problem) -> tuple[float, list[float]]:
    """How large the summands of scores and of gradients are at the most: what rounding is measured by."""
    query, key, value, grad = (x.double() for x in (*problem.inputs, problem.grad_out))
    keys, values = (attention.repeat_kv(x, query.shape[-3]) for x in (key, value))
    seen = attention.visible(query.shape[-2], key.shape[-2], **problem.mask, device=query.device)
    scores = query @ keys.transpose(-2, -1) / math.sqrt(query.shape[-1])
    weights = scores.masked_fill(~seen, torch.finfo(torch.float64).min).softmax(-1) * seen
    grad_weights = grad.abs() @ values.abs().transpose(-2, -1)
    delta = (weights * grad_weights).sum(-1, keepdim=True)
    grad_scores = weights * (grad_weights + delta) / math.sqrt(query.shape[-1])
    summands = (
        grad_scores @ keys.abs(),
        attention_backward.sum_groups(grad_scores.transpose(-2, -1) @ query.abs(), key.shape[-3]),
        attention_backward.sum_groups(weights.transpose(-2, -1) @ grad.abs(), key.shape[-3]),
    )
    of_scores = query.abs() @ keys.abs().transpose(-2, -1) / math.sqrt(query.shape[-1]) * seen
    return float(of_scores.max()), [float(x.max()) for x in summands]


def failures(module: ModuleType, problem: Problem) -> list[str]:
    """What is wrong with a module's gradients: not finite, a wrong form, or farther off than rounding explains."""
    out, lse = flash_attention.forward(*problem.inputs, **problem.mask)
    found = module.backward(*problem.inputs, out, lse, problem.grad_out, **problem.mask)
    dtype, wrong = problem.query.dtype, []
    exact, torchs, (score, summands) = plain(problem, torch.float64), plain(problem, dtype), sizes(problem)
    for name, x, mine, right, theirs, size in zip(
        ("query", "key", "value"), problem.inputs, found, exact, torchs, summands, strict=True
    ):
        if mine.shape != x.shape or mine.dtype != dtype or not mine.isfinite().all():
            wrong.append(f"{name}: {tuple(mine.shape)}, {mine.dtype}, finite: {bool(mine.isfinite().all())}")
            continue
        error, their_error = (float((one.double() - right).abs().max()) for one in (mine, theirs))
        rounding = 8 * ROUNDS_TO[dtype] + 2 * min(ROUNDS_TO[torch.float32], ROUNDS_TO[dtype]) * score
        if not error <= 2 * their_error + rounding * max(size, 1):
            wrong.append(f"{name}: off by {error:.2g}, torch by {their_error:.2g}, summands up to {size:.2g}")
    return wrong


def use_blocks(monkeypatch, blocks: tuple[int, int]) -> None:
    """Tiles of these sizes, so that short texts have several."""

    def tile_sizes(query, over):
        wide = launching.width(query.shape[-1])
        return {"BLOCK_QUERIES": blocks[0], "BLOCK_KEYS": blocks[1], "BLOCK_DIM": wide}

    monkeypatch.setattr(launching, "tile_sizes", tile_sizes)


def guard_outputs(monkeypatch) -> list[torch.Tensor]:
    """Let every new tensor be NaN, in the middle of a longer row of NaN; gives the rows."""
    rows, full = [], torch.full

    def empty(*shape, dtype=None, device=None):
        shape = shape[0] if len(shape) == 1 and not isinstance(shape[0], int) else shape
        rows.append(full((math.prod(shape) + 2 * GUARD,), math.nan, dtype=dtype, device=device))
        return rows[-1][GUARD:-GUARD].view(shape)

    monkeypatch.setattr(torch, "empty", empty)
    monkeypatch.setattr(torch, "empty_like", lambda x: empty(x.shape, dtype=x.dtype, device=x.device))
    return rows


@settings(max_examples=60, deadline=None)
@given(problems())
def test_gradients_are_those_of_float64(problem):
    with pytest.MonkeyPatch.context() as patch:
        use_blocks(patch, problem.blocks)
        rows = guard_outputs(patch)
        wrong = failures(flash_attention_backward, problem)
    assert not wrong
    for row in rows:
        assert row[:GUARD].isnan().all() and row[-GUARD:].isnan().all(), "written beside the output"


def small(seed=0, queries=40, keys=40, n_kv_heads=2, group=2, head_dim=16, dtype=torch.float32, **more):
    settings = {"batch": (2,), "scale": 1.0, "kind": "chance", "layouts": ("in NaN",) * 4}
    settings |= {"mask": {"causal": True, "window": None}, "blocks": (16, 16)} | more
    return make(seed, settings.pop("batch"), n_kv_heads, group, queries, keys, head_dim, dtype, **settings)


def gradients(problem: Problem, **mask) -> tuple[torch.Tensor, ...]:
    leaves = [x.detach().requires_grad_() for x in problem.inputs]
    out = flash_attention_backward.attend(*leaves, **problem.mask | mask)
    return torch.autograd.grad(out, leaves, problem.grad_out)


def close(found, needed) -> bool:
    return all(torch.allclose(x, y, atol=2e-5) for x, y in zip(found, needed, strict=True))


# ---- autograd ----


@pytest.mark.parametrize("causal, window", [(True, None), (False, None), (True, 3)])
def test_gradcheck(causal, window):
    problem = small(queries=5, keys=7, n_kv_heads=1, head_dim=3, batch=(), layouts=("plain",) * 4)
    leaves = [x.double().requires_grad_() for x in problem.inputs]
    assert torch.autograd.gradcheck(
        lambda *x: flash_attention_backward.attend(*x, causal=causal, window=window),
        leaves,
        fast_mode=window is not None or not causal,
    )


def test_the_gradient_of_a_gradient_is_refused():
    leaf = torch.randn(1, 4, 16, device=DEVICE, requires_grad=True)
    out = flash_attention_backward.attend(leaf, leaf, leaf)
    first = torch.autograd.grad(out.square().sum(), leaf, create_graph=True)[0]
    with pytest.raises(RuntimeError, match="once_differentiable"):
        first.sum().backward()


def test_a_tiny_model_learns_through_the_kernel_as_through_torch():
    sizes = {
        "vocab_size": 11,
        "d_model": 32,
        "n_layers": 2,
        "n_heads": 2,
        "n_kv_heads": 1,
        "d_mlp": 32,
        "context": 16,
    }
    text, config = torch.arange(400) ** 2 % 11, TrainingConfig(steps=20, batch=2, context=15)
    losses = []
    for attend in (attention.attend, flash_attention_backward.attend):
        with overrides.replacing("attention.attend", attend):
            model = Transformer(ModelConfig(**sizes), torch.Generator().manual_seed(0)).to(DEVICE)
            losses.append(training.train(training.begin(model, config), text).losses)
    plain, fused = map(torch.tensor, losses)
    assert len(plain) == 20 and plain[-1] < plain[0] - 0.1 and not torch.equal(plain, fused)
    assert (plain - fused).abs().max() < 1e-4


# ---- relations that must hold ----


def test_repeats_are_equal_bit_by_bit():
    problem = small(queries=70, keys=90)
    assert all(torch.equal(x, y) for x, y in zip(gradients(problem), gradients(problem), strict=True))


def test_a_group_gives_its_shared_keys_the_sum():
    problem = small(group=3, keys=50)
    keys, values = (attention.repeat_kv(x, problem.query.shape[-3]) for x in problem.inputs[1:])
    apart = gradients(Problem(problem.query, keys, values, problem.grad_out, problem.mask, problem.blocks))
    summed = (attention_backward.sum_groups(x, problem.key.shape[-3]) for x in apart[1:])
    assert close(gradients(problem), (apart[0], *summed))


def test_a_constant_added_to_all_scores_changes_nothing():
    problem = small(head_dim=16)
    query, key = (x.clone() for x in problem.inputs[:2])
    query[..., 0], key[..., 0] = 4.0, 0.0
    before = gradients(Problem(query, key, problem.value, problem.grad_out, problem.mask, problem.blocks))
    key[..., 0] = 10.0
    after = gradients(Problem(query, key, problem.value, problem.grad_out, problem.mask, problem.blocks))
    assert close([after[0][..., 1:], *after[1:]], [before[0][..., 1:], *before[1:]])
    assert after[0][..., 0].abs().max() < 1e-4  # to turn it up for all keys alike does nothing


def test_queries_in_two_parts_give_what_all_give():
    problem = small(queries=45, keys=60)
    query, key, value = problem.inputs
    whole, grad = gradients(problem), problem.grad_out
    first = Problem(
        query[..., :20, :], key[..., :35, :], value[..., :35, :], grad[..., :20, :], problem.mask, (16, 16)
    )
    last = Problem(query[..., 20:, :], key, value, grad[..., 20:, :], problem.mask, (16, 16))
    one, other = gradients(first), gradients(last)
    both = [torch.cat([one[0], other[0]], dim=-2)]
    for early, late in zip(one[1:], other[1:], strict=True):
        late[..., :35, :] += early
        both.append(late)
    assert close(both, whole)


def test_a_window_as_long_as_the_text_is_none():
    problem = small(queries=33, keys=50)
    for window in (50, 51, 10**6):
        found = gradients(problem, window=window)
        assert all(torch.equal(x, y) for x, y in zip(found, gradients(problem), strict=True))


def test_twice_the_blame_is_twice_the_gradient():
    problem = small()
    twice = Problem(*problem.inputs, 2 * problem.grad_out, problem.mask, problem.blocks)
    assert all(torch.equal(x, 2 * y) for x, y in zip(gradients(twice), gradients(problem), strict=True))


def test_texts_of_a_batch_know_nothing_of_each_other():
    problem = small(batch=(2, 2))
    one = Problem(*(x[1, 0] for x in problem.inputs), problem.grad_out[1, 0], problem.mask, problem.blocks)
    assert all(torch.equal(x, y[1, 0]) for x, y in zip(gradients(one), gradients(problem), strict=True))


# ---- at the edges ----


def test_a_query_that_sees_nothing_has_no_gradient():
    problem = small(queries=40, keys=7)
    found = gradients(problem)
    assert all(x.isfinite().all() for x in found)
    assert (found[0][..., :33, :] == 0).all() and (found[0][..., 34:, :] != 0).any()
    assert close(found, [x.float() for x in plain(problem, torch.float64)])


@pytest.mark.parametrize("where", ["key", "value"])
def test_no_number_reaches_a_place_that_does_not_see_it(where):
    problem = small(queries=6, keys=6)
    before = gradients(problem)
    spoilt = {"key": problem.key.clone(), "value": problem.value.clone()}
    spoilt[where][..., 5, :] = math.nan
    grad_out = problem.grad_out.clone()
    grad_out[..., 5, :] = 0
    after = gradients(Problem(problem.query, **spoilt, grad_out=grad_out, mask=problem.mask, blocks=(16, 16)))
    assert torch.allclose(after[0][..., :5, :], before[0][..., :5, :], atol=1e-6)


def test_one_gradient_for_every_number_that_came_out():
    problem = small()
    grad_out = torch.ones((), device=DEVICE).expand(
        problem.query.shape
    )  # what .sum() sends back: strides of 0
    once = gradients(Problem(*problem.inputs, grad_out, problem.mask, problem.blocks))
    again = gradients(Problem(*problem.inputs, grad_out.contiguous(), problem.mask, problem.blocks))
    assert all(torch.equal(x, y) for x, y in zip(once, again, strict=True))


def test_rows_farther_apart_than_32_bits_count():
    problem = small(
        queries=3, keys=3, n_kv_heads=1, group=1, batch=(1,), layouts=("plain",) * 4, dtype=torch.float16
    )
    far = torch.empty(2**31 + 16, dtype=torch.float16, device=DEVICE)  # only what is written takes memory
    key = far.as_strided((1, 1, 3, 16), (16, 16, 2**30, 1))
    key.copy_(problem.key)
    apart = Problem(problem.query, key, problem.value, problem.grad_out, problem.mask, problem.blocks)
    assert all(torch.equal(x, y) for x, y in zip(gradients(apart), gradients(problem), strict=True))


def test_what_is_kept_is_the_output_and_one_number_a_query():
    problem, kept = small(), []
    leaves = [x.detach().requires_grad_() for x in problem.inputs]
    with torch.autograd.graph.saved_tensors_hooks(lambda x: kept.append(x) or x, lambda x: x):
        out = flash_attention_backward.FlashAttention.apply(*leaves, True, None)
    assert sorted(x.shape for x in kept) == sorted(
        [*(x.shape for x in leaves), out.shape, problem.query.shape[:-1]]
    )


# ---- planted bugs ----

BUGS = {
    "no delta for the keys": ("key_value_kernel", "dp - share[None, :]", "dp"),
    "no delta for the queries": ("query_kernel", "dp - share[:, None]", "dp"),
    "delta of the output with itself": ("delta_kernel", "do.to(exact)", "o.to(exact)"),
    "no scale in the keys' gradient": ("key_value_kernel", "dk * scale", "dk"),
    "no scale in the queries' gradient": ("query_kernel", "dq * scale", "dq"),
    "scaled twice": ("query_kernel", "dq * scale", "dq * scale * scale"),
    "no scale in the scores": ("key_value_kernel", "tl.trans(q), dk.dtype) * scale", "tl.trans(q), dk.dtype)"),
    "a scaled gradient of the values": ("key_value_kernel", "tiles.store(dv,", "tiles.store(dv * scale,"),
    "only the first head of a group": ("key_value_kernel", "(kv_head + 1) * group", "kv_head * group + 1"),
    "a group of heads that lie apart": (
        "query_kernel", "k_strides, batch, head // group", "k_strides, batch, head % (tl.num_programs(1) // group)",
    ),
    "no mask for the keys": ("key_value_kernel", "tl.where(seen, s", "tl.where(at_query[None, :] < queries, s"),
    "no mask for the queries": ("query_kernel", "tl.where(seen, s", "tl.where(at_key[None, :] < keys, s"),
    "the mask one too strict": ("sees", "distance <= ahead", "distance < ahead"),
    "the window one too short": ("sees", "distance >= -back", "distance > -back"),
    "aligned at the first key": ("sees", "at_query + keys - queries", "at_query"),
    "a power of 2": ("query_kernel", "tl.exp(", "tl.exp2("),
    "the scores for the weights": ("key_value_kernel", "tiles.dot(p.to", "tiles.dot(s.to"),
    "weights that are no shares": ("key_value_kernel", "s - log_sum[None, :]", "s"),
    "a table not turned round": ("key_value_kernel", "ds.to(q.dtype), q", "tl.trans(ds).to(q.dtype), q"),
    "the last tile alone": ("key_value_kernel", "dv +=", "dv ="),
    "begins a tile too late": ("key_value_kernel", "start_key + own - ahead, 0", "start_key + own - ahead + 16, 0"),
    "ends a tile too early": ("query_kernel", "start_query + BLOCK_QUERIES + own", "start_query + own"),
    "the first text's lse": ("query_kernel", "(batch * tl.num_programs(1) + head)", "head"),
    "a query's lse for a key": ("key_value_kernel", "log_sum[None, :]", "log_sum[:, None]"),
    "the weight forgotten": ("query_kernel", "ds = p * (dp", "ds = (dp"),
}  # fmt: skip


def planted(name: str, path) -> ModuleType:
    """The kernels' module with one thing wrong in one function, of its own or of those for tiles."""
    function, old, new = BUGS[name]
    if hasattr(tiles, function):
        module = changed(flash_attention_backward, "", "", "", path)
        module.tiles = changed(tiles, function, old, new, path)
        return module
    return changed(flash_attention_backward, function, old, new, path)


def changed(module: ModuleType, function: str, old: str, new: str, path) -> ModuleType:
    """A copy of a module in which something that stands once in one function is replaced."""
    with open(module.__file__) as file:
        text = file.read()
    if function:
        before, after = text.split(f"\ndef {function}(")
        own, *rest = after.split("\n\n\n", 1)
        assert own.count(old) == 1, f"{old!r} stands {own.count(old)} times in {function}"
        text = "\n\n\n".join([f"{before}\ndef {function}({own.replace(old, new)}", *rest])
    path = path / f"planted_{module.__name__.split('.')[-1]}.py"
    path.write_text(text)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    copy = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(copy)
    return copy


CASES = [
    {"mask": {"causal": True, "window": None}},
    {"mask": {"causal": True, "window": 9}, "queries": 20},
    {"mask": {"causal": False, "window": None}, "keys": 25},
]


def test_the_cases_are_passed_by_what_is_right(monkeypatch):
    use_blocks(monkeypatch, (16, 16))
    assert not any(failures(flash_attention_backward, small(**case)) for case in CASES)


@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_caught(name, tmp_path, monkeypatch):
    use_blocks(monkeypatch, (16, 16))
    module = planted(name, tmp_path)
    assert any(failures(module, small(**case)) for case in CASES)
