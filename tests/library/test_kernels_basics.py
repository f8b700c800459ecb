"""The small kernels against torch: tails, awkward numbers and views, with poison past every mask."""

import importlib.util
import inspect
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from nextword import kernels, transformer
from nextword.kernels import trace

if not kernels.available():
    pytest.skip(kernels.why_not(), allow_module_level=True)

from nextword.kernels import basics
from nextword.kernels.basics_parts import launch

DEVICE = "cpu" if kernels.interpreted else "cuda"
NEAR = {torch.float32: 2e-6, torch.float16: 2e-3, torch.bfloat16: 2e-2}
SIZES = st.integers(1, 130)
KINDS = st.sampled_from([torch.float32, torch.float16])
INF, NAN = math.inf, math.nan
AWKWARD = [
    [[0.0]],
    [[1000.0, 0.0, -1000.0], [3e38, -3e38, 0.0], [1e5, 1e5, -1e5]],
    [[-INF, 0.0, 1.0], [-INF, -INF, -INF], [INF, 0.0, 0.0]],
    [[NAN, 0.0, 1.0], [0.0, 0.0, 0.0], [NAN, NAN, NAN]],
    [[1e-30, 1e-38, 0.0]],
]


def noise(*shape, seed=0, kind=torch.float32, scale=1.0):
    generator = torch.Generator().manual_seed(seed)
    return (scale * torch.randn(*shape, generator=generator)).to(DEVICE, kind)


def run(function, *arguments, **named):
    """The function's answer; where kernels are interpreted, each of its places was written by one program."""
    if not kernels.interpreted:
        return function(*arguments, **named)
    with trace.record() as launches:
        answer = function(*arguments, **named)
    for one in launches:
        written = {access.tensor for access in one.accesses if access.kind == trace.STORE}
        assert not any(one.unwritten(name).size for name in written)
    return answer


def close(yours, needed, like=None):
    near = NEAR[(like if like is not None else yours).dtype]
    torch.testing.assert_close(yours, needed.to(yours.dtype), rtol=near, atol=near, equal_nan=True)


# ---- against torch, on any size ----


@settings(max_examples=25, deadline=None)
@given(SIZES, SIZES, st.sampled_from([256, 1024, 4096]), KINDS)
def test_add(rows, columns, block, kind):
    x, y = noise(rows, columns, kind=kind), noise(rows, columns, seed=1, kind=kind)
    assert torch.equal(run(basics.add, x, y, block=block), x + y)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 5), SIZES, KINDS, st.sampled_from([0.1, 4.0, 1e4]))
def test_softmax(rows, columns, kind, scale):
    x = noise(rows, columns, kind=kind, scale=scale)
    close(run(basics.softmax, x), torch.softmax(x.double(), dim=-1))


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 5), SIZES, KINDS, st.sampled_from([1e-3, 1.0, 50.0]))
def test_rms_norm(rows, columns, kind, scale):
    x, weight = noise(rows, columns, kind=kind, scale=scale), noise(columns, seed=1, kind=kind)
    needed = functional.rms_norm(x.double(), (columns,), weight.double(), 1e-5)
    close(run(basics.rms_norm, x, weight), needed)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 5), SIZES, KINDS, st.sampled_from([0.1, 4.0, 1e4]))
def test_cross_entropy_and_its_gradient(rows, columns, kind, scale):
    x = noise(rows, columns, kind=kind, scale=scale)
    target = torch.randint(columns, (rows,), generator=torch.Generator().manual_seed(columns)).to(DEVICE)
    exact = x.double().requires_grad_()
    needed = functional.cross_entropy(exact, target, reduction="none")
    needed.sum().backward()
    loss, gradient = run(basics.cross_entropy_gradient, x, target)
    assert loss.dtype == torch.float32 and gradient.dtype == kind
    close(loss, needed.detach())
    close(gradient, exact.grad)
    assert torch.equal(run(basics.cross_entropy, x, target), loss)


@settings(max_examples=20, deadline=None)
@given(
    SIZES, SIZES, st.sampled_from([16, 32, 64]), st.sampled_from([torch.float32, torch.float16, torch.int64])
)
def test_transpose(rows, columns, block, kind):
    x = (100 * noise(rows, columns)).to(kind)
    answer = run(basics.transpose, x, block=block)
    assert torch.equal(answer, x.T) and answer.is_contiguous()


