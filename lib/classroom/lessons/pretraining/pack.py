"""What a checkpoint holds: from it a fresh run goes on exactly as the first one would have."""

import torch

from classroom.judge.comparison import kind
from classroom.judge.listed import edits
from classroom.judge.registry import View, Wrong, check
from classroom.lessons.pretraining.shared import TEXT, a_run, shown
from nextword import checkpoint, training

MISSING = (
    ("model.", "pack-forgets-dials", "The dials are missing, or their names do not begin with 'model.'."),
    (
        "optimizer.",
        "pack-forgets-optimizer",
        "What the optimizer remembers is missing, or its names do not begin with 'optimizer.'. A run that goes on "
        "without it begins to gather speed anew, and is another run.",
    ),
    (
        "generator",
        "pack-forgets-generator",
        "Where the generator stands is missing: the run would go on with other passages.",
    ),
    (
        "losses",
        "pack-forgets-losses",
        "The losses are missing. They are the curve, and their number is the step, which settles the rate.",
    ),
)


def see(pack, settings: dict, before: int, after: int = 3) -> dict[str, object]:
    """What a packed run holds, and how a fresh one goes on from it."""
    run = a_run(**settings)
    with torch.enable_grad():
        for _ in range(before):
            training.turn(run, TEXT)
        tensors = pack(run)
        if not isinstance(tensors, dict):
            says = f"It gave {kind(tensors)}. A checkpoint is a dictionary: a name for each tensor."
            raise Wrong("pack-no-dictionary", says, call(settings, before, after))
        if strange := [name for name, value in tensors.items() if not isinstance(value, torch.Tensor)]:
            says = f"{strange[0]!r} is {kind(tensors[strange[0]])}. A file holds tensors only: torch.tensor(...) makes one."
            raise Wrong("pack-no-tensor", says, call(settings, before, after))
        for name, id, says in MISSING:
            if not any(found.startswith(name) for found in tensors):
                raise Wrong(id, says, call(settings, before, after))
        tensors = {name: tensor.detach().clone() for name, tensor in tensors.items()}
        fresh = a_run(**settings | {"seed": 99})  # a run of another seed: what is not packed differs
        fresh.config = run.config
        checkpoint.unpack(tensors, fresh)
        for _ in range(after):
            training.turn(fresh, TEXT)
    return {
        "names": sorted(tensors),
        "losses": [repr(loss) for loss in fresh.losses],  # to the last bit
        "dials": torch.cat([matrix.detach().flatten() for matrix in fresh.model.parameters()]),
    }


def call(settings: dict, before: int, after: int = 3) -> str:
    return f"pack(run after {before} steps{', ' if settings else ''}{shown(settings)}), then {after} more from it"


@check(
    "checkpoint.pack",
    view=View(see, call),
    cases=[({}, 2), ({}, 0), ({"steps": 12, "warmup": 3}, 5), ({"batch": 2}, 1, 5)],
    awkward=[({"clip": 0.1, "weight_decay": 0.1}, 3), ({"accumulate": 2}, 4, 1)],
)
def pack(settings, before, after=3):
    """The run that was never packed."""
    run = a_run(**settings)
    with torch.enable_grad():
        for _ in range(before + after):
            training.turn(run, TEXT)
    names = [f"model.{name}" for name, _ in run.model.named_parameters()]
    names += [f"optimizer.{name}" for name in run.optimizer.state()]
    dials = torch.cat([matrix.detach().flatten() for matrix in run.model.parameters()])
    return {
        "names": sorted([*names, "generator", "losses"]),
        "losses": [repr(loss) for loss in run.losses],
        "dials": dials,
    }


edits(
    "checkpoint.pack",
    (
        "pack-coarse-losses",
        ", dtype=torch.float64",
        "",
        "The losses are rounded to float32, and come back as others than were noted: dtype=torch.float64 keeps them.",
    ),
    (
        "pack-last-loss",
        "torch.tensor(run.losses, dtype=torch.float64)",
        "torch.tensor(run.losses[-1:], dtype=torch.float64)",
        "Only the last loss is kept. Their number is the step: all of them belong to the run.",
    ),
    (
        "pack-seed",
        "run.generator.get_state()",
        "torch.Generator().manual_seed(run.generator.initial_seed()).get_state()",
        "This is where the generator *began*: the run would read the first passages again. Where it stands now is run.generator.get_state().",
    ),
    (
        "pack-new-optimizer",
        "run.optimizer.state()",
        "training.make_optimizer(run.model, run.config).state()",
        "This is the memory of a new optimizer, which remembers nothing. The run's own is run.optimizer.",
    ),
)
