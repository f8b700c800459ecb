"""The recorder of loads and stores: what it counts, against counting by hand, and what it catches."""

import numpy as np
import pytest
import torch

from nextword import kernels
from nextword.kernels import trace

if not kernels.available():
    pytest.skip(kernels.why_not(), allow_module_level=True)
if not kernels.interpreted:
    pytest.skip("a recorder listens to the interpreter", allow_module_level=True)

from triton.runtime import interpreter

from nextword.kernels import basics, tl, triton
from nextword.kernels.trace_parts import records
from nextword.kernels.trace_parts.memory import Memory, sectors


@triton.jit
def copy_kernel(x, out, length, shift, step, BLOCK: tl.constexpr, MASKED: tl.constexpr):
    places = tl.program_id(0) * step + tl.arange(0, BLOCK)
    if MASKED:
        tl.store(out + places, tl.load(x + places + shift, mask=places < length), mask=places < length)
    else:
        tl.store(out + places, tl.load(x + places + shift))


def copy(x, out, programs, shift=0, step=8, masked=True, **how):
    with trace.record(**how) as launches:
        copy_kernel[(programs,)](x, out, x.numel(), shift, step, BLOCK=8, MASKED=masked)
    return launches[0]


def test_it_counts_what_each_program_touches():
    x, out = torch.arange(20.0), torch.empty(20)
    one = copy(x, out, 3)
    assert torch.equal(out, x)
    assert (one.kernel, one.grid, sorted(one.tensors)) == ("copy_kernel", (3,), ["out", "x"])
    assert [(a.program, a.kind, a.tensor, len(a.places)) for a in one.accesses] == [
        ((p,), kind, name, n)
        for p, n in ((0, 8), (1, 8), (2, 4))
        for kind, name in (("load", "x"), ("store", "out"))
    ]
    assert one.of(program=(2,), kind="load")[0].places.tolist() == [16, 17, 18, 19]
    assert one.moved() == one.least() == 2 * 20 * 4
    assert one.moved(kind="load") == 80 and one.unwritten("out").size == 0
    assert "tl.load(x + places + shift" in one.accesses[0].line


def test_bytes_that_are_read_again_count_again():
    a, b = torch.ones(32, 32), torch.ones(32, 32)
    with trace.record() as launches:
        basics.matmul(a, b, block=16)
    (one,) = launches
    assert one.moved(kind="load") == 2 * one.least(kind="load") == 2 * 2 * 32 * 32 * 4


@pytest.mark.parametrize("shift, place", [(1, 16), (-3, -3), (1000, 1000)])
def test_reads_out_of_bounds_are_caught_with_program_and_place(shift, place):
    x, out = torch.arange(16.0), torch.empty(16)
    with pytest.raises(trace.OutOfBounds, match="reads place") as caught:
        copy(x, out, 2, shift=shift)
    assert (caught.value.tensor, caught.value.index) == ("x", place)
    assert caught.value.program == ((1,) if shift == 1 else (0,))


def test_writes_out_of_bounds_are_caught_and_memory_is_left_alone():
    storage = torch.zeros(40)
    with pytest.raises(trace.OutOfBounds, match="writes place 20 of out"):
        copy(torch.ones(40), storage[:20], 3, masked=False)
    assert storage[20:].count_nonzero() == 0


def test_an_overrun_into_another_tensor_of_the_launch_is_an_overrun():
    storage = torch.arange(32.0)
    x, out = storage[:16], storage[16:]  # what lies behind x is out
    with pytest.raises(trace.OutOfBounds, match="place 16 of x, which has 16"):
        copy(x, out, 2, shift=1)


def test_gaps_of_a_view_are_not_its_own():
    x = torch.arange(32.0).view(4, 8)[:, :4]
    with pytest.raises(trace.OutOfBounds, match="in a gap between its rows"):
        copy(x, torch.empty(16), 2)


def test_two_programs_that_write_one_place_are_caught():
    with pytest.raises(
        trace.TwoPrograms, match="Program 1 writes place 4 of out, which program 0 writes, too"
    ):
        copy(torch.ones(32), torch.empty(32), 3, step=4)


def test_a_place_that_one_program_reads_and_another_writes_is_caught():
    x = torch.arange(16.0)
    with pytest.raises(
        trace.TwoPrograms, match="Program 1 writes place 8 of out, which program 0 reads, too"
    ):
        shifted(x)


def shifted(x):
    """Each program moves its block one place to the left, in the tensor itself."""
    with trace.record():
        copy_kernel[(2,)](x, x, 15, 1, 8, BLOCK=8, MASKED=True)


def test_in_its_own_block_a_program_may_write_what_it_read():
    x = torch.arange(16.0)
    copy(x, x, 2)
    assert torch.equal(x, torch.arange(16.0))


def test_recording_can_go_on_past_faults():
    x, out = torch.arange(20.0), torch.empty(20)
    one = copy(x, out, 3, masked=False, stop=False)
    assert [fault.places for fault in one.faults] == [(20, 21, 22, 23)] * 2 and torch.equal(out, x)
    assert [a.places.tolist() for a in one.of(program=(2,))] == [[16, 17, 18, 19]] * 2


@triton.jit
def total_kernel(x, out, length, BLOCK: tl.constexpr, ASKED: tl.constexpr):
    places = tl.arange(0, BLOCK)
    if ASKED:
        row = tl.load(x + places, mask=places < length, other=0)
    else:
        row = tl.load(x + places, mask=places < length)
    tl.store(out, tl.sum(row, axis=0))


