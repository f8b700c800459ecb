"""Under rung `distributed`: a run kept by all ranks together, each writing its part, and taken up by any number.

The format is torch's own (`torch.distributed.checkpoint`), a folder for each step that is kept. What belongs together
is found by its name, so a run that two ranks kept in rows can go on whole in one process, or in three. The folder's
`.metadata` is a pickle, which can run code when it is read: take up only what you have kept yourself.
"""

import json
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import torch
from torch.distributed import checkpoint as shards
from torch.distributed.checkpoint.api import CheckpointException

from nextword import checkpoint
from nextword.base.shapes import Tensor
from nextword.distributed_parts import world as worlds
from nextword.distributed_parts.world import Refused, World
from nextword.training import Run

ABOUT = "about.json"


def save(run: Run, folder: Path, tokens: Tensor, world: World) -> Path:
    """Keep a run that reads these tokens; all ranks have to call it. Until the new one is whole, the old one stays."""
    place = folder / f"step-{run.step:08}"
    partial = place.with_suffix(".partial")
    if world.rank == 0:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        (partial / ABOUT).write_text(json.dumps(describe(run, tokens)), encoding="utf-8")
    with in_words(partial):
        shards.save(checkpoint.pack(run), checkpoint_id=partial)
    if world.rank == 0:
        shutil.rmtree(place, ignore_errors=True)  # a run that was taken up keeps the same step again
        partial.rename(place)
        for older in kept(folder)[:-1]:
            shutil.rmtree(older, ignore_errors=True)
    return place


def describe(run: Run, tokens: Tensor) -> dict:
    """What a run must have in common with the one that takes it up, and how far it was."""
    same = {"model": asdict(run.model.config), "training": asdict(run.config)}
    return same | {"text": checkpoint.fingerprint(tokens), "step": run.step, "seconds": run.seconds}


def kept(folder: Path) -> list[Path]:
    """The whole checkpoints in a folder, the newest last."""
    return sorted(place for place in folder.glob("step-*") if not place.suffix)


def restore(run: Run, folder: Path, tokens: Tensor) -> bool:
    """Bring a run at its first step to where the folder's newest checkpoint is; False where there is none.

    All ranks have to call it, however many they are, and in whichever way each holds its parameters. A `Refused` says
    where the checkpoint is of another model, of other settings or of another text.
    """
    if not (places := kept(folder)):
        return False
    about = read(places[-1] / ABOUT)
    refuse_other(about, describe(run, tokens), places[-1])
    tensors = checkpoint.pack(run)
    tensors["losses"] = torch.empty(about["step"], dtype=torch.float64)
    with in_words(places[-1]):
        shards.load(tensors, checkpoint_id=places[-1])
    checkpoint.unpack(tensors, run)
    run.seconds = about["seconds"]
    return True


def read(path: Path) -> dict:
    """What `describe` said when a checkpoint was kept."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Refused(f"{path.parent} is damaged ({error}): delete it") from error


def refuse_other(about: dict, now: dict, place: Path) -> None:
    """Raise `Refused` where a checkpoint's description is not that of the run that would take it up."""
    for what, name in (("model", "another model"), ("training", "a run with other settings")):
        if different := checkpoint.differences(about[what], now[what]):
            raise Refused(f"{place} is of {name} ({different}): choose another folder")
    if about["text"] != now["text"]:
        raise Refused(f"{place} is of a run that reads another text: choose another folder")


@contextmanager
def in_words(place: Path) -> Iterator[None]:
    """In a `with` block what torch says of a checkpoint becomes a sentence; that a process is alone is not remarked."""
    with warnings.catch_warnings(), worlds.told_as_lost():
        warnings.filterwarnings("ignore", "torch.distributed is disabled")
        try:
            yield
        except (
            CheckpointException
        ) as error:  # torch made it no Exception: it would pass by all who catch those
            first, _ = next(iter(error.failures.values()))
            why = (str(first) or type(first).__name__).splitlines()[0]
            raise Refused(f"{place} cannot be read or written ({why}): make room, or delete it") from error