@settings(max_examples=20, deadline=None)
@given(SIZES, SIZES, SIZES, st.sampled_from([16, 32]), st.sampled_from([16, 64]), st.integers(1, 4), KINDS)
def test_matmul(rows, inner, columns, block, block_inner, group, kind):
    a, b = noise(rows, inner, kind=kind), noise(inner, columns, seed=1, kind=kind)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(basics, "BLOCK_INNER", block_inner)
        patch.setattr(basics, "GROUP", group)
        answer = run(basics.matmul, a, b, block=block)
    needed = a.double() @ b.double()
    bound = (
        NEAR[kind] * (a.double().abs() @ b.double().abs()) + 1e-6
    )  # of sums, by the size of what is summed
    assert answer.dtype == kind and ((answer.double() - needed).abs() <= bound).all()


# ---- awkward numbers ----


@pytest.mark.parametrize("rows", AWKWARD)
def test_awkward_rows_give_what_torch_gives(rows):
    x = torch.tensor(rows, device=DEVICE)
    target = torch.zeros(len(rows), dtype=torch.int64, device=DEVICE)
    close(run(basics.softmax, x), torch.softmax(x, dim=-1))
    close(run(basics.rms_norm, x), functional.rms_norm(x, x.shape[-1:], eps=1e-5))
    close(run(basics.cross_entropy, x, target), functional.cross_entropy(x, target, reduction="none"))
    close(run(basics.add, x, x), x + x)
    close(run(basics.transpose, x), x.T)


def test_float16_sums_are_made_in_float32():
    x = torch.full((1, 4096), 300.0, dtype=torch.float16, device=DEVICE)  # its square is past float16
    assert (basics.rms_norm(x) - 1).abs().max() < 1e-3
    ones = torch.ones(1, 4096, dtype=torch.float16, device=DEVICE)
    assert basics.matmul(ones, ones.T).item() == 4096
    assert basics.matmul(ones / 64, (ones / 64).T).item() == 1
    x = noise(1, 64, kind=torch.float16, scale=4.0)
    torch.testing.assert_close(
        basics.softmax(x).double(), torch.softmax(x.double(), -1), rtol=6e-4, atol=1e-7
    )


@pytest.mark.parametrize("target", [-1, 3, -100, 2**40])
def test_a_target_that_is_no_column_gives_nan_and_touches_nothing_else(target):
    targets = torch.tensor([target, 1], device=DEVICE)
    loss = run(basics.cross_entropy, noise(2, 3), targets)
    assert loss.isnan().tolist() == [True, False]


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (2, 0, 3), (1,), (1, 1), (2, 1, 3)])
def test_nothing_and_one_of_a_kind(shape):
    x = noise(*shape)
    assert torch.equal(basics.add(x, x), x + x)
    assert basics.softmax(x).shape == x.shape and basics.rms_norm(x).shape == x.shape
    loss = basics.cross_entropy(x, torch.zeros(shape[:-1], dtype=torch.int64, device=DEVICE))
    assert loss.shape == shape[:-1]
    if len(shape) == 2:
        assert torch.equal(basics.transpose(x), x.T)
        assert torch.equal(basics.matmul(x, x.T), x @ x.T) or shape[1] > 1


def test_an_empty_sum_of_products_is_zero():
    assert torch.equal(basics.matmul(noise(3, 0), noise(0, 2)), torch.zeros(3, 2, device=DEVICE))


# ---- views ----


def views(x):
    """The same numbers in other places of memory, with NaN in the gaps."""
    wide = torch.full((x.shape[0] * 2, x.shape[1] * 3 + 1), NAN, device=x.device)
    wide[::2, 1::3] = x
    tall = x.T.contiguous().T
    return [x, tall, wide[::2, 1::3]]


@pytest.mark.parametrize("which", range(3))
def test_views_are_read_where_they_lie(which):
    plain = noise(19, 37)
    x = views(plain)[which]
    assert torch.equal(run(basics.add, x, plain), plain + plain)
    assert torch.equal(run(basics.softmax, x), basics.softmax(plain))
    assert torch.equal(run(basics.rms_norm, x, x[0]), basics.rms_norm(plain, plain[0]))
    assert torch.equal(run(basics.transpose, x), plain.T)
    assert torch.equal(run(basics.matmul, x, x.T), basics.matmul(plain, plain.T.contiguous()))
    targets = torch.arange(38, device=DEVICE)[::2]
    loss, gradient = run(basics.cross_entropy_gradient, x, targets)
    needed = basics.cross_entropy_gradient(plain, targets.contiguous())
    assert torch.equal(loss, needed[0]) and torch.equal(gradient, needed[1])


def test_copies_by_expand_are_read_as_such():
    x = noise(1, 20).expand(5, 20)
    assert torch.equal(run(basics.transpose, x), x.T)
    close(run(basics.softmax, x), torch.softmax(x, dim=-1))


