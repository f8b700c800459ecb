"""Vector add, the first kernel: which places are a program's own, and what to do at the end."""

import torch

from classroom.judge.listed import edits
from classroom.judge.registry import Named, check
from classroom.lessons.gpu_kernels.shared import half, near, noise

TENS = torch.tensor([10.0, 20.0, 30.0, 40.0, 50.0, 60.0])


@check(
    "kernels.basics.add",
    same=near,
    cases=[
        (TENS[:4] / 10, TENS[:4].clone(), Named(block=4)),
        (torch.arange(8.0), 10 * torch.arange(8.0), Named(block=4)),
        (TENS / 10, TENS.clone(), Named(block=4)),
        (noise(3), noise(3), Named(block=4)),
        (noise(100), noise(100), Named(block=32)),
        (noise(5, 7), noise(5, 7), Named(block=16)),
        (noise(1025), noise(1025)),
    ],
    awkward=[
        (noise(1), noise(1)),
        (noise(1, 1), noise(1, 1), Named(block=1)),
        (noise(64), noise(64), Named(block=64)),
        (noise(65), noise(65), Named(block=64)),
        (half(33), half(33), Named(block=16)),
        (torch.tensor([torch.inf, 1.0, -torch.inf]), torch.tensor([1.0, torch.inf, 5.0]), Named(block=2)),
        (torch.tensor([3, -4, 2**24 + 1]), torch.tensor([1, 2, 1]), Named(block=2)),  # past float32
        (noise(1030), noise(1030), Named(block=2048)),
    ],
)
def add(x, y, block=1024):
    flat = [one + other for one, other in zip(x.flatten().tolist(), y.flatten().tolist(), strict=True)]
    return torch.tensor(flat, dtype=x.dtype).view(x.shape)


MASK = ", mask=inside"
edits(
    "kernels.basics.add",
    (
        "add-no-mask",
        (MASK, "every"),
        "",
        "The last block goes past the end of the tensors, and reads and writes what belongs to others. The places are 0 to length - 1: "
        "mask=places < length belongs into every load and every store.",
    ),
    (
        "add-store-without-mask",
        "x + y, mask=inside",
        "x + y",
        "The loads have a mask, and the store has none: the last block writes past the end of out.",
    ),
    (
        "add-load-without-mask",
        [
            (f"x_pointer + places{MASK}", "x_pointer + places"),
            (f"y_pointer + places{MASK}", "y_pointer + places"),
        ],
        "The store has a mask, and the loads have none: the last block reads past the end of x and y.",
    ),
    (
        "add-no-block",
        "tl.program_id(0) * BLOCK",
        "tl.program_id(0)",
        "The blocks overlap. Programs are copies of one text, told apart by their number alone, and program 3 must begin where three whole blocks end: "
        "tl.program_id(0) * BLOCK.",
    ),
    (
        "add-one-too-few",
        "places < length",
        "places < length - 1",
        "The last place is left out: it is length - 1, and the mask must let it in.",
    ),
    (
        "add-last-block-left-out",
        "triton.cdiv(x.numel(), block)",
        "x.numel() // block",
        "Too few programs are launched: // rounds down, and the numbers that fill no whole block are left out. triton.cdiv rounds up.",
    ),
    (
        "add-one-program",
        "triton.cdiv(x.numel(), block)",
        "1",
        "One program is launched, and only one block is done. As many are needed as there are blocks.",
    ),
    (
        "add-y-is-x",
        "y = tl.load(y_pointer",
        "y = tl.load(x_pointer",
        "y is loaded from x_pointer, so x is added to itself.",
    ),
    (
        "add-stores-into-x",
        "tl.store(out_pointer",
        "tl.store(x_pointer",
        "The sums are written into x. What came in must stay as it is, and out is still empty: out_pointer.",
    ),
)
