"""Lesson 15's ladder with eight seeds: `python benchmarks/scaling.py [--seeds 8] [--memory-only]`, about eight minutes.

Five small models and a sixth beyond them (`classroom.lessons.scale.ladder`) learn from the tales, on one thread. Two
power laws are fitted to the five, without a floor and with one, their uncertainty comes from the seeds, and what they
foretell for the sixth is set beside what it came to. Seed 0, on which the sizes were chosen, is not among them. And the
memory of a step of training is measured, each in a process of its own, beside the count of `nextword.scaling`.
Results go to results/scaling.json, the tables to results/scaling.md.
"""

import argparse
import json
import multiprocessing
import resource
import statistics
import sys
import time
from pathlib import Path

import torch

from classroom.lessons.scale import ladder
from nextword import optim, recipes, scaling, training
from nextword.training import TrainingConfig
from nextword.transformer import ModelConfig, Transformer

RESULTS = Path(__file__).parent / "results"
INSIDE = 0.9  # the share of the bootstrap's laws between the two numbers that are told
MEMORY = [  # d_model, layers, heads, context, batch
    (256, 4, 4, 256, 16),
    (256, 4, 4, 512, 8),
    (512, 4, 4, 128, 8),
]


def train(seeds: int, kept: dict) -> None:
    """Losses and processor seconds of all widths, a number for each seed, kept after each."""
    ladder.texts()
    for seed in range(1, seeds + 1):
        for width in (*ladder.WIDTHS, ladder.NEXT):
            began = time.process_time()
            loss = ladder.climb(width, seed)
            kept["losses"].setdefault(str(width), []).append(round(loss, 4))
            kept["seconds"].setdefault(str(width), []).append(round(time.process_time() - began, 2))
        print(
            f"seed {seed}: " + "  ".join(f"{losses[-1]:.3f}" for losses in kept["losses"].values()),
            flush=True,
        )


def foretold(losses: dict[str, list[float]], how) -> list[float]:
    """The law's loss for the sixth model: of the means, and the two ends between which most of the bootstrap's lie."""
    compute = [ladder.flops(width) for width in ladder.WIDTHS]
    table = [losses[str(width)] for width in ladder.WIDTHS]
    at = ladder.flops(ladder.NEXT)
    laws = scaling.bootstrap(compute, table, at, n=500, how=how)
    edge = round((1 - INSIDE) / 2 * len(laws))
    middle = how(compute, [statistics.fmean(row) for row in table]).at(at)
    return [middle, laws[edge], laws[-1 - edge]]


def peak(sizes: tuple[int, ...], queue) -> None:
    """In a process of its own: by how many bytes its peak of memory rises with two steps of training."""
    d_model, layers, heads, context, batch = sizes
    torch.set_num_threads(1)
    tokens = torch.arange(4_000) % 512
    shapes = [recipes.shape(16, 1, 1, 8), recipes.shape(d_model, layers, heads, context)]
    peaks = []
    for shape, plan in zip(shapes, (TrainingConfig(1, 1, 8), TrainingConfig(2, batch, context)), strict=True):
        run = training.begin(Transformer(ModelConfig(vocab_size=512, **shape)), plan)  # the first makes ready
        training.train(run, tokens)
        unit = 1 if sys.platform == "darwin" else 1024
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)
    queue.put(peaks[1] - peaks[0])


def memory(sizes: tuple[int, ...]) -> dict[str, float]:
    """Megabytes of a step: as they are counted, and as they are measured."""
    d_model, layers, heads, context, batch = sizes
    config = ModelConfig(vocab_size=512, **recipes.shape(d_model, layers, heads, context))
    model = Transformer(config)
    groups = training.make_optimizer(model, TrainingConfig(1)).all
    state = sum(
        dials.nbytes * (2 + len(optim.MEMORIES[group.rule])) for group, _, dials in groups
    )  # weights, gradients, memories
    context_of_its_own = multiprocessing.get_context("spawn")
    queue = context_of_its_own.Queue()
    process = context_of_its_own.Process(target=peak, args=(sizes, queue))
    process.start()
    found = queue.get()
    process.join()
    kept = scaling.activation_bytes(config, batch, context)
    return {"state": state / 1e6, "activations": kept / 1e6, "peak": found / 1e6}