@pytest.mark.parametrize("kind", [torch.float32, torch.float16, torch.int32])
def test_what_nobody_said_about_the_places_past_a_mask_is_poisoned(kind):
    x, out = torch.ones(5, dtype=kind), torch.zeros(1, dtype=kind)
    for how, asked, right in (
        ({}, True, True),
        ({"poison": False}, False, True),
        ({}, False, False),
    ):
        with trace.record(**how):
            total_kernel[(1,)](x, out, 5, BLOCK=8, ASKED=asked)
        assert (out.item() == 5) == right


def test_places_that_nobody_wrote_are_named():
    one = copy(torch.ones(20), torch.empty(20), 2)
    assert one.unwritten("out").tolist() == [16, 17, 18, 19]


@triton.jit
def endless_kernel(x, out):
    i = 0
    while i >= 0:
        i += tl.load(x)


@triton.jit
def count_kernel(x, out, BLOCK: tl.constexpr):
    tl.atomic_add(out + tl.arange(0, BLOCK) % 2, tl.load(x + tl.arange(0, BLOCK)))


def test_a_program_without_end_is_stopped(monkeypatch):
    monkeypatch.setattr(records, "MOST_ACCESSES", 50)
    with pytest.raises(trace.NoEnd, match=r"Program 0 has .* 50 times.*i \+= tl.load\(x\)"), trace.record():
        endless_kernel[(2,)](torch.zeros(1, dtype=torch.int32), torch.empty(1))


def test_atomic_sums_may_share_places_and_keep_within_bounds():
    out = torch.zeros(2)
    with trace.record() as launches:
        count_kernel[(3,)](torch.ones(8), out, BLOCK=8)
    assert out.tolist() == [12.0, 12.0] and len(launches[0].of(kind=trace.ATOMIC)) == 3
    with pytest.raises(trace.OutOfBounds, match="writes place 1 of out"), trace.record():
        count_kernel[(1,)](torch.ones(8), torch.zeros(1), BLOCK=8)


def test_an_integer_that_overflows_stops_a_recorded_kernel():
    with pytest.raises(trace.KernelFault, match="Program 2 .* overflows 32 bits"), trace.record():
        copy_kernel[(3,)](torch.ones(8), torch.empty(8), 8, 0, 2**30, BLOCK=8, MASKED=True)  # 2 * 2**30


def test_the_interpreter_is_itself_again_afterwards():
    names = [(interpreter.InterpreterBuilder, "create_masked_load"), (interpreter.GridExecutor, "__call__")]
    before = [getattr(*name) for name in names]
    with pytest.raises(trace.OutOfBounds):
        copy(torch.ones(8), torch.empty(8), 1, shift=1)
    assert [getattr(*name) for name in names] == before
    assert torch.equal(basics.add(torch.ones(3), torch.ones(3)), torch.full((3,), 2.0))


def test_results_are_the_same_with_and_without_recording():
    x = torch.randn(9, 21, generator=torch.Generator().manual_seed(0))
    for function in (basics.softmax, basics.rms_norm, basics.transpose):
        with trace.record():
            recorded = function(x)
        assert torch.equal(recorded, function(x))


# ---- memory in pieces ----


def by_hand(addresses, inside, itemsize):
    """Sectors of a block of one axis, warp by warp."""
    sent = least = 0
    for start in range(0, len(addresses), 32):
        asked = [
            int(a)
            for a, m in zip(addresses[start : start + 32], inside[start : start + 32], strict=True)
            if m
        ]
        sent += len({address // 32 for address in asked})
        least += -(-len(asked) * itemsize // 32)
    return sent, least


@pytest.mark.parametrize("itemsize", [2, 4, 8])
@pytest.mark.parametrize("step", [0, 1, 2, 7, 100])
@pytest.mark.parametrize("length", [1, 31, 32, 33, 128])
def test_sectors_of_one_axis_are_counted_as_by_hand(itemsize, step, length):
    addresses = np.uint64(4096) + (np.arange(length) * step * itemsize).astype(np.uint64)
    inside = np.arange(length) % 5 != 3
    assert sectors(addresses, inside, itemsize) == by_hand(addresses, inside, itemsize)


def test_a_tile_is_laid_out_along_its_rows_in_memory_whichever_axis_that_is():
    tile = np.uint64(4096) + (np.arange(32)[:, None] * 1000 + np.arange(32)[None, :]).astype(
        np.uint64
    ) * np.uint64(4)
    inside = np.ones((32, 32), dtype=bool)
    assert sectors(tile, inside, 4) == sectors(tile.T, inside, 4) == (4 * 32, 4 * 32)


def test_a_column_of_a_table_costs_eight_times_its_bytes():
    table = torch.zeros(32, 32)
    with trace.record() as launches:
        column_kernel[(32,)](table, torch.empty(32, 32), 32, BLOCK=32)
    assert launches[0].coalesced(tensor="x") == 1 / 8 and launches[0].coalesced(tensor="out") == 1


@triton.jit
def column_kernel(x, out, columns, BLOCK: tl.constexpr):
    places = tl.arange(0, BLOCK)
    column = tl.program_id(0)
    tl.store(out + column * columns + places, tl.load(x + places * columns + column))


@pytest.mark.parametrize("view", [lambda x: x, lambda x: x.T, lambda x: x[1:3, ::2], lambda x: x[:0]])
def test_a_tensors_memory_is_its_elements(view):
    x = view(torch.arange(24.0).view(4, 6))
    memory = Memory.of("x", x)
    assert memory.own.sum() == x.numel()
    base = x.storage_offset()
    found = torch.arange(24.0)[base : base + len(memory.own)][torch.from_numpy(memory.own)]
    assert sorted(found.tolist()) == sorted(x.flatten().tolist())
    for place in np.flatnonzero(memory.own):
        assert x[memory.index(int(place))] == base + place
