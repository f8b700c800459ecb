"""What a matrix and its pair make of x."""

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.listed import edits
from classroom.judge.registry import check

noise = shelf.noises(172)
ONES = torch.tensor([[1.0, 1.0]])


@check(
    "lora.forward",
    cases=[
        (torch.tensor([1.0, 2.0]), torch.eye(2), ONES, torch.tensor([[1.0], [0.0]]), 2.0),
        (torch.tensor([1.0, 2.0]), torch.tensor([[0.0, 1.0], [0.0, 0.0]]), ONES, torch.zeros(2, 1), 2.0),
        (noise(6), noise(4, 6), noise(2, 6), noise(4, 2), 0.5),
        (noise(3, 6), noise(4, 6), noise(2, 6), noise(4, 2), 3.0),
        (noise(3, 4), noise(4, 4), noise(4, 4), noise(4, 4), 0.25),
        (noise(2, 3, 5), noise(5, 5), noise(3, 5), noise(5, 3), 2.0),
    ],
    awkward=[
        (noise(1), noise(1, 1), noise(1, 1), noise(1, 1), 1.0),
        (noise(2, 3, 4), noise(7, 4), noise(1, 4), noise(7, 1), 8.0),
        (noise(2, 2, 3, 4), noise(4, 4), noise(4, 4), noise(4, 4), -1.0),
        (noise(5, 2), noise(3, 2), torch.zeros(4, 2), noise(3, 4), 2.0),
        (noise(5, 4).double(), noise(4, 4).double(), noise(2, 4).double(), noise(4, 2).double(), 0.0),
    ],
)
def forward(x, weight, a, b, scale):
    """In 64 bits, by indices: out_o = sum_i x_i (weight_oi + scale sum_r b_or a_ri)."""
    x64, weight64, a64, b64 = (one.double() for one in (x, weight, a, b))
    pair = torch.einsum("...i,ri,or->...o", x64, a64, b64)
    return (torch.einsum("...i,oi->...o", x64, weight64) + scale * pair).to(x.dtype)


BASE, PAIR = "x @ weight.T", "scale * (x @ a.T @ b.T)"
edits(
    "lora.forward",
    (
        "lora-no-scale",
        PAIR,
        "(x @ a.T @ b.T)",
        "What the pair makes of x is not multiplied by scale.",
    ),
    (
        "lora-scale-on-all",
        f"{BASE} + {PAIR}",
        "scale * (x @ weight.T + x @ a.T @ b.T)",
        "scale multiplies what the matrix makes of x, too. That part stays as it is.",
    ),
    (
        "lora-divided",
        PAIR,
        "(x @ a.T @ b.T) / scale",
        "The pair's part is divided by scale. It is multiplied by it.",
    ),
    (
        "lora-divided-by-rank",
        PAIR,
        "scale / len(a) * (x @ a.T @ b.T)",
        "It is divided by the rank once more: scale is alpha / rank already.",
    ),
    (
        "lora-pair-alone",
        f"{BASE} + {PAIR}",
        PAIR,
        "What the matrix itself makes of x is missing. The pair only adds to it.",
    ),
    (
        "lora-matrix-on-its-side",
        "x @ weight.T",
        "x @ weight",
        "The large matrix is used on its side. A row of it belongs to one number that comes out: x @ weight.T.",
    ),
    (
        "lora-pair-exchanged",
        "x @ a.T @ b.T",
        "x @ b @ a",
        "a and b are exchanged: x goes through a first, which makes it narrow, and then through b. In one product: b @ a.",
    ),
    (
        "lora-pair-of-output",
        PAIR,
        "scale * (x @ weight.T @ a.T @ b.T)",
        "The pair was given what the matrix has made of x. It stands beside the matrix, not behind it: it reads x itself.",
    ),
    (
        "lora-subtracted",
        " + scale *",
        " - scale *",
        "The pair's part is taken away. It is added.",
    ),
    (
        "lora-x-kept",
        f"{BASE} + {PAIR}",
        f"{BASE} + {PAIR} + x",
        "x itself was added as well. The stream keeps x elsewhere; here come the matrix's part and the pair's.",
    ),
)