def test_inputs_stay_as_they_were():
    x, weight = noise(5, 20), noise(20)
    kept = x.clone(), weight.clone()
    for function, given_ in (
        (basics.softmax, (x,)),
        (basics.rms_norm, (x, weight)),
        (basics.transpose, (x,)),
    ):
        function(*given_)
    assert torch.equal(x, kept[0]) and torch.equal(weight, kept[1])


# ---- in the course's own machine ----


def test_rms_norm_is_a_drop_in_for_the_transformers():
    x, weight = noise(2, 3, 24), noise(24, seed=1)
    close(basics.rms_norm(x, weight, 1e-6), transformer.rms_norm(x, weight, 1e-6))
    own, kernel = (inspect.signature(f).parameters.values() for f in (transformer.rms_norm, basics.rms_norm))
    assert [(one.name, one.default) for one in own] == [(one.name, one.default) for one in kernel]


# ---- programs and memory ----


def test_each_tile_of_the_grouped_order_comes_once_and_saves_memory_near_by():
    for down, across, group in ((5, 3, 2), (4, 4, 8), (1, 7, 3), (7, 1, 3), (8, 8, 4)):
        tiles = [tile(program, down, across, group) for program in range(down * across)]
        assert sorted(tiles) == [(i, j) for i in range(down) for j in range(across)]
    first = {tile(program, 8, 8, 4) for program in range(16)}
    rows, columns = (len({one[axis] for one in first}) for axis in (0, 1))
    assert rows + columns == 8  # strips of a and of b for 16 tiles; row by row it takes 2 + 8


def tile(program, tiles_down, tiles_across, group):
    """What `grouped_order` says, worked out by counting."""
    order = [
        (i, j)
        for first in range(0, tiles_down, group)
        for j in range(tiles_across)
        for i in range(first, min(first + group, tiles_down))
    ]
    return order[program]