def report(kept: dict) -> str:
    """The tables."""
    losses, seeds = kept["losses"], len(kept["losses"][str(ladder.NEXT)])
    lines = [
        "# Five models, and what they foretell of a sixth",
        "",
        f"{ladder.LAYERS} layers, {ladder.TOKENS_A_DIAL} tokens for each dial, {seeds} seeds each; "
        "losses on unseen tales, in nats a token.",
        "",
        "| width | dials that multiply | tokens | operations | loss, mean | lowest | highest | core-s |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for width in (*ladder.WIDTHS, ladder.NEXT):
        row = losses[str(width)]
        lines.append(
            f"| {width} | {ladder.dials(width):,} | {ladder.steps(width) * ladder.BATCH * ladder.CONTEXT:,} "
            f"| {ladder.flops(width):.3g} | {statistics.fmean(row):.3f} | {min(row):.3f} | {max(row):.3f} "
            f"| {statistics.fmean(kept['seconds'][str(width)]):.1f} |"
        )
    lines += [
        "",
        "| law, fitted to the first five | loss foretold for the sixth "
        f"| {INSIDE:.0%} of the bootstrap's laws | its seeds between these |",
        "|---|---|---|---|",
    ]
    for name, how in kept["laws"].items():
        middle, low, high = how["foretold"]
        lines.append(f"| {name} | {middle:.3f} | {low:.3f} to {high:.3f} | {how['inside']} of {seeds} |")
    sixth = losses[str(ladder.NEXT)]
    lines += [
        "",
        f"The sixth came to {statistics.fmean(sixth):.3f} on average ({min(sixth):.3f} to {max(sixth):.3f}).",
        "",
        "| width, layers, heads, context, batch | counted: state, MB | counted: activations, MB "
        "| peak measured, MB | measured / counted |",
        "|---|---|---|---|---|",
    ]
    for name, row in kept["memory"].items():
        state, kept_back, peak_found = (row[what] for what in ("state", "activations", "peak"))
        share = peak_found / (state + kept_back)
        lines.append(f"| {name} | {state:.0f} | {kept_back:.0f} | {peak_found:.0f} | {share:.2f} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=ladder.SEEDS)
    parser.add_argument("--memory-only", action="store_true", help="keep the losses that were found before")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    path = RESULTS / "scaling.json"
    kept = {"losses": {}, "seconds": {}}
    if chosen.memory_only:
        kept = json.loads(path.read_text(encoding="utf-8"))
    else:
        train(chosen.seeds, kept)
    kept["laws"] = {}
    for name, how in (("a straight line", scaling.fit), ("with a floor", scaling.fit_with_floor)):
        told = foretold(kept["losses"], how)
        inside = sum(told[1] <= loss <= told[2] for loss in kept["losses"][str(ladder.NEXT)])
        compute = [ladder.flops(width) for width in ladder.WIDTHS]
        law = how(compute, [statistics.fmean(kept["losses"][str(width)]) for width in ladder.WIDTHS])
        kept["laws"][name] = {
            "exponent": round(law.exponent, 4),
            "floor": round(law.floor, 3),
            "foretold": [round(x, 4) for x in told],
            "inside": inside,
        }
    kept["memory"] = {", ".join(map(str, sizes)): memory(sizes) for sizes in MEMORY}
    path.write_text(json.dumps(kept, indent=1), encoding="utf-8")
    table = report(kept)
    (RESULTS / "scaling.md").write_text(table, encoding="utf-8")
    print(table)


if __name__ == "__main__":
    main()
