"""What training costs as the work grows: `python benchmarks/train_growth.py [--steps 5]`.

Seconds of the processor a step, and the memory that steps take at their peak, over the context, the width and the
batch; one of them grows and the others stay. Every point is measured in a process of its own, on one thread: the peak
is that of the whole process, less what it held before the model was made. The table goes to results/train_growth.md,
the figure to results/train_growth.png.
"""

import argparse
import json
import math
import statistics
import subprocess
import sys
import time
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
USUAL = {"context": 128, "width": 128, "batch": 8}
GROWING = {
    "context": (32, 64, 128, 256, 512),
    "width": (32, 64, 128, 256, 512),
    "batch": (2, 4, 8, 16, 32),
}
LAYERS, HEADS, VOCABULARY = 2, 2, 1024


def measured(context: int, width: int, batch: int, steps: int) -> dict[str, float]:
    """Train a new model for some steps in this process; the median step's seconds, and the memory in MB."""
    import psutil
    import torch

    from nextword import recipes, training
    from nextword.training import TrainingConfig
    from nextword.transformer import ModelConfig, Transformer

    torch.set_num_threads(1)
    tokens = torch.randint(VOCABULARY, (100_000,), generator=torch.Generator().manual_seed(0))
    held = psutil.Process().memory_info().rss
    Path("/proc/self/clear_refs").write_text("5")  # from here on the peak counts anew (Linux)
    shape = recipes.shape(width, LAYERS, HEADS, context)
    model = Transformer(ModelConfig(vocab_size=VOCABULARY, **shape), torch.Generator().manual_seed(0))
    run = training.begin(model, TrainingConfig(steps + 1, batch=batch, context=context))
    seconds = []
    for _ in range(steps + 1):
        began = time.process_time()
        training.turn(run, tokens)
        seconds.append(time.process_time() - began)
    [peak] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    dials = sum(matrix.numel() for matrix in model.parameters())
    memory = (int(peak.split()[1]) * 1024 - held) / 1e6
    return {"seconds": statistics.median(seconds[1:]), "memory": memory, "dials": dials}


def in_a_process(sizes: dict[str, int], steps: int) -> dict[str, float]:
    """The same in a process of its own."""
    line = [sys.executable, __file__, "--steps", str(steps), "--one", json.dumps(sizes)]
    return json.loads(subprocess.run(line, capture_output=True, text=True, check=True).stdout)


def growth(sizes: tuple[int, ...], costs: list[float]) -> float:
    """By which power of the size a cost grows between the last two points: 1 is in proportion, 2 with the square."""
    return math.log(costs[-1] / costs[-2]) / math.log(sizes[-1] / sizes[-2])


def report(found: dict[str, list[dict]], steps: int) -> str:
    """A row for each point, and the powers by which both costs grow at the end."""
    usual = ", ".join(f"{what} {size}" for what, size in USUAL.items())
    lines = [
        "# What training costs as the work grows",
        "",
        f"{LAYERS} layers, {VOCABULARY:,} tokens, float32, one thread; medians of {steps} steps.",
        f"What does not grow: {usual}.",
        "",
        "| what grows | to | dials | seconds a step | tokens a second | memory at the peak, MB |",
        "|---|---|---|---|---|---|",
    ]
    for what, points in found.items():
        for size, point in zip(GROWING[what], points, strict=True):
            sizes = USUAL | {what: size}
            rate = sizes["context"] * sizes["batch"] / point["seconds"]
            costs = f"{point['seconds']:.3f} | {rate:,.0f} | {point['memory']:.0f}"
            lines.append(f"| {what} | {size} | {point['dials']:,} | {costs} |")
    lines.append("")
    for what, points in found.items():
        time_power, memory_power = (
            growth(GROWING[what], [point[cost] for point in points]) for cost in ("seconds", "memory")
        )
        lines.append(
            f"- From the last but one {what} to the last, time grows with its power {time_power:.1f}, memory with its "
            f"power {memory_power:.1f}."
        )
    return "\n".join(lines) + "\n"


def draw(found: dict[str, list[dict]]):
    """Time above and memory below, over context, width and batch, with powers of two on all axes."""
    from matplotlib.figure import Figure

    drawing = Figure(figsize=(9, 5), layout="constrained")
    axes = drawing.subplots(2, len(found), sharex="col", sharey="row")
    for column, (what, points) in zip(axes.T, found.items(), strict=True):
        for ax, cost, name in zip(
            column, ("seconds", "memory"), ("seconds a step", "MB at the peak"), strict=True
        ):
            values = [point[cost] for point in points]
            ax.plot(GROWING[what], values, "o-", color="#2b6cb0")
            in_proportion = [values[-1] * size / GROWING[what][-1] for size in GROWING[what]]
            ax.plot(GROWING[what], in_proportion, "--", color="#a0aec0")
            ax.set(xscale="log", yscale="log", ylabel=name if what == "context" else "")
            ax.set_xticks(GROWING[what], GROWING[what])
            ticks = (0.03, 0.1, 0.3, 1) if cost == "seconds" else (50, 100, 200, 400)
            ax.set_yticks(ticks, ticks)
            ax.minorticks_off()
        column[1].set_xlabel(what)
    drawing.suptitle("What training costs as the work grows (dashed: in proportion)")
    return drawing


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.one:
        return print(json.dumps(measured(**json.loads(wanted.one), steps=wanted.steps)))
    found = {what: [] for what in GROWING}
    for what, sizes in GROWING.items():
        for size in sizes:
            found[what].append(in_a_process(USUAL | {what: size}, wanted.steps))
            print(what, size, found[what][-1], flush=True)
    table = report(found, wanted.steps)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "train_growth.md").write_text(table, encoding="utf-8")
    draw(found).savefig(RESULTS / "train_growth.png", dpi=100)
    print(table)


if __name__ == "__main__":
    main()
