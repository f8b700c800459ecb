"""For each query the sum of the values, each by its weight: one matrix product, through any stack of heads."""

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.listed import edits
from classroom.judge.lives import in_a_model
from classroom.judge.registry import check
from classroom.lessons.attention.shared import SQUARE

noise = shelf.noises(51)
SHARES = torch.tensor([[1.0, 0.0], [0.25, 0.75]])
PICKS = torch.tensor([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])


@check(
    "attention.weighted_sum",
    lives=in_a_model,
    cases=[
        (SHARES, torch.tensor([[4.0, 0.0], [8.0, 10.0]])),
        (PICKS, torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])),
        (torch.tensor([[0.25, 0.75], [0.5, 0.5], [0.0, 1.0]]), torch.tensor([[4.0, 2.0], [8.0, 0.0]])),
        (torch.tensor([[0.2, 0.3, 0.5], [0.1, 0.9, 0.0], [0.6, 0.0, 0.4]]), SQUARE),
        (torch.ones(1, 1), torch.tensor([[5.0]])),
        (
            torch.stack([SHARES, SHARES.flip(0)]),
            torch.tensor([[[4.0, 0.0], [8.0, 1.0]], [[1.0, 2.0], [5.0, 6.0]]]),
        ),
        (torch.softmax(noise(2, 3, 4), dim=-1), noise(2, 4, 5)),
        (torch.softmax(noise(2, 2, 3, 3), dim=-1), noise(2, 2, 3, 3)),
        (torch.softmax(noise(3, 3, 3), dim=-1), noise(3, 3, 3)),
        (noise(4, 6), noise(6, 2)),
        (noise(5, 2, 8), 100 * noise(5, 8, 3)),
    ],
    awkward=[
        *((torch.softmax(noise(*shape), -1), noise(*shape[:-2], shape[-1], 2)) for shape in shelf.STREAMS),
        (shelf.ALL_DIFFER, noise(2, 3, 7, 1)),
    ],
)
def weighted_sum(weights, value):
    *batch, queries, keys = weights.shape
    mixed = torch.zeros(*batch, queries, value.shape[-1])
    for query in range(queries):
        for key in range(keys):
            mixed[..., query, :] += weights[..., query, key, None] * value[..., key, :]
    return mixed


TURNED = "The weights are turned: their columns were used. A row belongs to a query, and the row [1, 0] must give just the first value."
VALUE_TURNED = "The values are turned, so that columns were mixed. The rows of value are the vectors: weights @ value, as they are."

edits(
    "attention.weighted_sum",
    ("mix-transposed", "weights @", "weights.mT @", TURNED),
    (
        "mix-all-axes-turned",
        "weights @",
        "weights.permute(*range(weights.ndim)[::-1]) @",
        f"{TURNED} (And .T would turn round all axes of a stack.)",
    ),
    ("mix-value-transposed", "@ value", "@ value.mT", VALUE_TURNED),
    (
        "mix-value-all-axes-turned",
        "@ value",
        "@ value.permute(*range(value.ndim)[::-1])",
        f"{VALUE_TURNED} (And .T would turn round all axes of a stack.)",
    ),
    (
        "mix-order",
        "weights @ value",
        "value @ weights",
        "The order is turned round: value @ weights mixes the numbers within a vector. weights @ value mixes the vectors.",
    ),
    (
        "mix-elementwise",
        "@",
        "*",
        "* multiplies number by number, in place. To weigh the values and add them up, use @.",
    ),
    (
        "mix-not-summed",
        "weights @ value",
        "weights[..., None] * value[..., None, :, :]",
        "Each value is weighed, and then they must be added up: each query gets one vector. weights @ value does both.",
    ),
    (
        "mix-summed-over-queries",
        "weights @ value",
        "(weights[..., None] * value[..., None, :, :]).sum(dim=-3)",
        "You added up over the queries. Add up over the keys: what one query takes from all of them.",
    ),
    (
        "mix-weights-summed",
        "weights @ value",
        "weights.sum(dim=-1, keepdim=True) * value",
        "Each value was multiplied by the sum of a row of weights, so nothing is mixed. Each key has a weight of its own in the row.",
    ),
    (
        "mix-mean",
        "weights @ value",
        "weights @ value / value.shape[-2]",
        "You divided by the number of keys as well. The weights of a row are shares already: the sum is enough.",
    ),
    (
        "mix-equal",
        "weights @",
        "torch.ones_like(weights) / weights.shape[-1] @",
        "Every query got the plain mean of the values. The weights say how much of each.",
    ),
    (
        "mix-best-only",
        "weights @",
        "torch.nn.functional.one_hot(weights.argmax(dim=-1), weights.shape[-1]).to(value.dtype) @",
        "Each query took the one value with the highest weight. All come in, each by its weight.",
    ),
    (
        "mix-value-lacks-an-axis",
        "weights @ value",
        "(weights[..., None] * value).sum(dim=-2)",
        "On a single table this works. With a stack in front, value needs an axis for the queries: value[..., None, :, :]. "
        "(Or take @, which goes through any stack by itself.)",
    ),
    (
        "mix-three-axes",
        "weights @ value",
        'torch.einsum("hqk,hkd->hqd", weights, value)',
        "It wants three axes, and a single table has two, a batch of heads four. @ goes through any stack by itself; "
        'in an einsum, "..." stands for whatever is in front.',
    ),
)
