"""Gradients of all ranks become one mean: a rank here is a thread, which waits for the others as a process would."""

import torch
from torch import nn

from classroom.judge.listed import edits
from classroom.judge.registry import View, Wrong, check
from nextword import distributed
from nextword.base import overrides
from nextword.base.overrides import original  # by name: under guard, overrides' own is refused
from nextword.distributed_parts import threads
from nextword.distributed_parts.world import RankLost
from nextword.training import TrainingConfig
from nextword.transformer import ModelConfig, Transformer

SIZES = {"vocab_size": 7, "d_model": 8, "n_layers": 1, "n_heads": 2, "d_mlp": 8, "context": 8, "tied": False}
CONFIG = ModelConfig(**SIZES, norm_weights=False, qk_norm=True, init="fan_in")
TEXT = torch.randint(7, (90,), generator=torch.Generator().manual_seed(2))
PLAIN = "one gradient of one number"


class Dials(nn.Module):
    """Parameters whose gradients say which rank they are of: one number, or a matrix, a bias and one that is frozen."""

    def __init__(self, rank: int, kind: str):
        super().__init__()
        generator = torch.Generator().manual_seed(10 + rank)
        shapes = {PLAIN: [(1,)], "a matrix": [(2, 3)]}.get(kind, [(2, 3), (2,), (3, 1, 2)])
        self.all = nn.ParameterList(nn.Parameter(torch.full(shape, 5.0 + rank)) for shape in shapes)
        for dials in self.all:
            dials.grad = torch.randint(-8, 9, dials.shape, generator=generator) / 2.0
        if kind == "frozen":
            self.all[1].grad = None


def see(average, counts: tuple[int, ...], kind: str = PLAIN) -> dict[str, object]:
    """What the gradients of each rank are afterwards, and its dials."""

    def on_a_rank(world):
        model = Dials(world.rank, kind)
        average(model, world, counts[world.rank])
        gradients = [dials.grad for dials in model.all if dials.grad is not None]
        return torch.cat([one.flatten() for one in gradients]), [dials.detach() for dials in model.all]

    try:
        found = threads.together(len(counts), on_a_rank)
    except RankLost:
        says = "One rank waits to add up, and another never comes: the run hangs. "
        says += "Every rank has to call world.all_reduce, as often as the others and in the same order."
        raise Wrong("average-waits-for-ever", says, call(counts, kind)) from None
    except (TypeError, AttributeError) as error:
        if kind != "frozen":
            raise
        see(average, counts, "all")  # where that is stopped, too, it is something else
        says = "A parameter that is not learned has no gradient: there parameter.grad is None. Leave it out."
        raise Wrong("average-no-gradient", says, call(counts, kind), str(error)) from None
    if any((dials != 5.0 + rank).any() for rank, (_, every) in enumerate(found) for dials in every):
        says = "The dials themselves are changed. Average what lies in parameter.grad; the optimizer turns the dials."
        raise Wrong("average-dials", says, call(counts, kind))
    return {f"gradients of rank {rank}": gradients for rank, (gradients, _) in enumerate(found)}


def call(counts: tuple[int, ...], kind: str = PLAIN) -> str:
    begun = []
    for rank, n in enumerate(counts):
        gradients = [dials.grad for dials in Dials(rank, kind).all if dials.grad is not None]
        shown = [round(x, 1) for x in torch.cat([one.flatten() for one in gradients]).tolist()]
        begun.append(f"rank {rank}: n_passages={n}, gradients {shown}")
    return "average_gradients(model, world, n_passages), " + "; ".join(begun)


def learns(function, size: int = 3) -> list[float]:
    """The losses of three steps in which ranks read four passages, one of them two."""
    config = TrainingConfig(3, batch=4, context=6)

    def on_a_rank(world):
        model = Transformer(CONFIG, torch.Generator().manual_seed(4))
        team = distributed.begin(model, config, world)
        return [distributed.turn(team, TEXT) for _ in range(config.steps)]

    with overrides.replacing("distributed.average_gradients", function):
        return threads.together(size, on_a_rank)[0]


def lives(check, function):
    """What is wrong where ranks learn with it; None where they learn as with the library's own."""
    if torch.allclose(
        torch.tensor(learns(function)), torch.tensor(learns(original(check.target))), atol=1e-5
    ):
        return None
    says = (
        "The values are right, and yet three ranks that learn with it learn otherwise than one process would."
    )
    return Wrong("average-learns-otherwise", says)


@check(
    "distributed.average_gradients",
    view=View(see, call),
    lives=lives,
    cases=[
        ((3, 1),),
        ((2, 2),),
        ((1, 4), "a matrix"),
        ((2, 3), "all"),
        ((1, 2, 4), "all"),
        ((5, 3), "frozen"),
        ((4, 4, 4), "a matrix"),
    ],
    awkward=[((4,),), ((1, 1), "frozen"), ((1, 7, 2, 2), "all"), ((100, 1), "a matrix")],
)
def average_gradients(counts, kind=PLAIN):
    """As the gradients of all passages one by one, laid in a heap, of which the mean is taken."""
    rows = [
        torch.cat([dials.grad.flatten() for dials in Dials(rank, kind).all if dials.grad is not None])
        for rank, n in enumerate(counts)
        for _ in range(n)
    ]
    mean = torch.stack(rows).double().mean(dim=0).float()
    return {f"gradients of rank {rank}": mean for rank in range(len(counts))}


WEIGH = "            parameter.grad *= n_passages / n_all\n"
ADD = "            world.all_reduce(parameter.grad)"

edits(
    "distributed.average_gradients",
    (
        "average-sum",
        WEIGH,
        "",
        "What comes out is the sum of the ranks' gradients. With more ranks the steps would grow longer: a mean is asked for.",
    ),
    (
        "average-all-alike",
        WEIGH,
        "            parameter.grad /= world.size\n",
        "All ranks count alike. One that has read three passages speaks for three of them: it counts for n_passages of all that were read.",
    ),
    (
        "average-never-divided",
        "n_passages / n_all",
        "n_passages",
        "Each gradient is weighed by the rank's passages, and nothing divides by the number of all. A mean needs both.",
    ),
    (
        "average-unweighed",
        "n_passages / n_all",
        "1 / n_all",
        "A rank's gradient is a mean already: what was divided by its passages is divided again. Multiply by n_passages first.",
    ),
    (
        "average-turned-round",
        "n_passages / n_all",
        "n_all / n_passages",
        "The share is upside down: whoever has read most counts least. It is n_passages of all.",
    ),
    (
        "average-keeps-its-own",
        ADD,
        "",
        "Each rank has weighed its own gradient, and not added up with the others: world.all_reduce(parameter.grad).",
    ),
    (
        "average-into-a-copy",
        WEIGH + ADD,
        "            gradient = parameter.grad * n_passages / n_all\n            world.all_reduce(gradient)",
        "The gradients are as they were. The mean has to stand in parameter.grad, from where the optimizer takes it.",
    ),
    (
        "average-first-only",
        ADD,
        ADD + "\n            break",
        "Only the first parameter is averaged. Go through all of them.",
    ),
    (
        "average-matrices-only",
        "if parameter.grad is not None",
        "if parameter.grad is not None and parameter.ndim > 1",
        "Biases are left as they were on each rank. Every parameter that has a gradient is to be averaged.",
    ),
)
