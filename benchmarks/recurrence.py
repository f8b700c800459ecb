"""Four machines of equal size learn the fairy tales: `python benchmarks/recurrence.py [--tune] [--seeds 4]`.

A neural n-gram (2003), a recurrent network, an LSTM and a transformer, with about 320,000 dials each, 512 tokens and
the same loop. First all read the same passages: 300 steps of 8 x 128 tokens. Then all learn for as long as the
transformer took: their steps are as many as fit into its processor seconds, on one thread. The recurrent machines run
on torch's own loop, which is more than twice as fast as one in Python. They are measured in bits per byte on the tales
that were put aside, in pieces of 128 tokens that overlap by half. Beside them: lesson 01's counts of bytes.

`--tune` first: for each machine six pairs of rates (Muon's for matrices, AdamW's for the rest), and for the recurrent
two AdamW throughout as well, by the mean loss of the last 40 of 150 steps on the tales that are learned from (no
passage comes twice, or hardly), with a seed of its own. The best stand in classroom/lessons/recurrence/race.py.

What was found is kept in results/recurrence.json, and the tables go to results/recurrence.md. All of it takes about
ten minutes: OMP_NUM_THREADS=1 nice python benchmarks/recurrence.py --tune && ... python benchmarks/recurrence.py
"""

import argparse
import json
import statistics
from dataclasses import replace
from pathlib import Path

import torch

from classroom.lessons.recurrence import race
from nextword import ngram, recipes, training
from nextword.base import overrides
from nextword.optim import Group, Optimizer
from nextword.recurrent_parts import fused

RESULTS = Path(__file__).parent / "results"
STEPS, TRIED = 300, 150
MATRICES, REST = (0.015, 0.03, 0.06), (0.01, 0.03)  # learning rates that are tried
ADAMW = (0.001, 0.003, 0.01)  # the same for matrices, where AdamW turns them
TUNING_SEED = 100


def learned(name: str, config: training.TrainingConfig, tokens, adamw: bool = False) -> training.Run:
    """One machine that has learned."""
    run = training.begin(race.machine(name, 512, config.seed), config)
    if adamw:
        groups = training_groups(run)
        run.optimizer = Optimizer(
            [replace(one, rule="adamw", settings={"betas": (0.9, 0.99)}) for one in groups]
        )
    return training.train(run, tokens)


def training_groups(run: training.Run) -> list[Group]:
    """The groups of parameters that the run's optimizer turns, each once."""
    found = []
    for group, *_ in run.optimizer.all:
        if group not in found:
            found.append(group)
    return found


def tune(tokens) -> dict:
    """The loss with each pair of rates."""
    found = {}
    for name in race.NAMES:
        for rule, rates in (("muon", MATRICES), ("adamw", ADAMW)):
            if rule == "adamw" and name not in ("RNN", "LSTM"):
                continue
            for matrices in rates:
                for rest in REST:
                    config = race.settings(name, TRIED, TUNING_SEED)
                    config = replace(config, lr_matrices=matrices, lr_unembedding=rest)
                    try:
                        losses = learned(name, config, tokens, rule == "adamw").losses
                    except training.Diverged:
                        losses = [float("inf")]
                    loss = statistics.fmean(losses[-40:])
                    found.setdefault(name, []).append([rule, matrices, rest, round(loss, 3)])
                    print(name, *found[name][-1], flush=True)
    return found


def measured(name: str, steps: int, seed: int, tokens, tokenizer) -> dict:
    """What came of one machine of the race."""
    run = learned(name, race.settings(name, steps, seed), tokens)
    bits = recipes.bits_per_byte_aside(run.model, tokenizer)
    print(name, steps, seed, round(bits, 3), round(run.seconds, 1), flush=True)
    return {"steps": steps, "bits": round(bits, 3), "seconds": round(run.seconds, 2)}


def races(tokens, tokenizer, seeds: int) -> dict:
    """Equal tokens, then equal seconds."""
    equal_tokens = {
        name: [measured(name, STEPS, seed, tokens, tokenizer) for seed in range(seeds)] for name in race.NAMES
    }
    a_step = {
        name: statistics.median(one["seconds"] / STEPS for one in found)
        for name, found in equal_tokens.items()
    }
    equal_seconds = {"transformer": equal_tokens["transformer"]}
    for name in race.NAMES[:-1]:
        steps = round(STEPS * a_step["transformer"] / a_step[name])
        equal_seconds[name] = [measured(name, steps, seed, tokens, tokenizer) for seed in range(seeds)]
    return {"equal tokens": equal_tokens, "equal seconds": equal_seconds}


def counted() -> dict[str, float]:
    """Lesson 01's counts of bytes, of so many back, on the same tales."""
    read, unseen = ("\n".join(part).encode() for part in recipes.tales())
    models = {n: ngram.NGram(read, n_context=n, vocabulary=range(256)) for n in (2, 5)}
    return {
        f"counts, {n} bytes back": round(ngram.bits_per_byte(model.surprise(unseen), len(unseen)), 6)
        for n, model in models.items()
    }


def table(found: dict) -> str:
    """The results in Markdown."""
    lines = [
        "# Neural n-gram, RNN, LSTM and transformer, with as many dials",
        "",
        "Bits per byte on tales that nobody read, mean of four seeds (lowest to highest); one thread. "
        "`python benchmarks/recurrence.py` says how.",
        "",
        "| machine | dials | equal tokens | processor seconds | equal seconds | steps |",
        "|---|---|---|---|---|---|",
    ]
    for name in race.NAMES:
        one, other = (found["races"][kind][name] for kind in ("equal tokens", "equal seconds"))
        dials = sum(p.numel() for p in race.machine(name, 512).parameters())
        seconds = statistics.fmean(run["seconds"] for run in one)
        lines.append(
            f"| {name} | {dials:,} | {spread(one)} | {seconds:.1f} | {spread(other)} | {other[0]['steps']} |"
        )
    lines += [f"| {name} | | {bits:.2f} | | | |" for name, bits in found["counts"].items()]
    lines += [
        "",
        "Rates that were tried, and the loss on the tales that are learned from, in nats per token:",
        "",
    ]
    lines += [
        "| machine | rule for matrices | its rate | rate for the rest | loss |",
        "|---|---|---|---|---|",
    ]
    for name, rows in found["tuning"].items():
        best = min(row[-1] for row in rows)
        for *row, loss in rows:
            shown = f"**{loss:.3f}**" if loss == best else f"{loss:.3f}"
            lines.append(f"| {name} | {' | '.join(map(str, row))} | {shown} |")
    return "\n".join(lines) + "\n"


def spread(runs: list[dict]) -> str:
    """Mean, lowest and highest."""
    bits = [run["bits"] for run in runs]
    return f"{statistics.fmean(bits):.3f} ({min(bits):.3f} to {max(bits):.3f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tune", action="store_true")
    parser.add_argument("--seeds", type=int, default=4)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    path = RESULTS / "recurrence.json"
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    recipe = recipes.PRESETS["minute"]
    tokenizer = recipes.make_tokenizer(recipe)
    tokens = torch.from_numpy(recipes.encode(recipes.texts(recipe), tokenizer))
    with overrides.replacing("recurrent.unroll", fused.unroll):
        if asked.tune:
            found["tuning"] = tune(tokens)
        else:
            found |= {"races": races(tokens, tokenizer, asked.seeds), "counts": counted()}
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    if not asked.tune:
        (RESULTS / "recurrence.md").write_text(table(found), encoding="utf-8")


if __name__ == "__main__":
    main()