@pytest.mark.skipif(not kernels.interpreted, reason="a recorder listens to the interpreter")
@pytest.mark.parametrize("tiles", [(5, 3, 2), (4, 4, 8), (1, 7, 3), (7, 1, 3)])
def test_the_kernel_takes_its_tiles_in_that_order(tiles, monkeypatch):
    down, across, group = tiles
    monkeypatch.setattr(basics, "GROUP", group)
    with trace.record() as launches:
        basics.matmul(noise(down * 16, 16), noise(16, across * 16), block=16)
    stores = launches[0].of(kind=trace.STORE)
    found = [divmod(int(one.places[0]), across * 16) for one in stores]
    assert [(i // 16, j // 16) for i, j in found] == [tile(p, *tiles) for p in range(down * across)]


@pytest.mark.skipif(not kernels.interpreted, reason="a recorder listens to the interpreter")
def test_rows_are_read_once_and_written_once():
    x = noise(64, 96)
    for function in (basics.softmax, basics.rms_norm):
        with trace.record() as launches:
            function(x)
        (one,) = launches
        assert one.moved(tensor="x_pointer") == one.moved(tensor="out_pointer") == x.numel() * 4
        assert one.coalesced() == 1
    with trace.record() as launches:
        basics.cross_entropy(x, torch.zeros(64, dtype=torch.int64))
    assert (
        launches[0].moved() == x.numel() * 4 + 64 * 8 + 64 * 4
    )  # logits, targets and losses; no probabilities
    with trace.record() as launches:
        basics.transpose(noise(64, 96))
    assert launches[0].coalesced() == 1


# ---- what is refused ----


@pytest.mark.parametrize(
    "call, says",
    [
        (lambda x: basics.add(x, x[:2]), "shapes and kinds"),
        (lambda x: basics.add(x, x.half()), "float16"),
        (lambda x: basics.softmax(x.double()), "float64"),
        (lambda x: basics.softmax(x.long()), "int64"),
        (lambda x: basics.softmax(x[0, 0]), "no rows"),
        (lambda x: basics.rms_norm(x, x[0, :3]), "4 features"),
        (lambda x: basics.rms_norm(x, x[0].half()), "float16 and float32"),
        (lambda x: basics.cross_entropy(x, torch.zeros(2, dtype=torch.int64, device=DEVICE)), "each row"),
        (lambda x: basics.cross_entropy(x, x[:, 0]), "whole number"),
        (lambda x: basics.transpose(x[0]), "1 axes"),
        (lambda x: basics.matmul(x, x), r"\(3, 4\) @ \(3, 4\)"),
        (lambda x: basics.matmul(x, x.T.half()), "float16 and float32"),
        (lambda x: basics.softmax(x.clone().requires_grad_()), "no gradient"),
        (lambda x: launch.row_block(2**21), "2,097,152"),
    ],
)
def test_what_a_kernel_would_answer_wrongly_is_refused(call, says):
    with pytest.raises(ValueError, match=says):
        call(noise(3, 4))


def test_without_gradients_a_dial_may_be_read():
    with torch.no_grad():
        basics.softmax(noise(3, 4).requires_grad_())


# ---- planted bugs ----

BELOW = 'other=-float("inf")'
BUGS = {  # what stands in basics.py -> what people write
    "add: no mask of the tail": ("x = tl.load(x_pointer + places, mask=inside)", "x = tl.load(x_pointer + places)"),
    "add: off by one": ("inside = places < length ", "inside = places <= length "),
    "add: no block in the offset": ("places = program * BLOCK +", "places = program +"),
    "add: last block left out": ("programs = triton.cdiv(out.numel(), block)", "programs = out.numel() // block"),
    "softmax: zeros past the mask": (f"{BELOW}).to(tl.float32)\n    powers", "other=0.0).to(tl.float32)\n    powers"),
    "softmax: largest kept": ("tl.exp(logits - tl.max(logits, axis=0))", "tl.exp(logits)"),
    "rms: mean over the block": ("tl.sum(x * x, axis=0) / columns", "tl.sum(x * x, axis=0) / BLOCK"),
    "rms: eps outside": ("tl.rsqrt(mean_square + eps)", "(tl.rsqrt(mean_square) + eps)"),
    "rms: half precision": ("other=0.0).to(tl.float32)\n    weight", "other=0.0)\n    weight"),
    "cross-entropy: no largest": ("logits -= tl.max(logits, axis=0)\n", "logits -= 0\n"),
    "cross-entropy: gradient not shifted": ("- tl.where(places == target, 1.0, 0.0)", ""),
    "cross-entropy: any target": ("known = (target >= 0) & (target < columns)", "known = target < BLOCK"),
    "transpose: rows for columns": ("across[:, None] * rows + down", "across[:, None] * columns + down"),
    "transpose: tile not turned": ("down[None, :], tl.trans(tile)", "down[None, :], tile"),
    "transpose: strides ignored": ("across[None, :] * column_stride", "across[None, :]"),
    "matmul: inner edge": ("mask=(down < rows) & (a_at < inner), other=0.0", "mask=(down < rows), other=0.0"),
    "matmul: last tile alone": ("total = tl.dot(a, b, total,", "total = tl.dot(a, b, tl.zeros_like(total),"),
    "matmul: group too high": ("tl.minimum(tiles_down - first, GROUP)", "GROUP"),
    "matmul: half precision": ("(BLOCK, BLOCK), dtype=tl.float32)", "(BLOCK, BLOCK), dtype=tl.float16)"),
    "matmul: strides of b": ("b_at * b_row + across * b_column", "b_at * columns + across"),
}  # fmt: skip


@pytest.mark.skipif(not kernels.interpreted, reason="an overrun of a compiled kernel spoils this process")
@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_caught(name, tmp_path, monkeypatch):
    source, (there, instead) = inspect.getsource(basics), BUGS[name]
    assert source.count(there) >= 1
    path = tmp_path / "planted.py"
    path.write_text(source.replace(there, instead))
    spec = importlib.util.spec_from_file_location("planted", path)
    planted = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(planted)
    monkeypatch.setitem(globals(), "basics", planted)
    with pytest.raises((AssertionError, trace.KernelFault, Exception)) as caught:
        battery()
    assert not isinstance(caught.value, NameError | SyntaxError | ImportError | AttributeError)


def test_without_a_bug_the_same_questions_are_answered():
    battery()


def battery():
    """The questions that each planted bug must fail."""
    for test in (test_add, test_softmax, test_rms_norm, test_cross_entropy_and_its_gradient, test_transpose):
        ask = test.hypothesis.inner_test
        last = {test_add: (32,), test_transpose: (32,)}.get(test, ())
        for size in (1, 19, 37):
            more = (torch.float32,) if test is test_transpose else ()
            for kind in (torch.float32, torch.float16) if not more else more:
                scale = () if last else (50.0,)
                ask(3, size, *last, kind, *scale)
    test_matmul.hypothesis.inner_test(50, 21, 35, 16, 16, 3, torch.float32)
    test_float16_sums_are_made_in_float32()
    for rows in AWKWARD:
        test_awkward_rows_give_what_torch_gives(rows)
    for target in (-1, 3):
        test_a_target_that_is_no_column_gives_nan_and_touches_nothing_else(target)
    for which in range(3):
        test_views_are_read_where_they_lie(which)
