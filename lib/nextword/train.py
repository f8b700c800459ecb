"""Program `train`: several processes learn one model together by a recipe, on one machine or on many.

One machine, N processes (with GPUs one for each, by NCCL; without, on the cores, by gloo):

    torchrun --standalone --nproc-per-node N -m nextword.train --preset minute --way fsdp

Several machines: on each of them the same line, with the name of one of them and a port that is free there; every
machine has to see the folder (--folder) in which the run is kept. They wait until all have come.

    torchrun --nnodes 2 --nproc-per-node 8 --rdzv-id tales --rdzv-backend c10d --rdzv-endpoint HOST:29400 \\
        -m nextword.train --preset shipped --folder /on/a/shared/disk

Without `torchrun` it is a world of one: `python -m nextword.train`. With `--processes N` that starts `torchrun` for one
machine by itself, and tells in a sentence what is wrong, where `torchrun` prints a page.

The run is kept every so many steps, and the same line goes on from there, with any number of processes. If a process
dies the others end within seconds, and say so; with `--max-restarts 3`, `torchrun` starts all of them again by itself.
Ctrl-C ends all between two steps, and keeps the run.

Tested: gloo on Linux, two processes, and two torchruns on one machine. Written for, and never tried: NCCL, more than
one machine, macOS, Windows.
"""

import argparse
import contextlib
import os
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from nextword import checkpoint, distributed, recipes, training
from nextword.base import cache, models
from nextword.base.shapes import Tensor
from nextword.distributed import Team
from nextword.distributed_parts import ending, launch, sharded_checkpoint, world
from nextword.distributed_parts.ending import StopSign
from nextword.distributed_parts.world import RankLost, Refused, World
from nextword.pretrained_parts import model_file
from nextword.recipes import Recipe
from nextword.tokenizer import Tokenizer

EXPECTED = (Refused, training.Diverged, model_file.ModelFileError, cache.DataError, OSError)


def options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(
        prog="torchrun --standalone --nproc-per-node N -m nextword.train",
        description="Several processes learn one model together.",
    )
    parser.add_argument(
        "--preset", choices=recipes.PRESETS, default="minute", help="what is read, by which model"
    )
    parser.add_argument("--way", choices=distributed.WAYS, default="fsdp", help="how gradients are averaged")
    parser.add_argument("--steps", type=int, help="another number of steps than the preset's")
    parser.add_argument("--batch", type=int, help="another number of passages in a step")
    parser.add_argument("--accumulate", type=int, help="parts in which a batch is read")
    parser.add_argument("--clip", type=float, help="the longest gradient that is followed as it is")
    parser.add_argument("--seed", type=int, help="of the first dials, and of the order of reading")
    parser.add_argument("--precision", choices=training.PRECISIONS, help="in which matrices are multiplied")
    parser.add_argument("--keep-every", type=int, default=50, help="steps from one checkpoint to the next")
    parser.add_argument("--folder", type=Path, help="where the run is kept, and its model at the end")
    parser.add_argument("--processes", type=int, default=1, help="start so many, where torchrun has not")
    parser.add_argument("--port", type=int, help="where these meet (default: one that is free)")
    parser.add_argument(
        "--patience", type=float, default=world.PATIENCE, help="seconds to wait for the others"
    )
    return parser.parse_args(arguments)


def recipe_of(asked: argparse.Namespace) -> Recipe:
    """The preset's recipe, with the settings that were asked for in its own's place."""
    recipe = recipes.PRESETS[asked.preset]
    if asked.keep_every < 1:
        raise Refused(f"--keep-every is {asked.keep_every}, and is at least 1")
    names = ("steps", "batch", "accumulate", "clip", "seed", "precision")
    others = {name: getattr(asked, name) for name in names if getattr(asked, name) is not None}
    try:
        return replace(recipe, training=replace(recipe.training, **others))
    except ValueError as error:
        raise Refused(str(error)) from error


def prepare(recipe: Recipe, folder: Path, world: World) -> tuple[Tensor, Tokenizer]:
    """The recipe's text as tokens, and their vocabulary. Rank 0 writes them into a file, and the others map it."""
    tokenizer = recipes.make_tokenizer(recipe)
    if world.rank == 0:
        recipes.open_tokens(folder, recipe, tokenizer)
    distributed.summed(0, world)  # the others wait until it is there
    if not list(folder.glob("tokens-*.bin")):
        raise Refused(
            f"this machine sees nothing in {folder}, where rank 0 writes: give a folder on a shared disk"
        )
    return recipes.open_tokens(folder, recipe, tokenizer), tokenizer


