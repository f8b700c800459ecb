"""What two ranks do under torchrun for `test_distributed`: one launch, many questions. Writes what it found as JSON.

Every way learns the same text as one process alone does, is kept after some steps, and goes on.
"""

import json
import sys
from dataclasses import replace
from pathlib import Path

import torch

from nextword import distributed, training
from nextword.distributed_parts import ending, measuring, sharded_checkpoint, world
from nextword.training import TrainingConfig
from nextword.transformer import ModelConfig, Transformer

SIZES = {"vocab_size": 11, "d_model": 36, "n_layers": 2, "n_heads": 2, "d_mlp": 33, "context": 16}
FORM = {"norm_weights": True, "tied": False, "qk_norm": True, "embedding_norm": True, "init": "fan_in"}
TEXT = torch.randint(11, (60,), generator=torch.Generator().manual_seed(7)).repeat(6)  # a song of 60 words
PLAIN = TrainingConfig(16, batch=4, context=8, weight_decay=0.05)
CASES = {
    "plain": ({}, PLAIN),
    "clipped": ({}, replace(PLAIN, clip=0.3)),
    "in parts": ({}, replace(PLAIN, batch=8, accumulate=2)),
    "tied": ({"tied": True, "init": "gpt2"}, replace(PLAIN, lr_embedding=0.01)),
}
KEPT, STEPS = 6, 12


def a_model(**more) -> Transformer:
    return Transformer(ModelConfig(**SIZES | FORM | more), torch.Generator().manual_seed(0))


def alone(case: str, steps: int = STEPS) -> list[float]:
    more, config = CASES[case]
    run = training.begin(a_model(**more), config)
    return [training.turn(run, TEXT) for _ in range(steps)]


def a_team(world, way: str, case: str = "plain"):
    more, config = CASES[case]
    return distributed.begin(a_model(**more), config, world, way)


def turns(team, n: int) -> list[float]:
    return [distributed.turn(team, TEXT) for _ in range(n)]


def all_answers(world, folder: Path) -> dict:
    found = {"losses": {}, "resumed": {}}
    for case in CASES:
        for way in distributed.WAYS:
            team = a_team(world, way, case)
            losses = turns(team, KEPT)
            if case == "plain":
                sharded_checkpoint.save(team.run, folder / way, TEXT, world)
            found["losses"][f"{case}, {way}"] = losses + turns(team, STEPS - KEPT)
            if case == "plain":
                model = distributed.whole(team.run)
                found.setdefault("dials", {})[way] = {
                    name: p.flatten()[::7].tolist() for name, p in model.named_parameters()
                }
    for way in distributed.WAYS:
        for from_way in distributed.WAYS:
            team = a_team(world, way)
            assert sharded_checkpoint.restore(team.run, folder / from_way, TEXT)
            turns(team, STEPS - KEPT)
            found["resumed"][f"{from_way}, {way}"] = team.run.losses
    uneven = distributed.begin(a_model(), replace(PLAIN, batch=5), world)
    found["losses"]["uneven"] = turns(uneven, STEPS)
    rows = a_team(world, "fsdp").run.model.layers[0].mlp.up.weight
    found["rows held"] = [*rows.to_local().shape]
    sizes = [4, 40_000, 4_000_000]
    found["seconds"] = [measuring.all_reduce_seconds(world, n, 5) for n in sizes]
    return found


if __name__ == "__main__":
    torch.set_num_threads(1)
    with world.join() as here:
        answers = all_answers(here, Path(sys.argv[1]))
        Path(sys.argv[1], f"rank-{here.rank}.json").write_text(json.dumps(answers))
    ending.at_once()