def learn(team: Team, tokens: Tensor, folder: Path, keep_every: int, sign: StopSign) -> None:
    """Turn until the last step is made, or until a rank is asked to stop, and keep the run."""
    run, kept = team.run, team.run.step
    began, first = time.monotonic(), run.step
    while run.step < run.config.steps and not distributed.summed(float(sign.is_up), team.world):
        distributed.turn(team, tokens)
        if run.step % keep_every == 0:
            sharded_checkpoint.save(run, folder, tokens, team.world)
            kept = run.step
        if run.step % 10 == 0 or run.step == run.config.steps:
            rate = (run.step - first) * run.config.batch * run.config.context / (time.monotonic() - began)
            team.world.say(
                f"step {run.step} of {run.config.steps}   loss {run.losses[-1]:.4f}   {rate:,.0f} tokens a second"
            )
    if kept < run.step:
        sharded_checkpoint.save(run, folder, tokens, team.world)


def run_all(asked: argparse.Namespace, world: World, sign: StopSign) -> None:
    """Begin or take up, learn, and put the model beside the run; rank 0 speaks."""
    recipe, folder = recipe_of(asked), asked.folder or models.folder() / f"{asked.preset}.ranks"
    with checkpoint.lock(folder) if world.rank == 0 else contextlib.nullcontext():
        tokens, tokenizer = prepare(recipe, folder, world)
        team = distributed.begin(recipes.new_model(recipe, tokenizer), recipe.training, world, asked.way)
        is_begun = sharded_checkpoint.restore(team.run, folder, tokens)
        ranks = "1 process" if world.size == 1 else f"{world.size} processes"
        begins = f"{'on ' if is_begun else ''}from step {team.run.step}"
        world.say(f"{ranks} on {world.device.type}, {asked.way}: {begins}")
        try:
            learn(team, tokens, folder, asked.keep_every, sign)
        except RankLost as error:
            newest = [place.name for place in sharded_checkpoint.kept(folder)][-1:] or ["none yet"]
            says = f"{error}: the run ends in step {team.run.step}; the same line goes on from the last checkpoint "
            raise RankLost(f"{says}({newest[0]}) in {folder}") from error
        finish(team, tokenizer, recipe, folder)


def finish(team: Team, tokenizer: Tokenizer, recipe: Recipe, folder: Path) -> None:
    """Keep the whole model in a file once it is done; else say how to go on."""
    run, world = team.run, team.world
    if run.step < run.config.steps:
        return world.say(
            f"Stopped after step {run.step}, and kept in {folder}: the same line goes on from there."
        )
    run.model = distributed.whole(run)
    if world.rank == 0:
        path = folder / "model.safetensors"
        model_file.save_model(path, run.model, tokenizer, recipes.card(recipe, run, tokenizer))
        world.say(f"Done: {path}")


def start(asked: argparse.Namespace, arguments: Sequence[str]) -> None:
    """Start the processes, each of which runs this program, and wait for them."""
    try:
        module = ("-m", "nextword.train", *arguments)
        launch.launch(asked.processes, *module, seconds=threading.TIMEOUT_MAX, port=asked.port)
    except (Refused, launch.LaunchFailed) as error:
        print(f"{ending.SAYS}{error}", file=sys.stderr)
        raise SystemExit(1) from None
    except KeyboardInterrupt:  # they were asked to stop, and have
        raise SystemExit(130) from None


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program; what cannot be done ends it with exit code 1, and a sentence."""
    asked, early = options(arguments), World(int(os.environ.get("RANK", 0)))
    if asked.processes != 1 and "RANK" not in os.environ:
        return start(asked, sys.argv[1:] if arguments is None else arguments)
    torch.set_num_threads(1)
    with ending.in_words(early), world.join(asked.patience) as here, ending.in_words(here, EXPECTED) as sign:
        run_all(asked, here, sign)


if __name__ == "__main__":
    main()
    ending.at_once()
