"""The page of results, written anew after each part, and its figure."""

import statistics
from pathlib import Path

from matplotlib.figure import Figure

from attention_parts import timing

FIRST = "cuDNN"  # whom all are compared with


class Page:
    """results/attention.md as it grows. A page without a GPU does not overwrite one that was measured."""

    def __init__(self, path: Path, machine: str, measured: bool):
        self.path, self.parts = path, ["# Fused attention\n", f"{machine}\n"]
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        self.kept = not measured and "Measured on one" in before

    def add(self, title: str, text: str) -> None:
        """One more part, and the file anew."""
        self.note(f"## {title}\n\n{text}")

    def note(self, text: str) -> None:
        """A paragraph, and the file anew."""
        self.parts.append(f"{text}\n")
        if not self.kept:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text(self.text(), encoding="utf-8")

    def text(self) -> str:
        return "\n".join(self.parts)


def table(heads: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown.

    >>> print(table(["a", "b"], [["1", "2|3"]]))
    | a | b |
    |---|---|
    | 1 | 2/3 |
    """
    lines = [heads, ["---"] * len(heads), *rows]
    cells = [[str(cell).replace("|", "/").replace("\n", " ") for cell in line] for line in lines]
    return (
        "\n".join("| " + " | ".join(line) + " |" for line in cells)
        .replace("| --- |", "|---|")
        .replace(" --- |", "---|")
    )


def short(error: Exception) -> str:
    """An error in one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:200]


def line(row: dict) -> str:
    """One shape, for the terminal."""
    speeds = [f"{name} {speed:.0f}" for name, speed in speeds_of(row).items()]
    mask = "causal" if row["causal"] else "full"
    return f"  {row['tokens']:>6} x {row['head_dim']:<4}{mask:<7}" + ", ".join(speeds + list(row["failed"]))


def speeds_of(row: dict) -> dict[str, float]:
    """TFLOP/s of each entrant."""
    return {name: row["flops"] / timing.median(took) / 1e12 for name, took in row["took"].items()}


def race(found: list[dict], skipped: int = 0) -> str:
    """All shapes in TFLOP/s, then the ratios to cuDNN as geometric means, then what failed."""
    names = list(dict.fromkeys(name for row in found for name in [*row["took"], *row["failed"]]))
    rows = []
    for row in found:
        speeds = speeds_of(row)
        cells = [
            f"{speeds[name]:.0f}" if name in speeds else "failed" if name in row["failed"] else ""
            for name in names
        ]
        rows.append(
            [f"{row['tokens']:,}", f"{row['head_dim']}", "causal" if row["causal"] else "full", *cells]
        )
    parts = ["TFLOP/s, medians.", table(["tokens", "head_dim", "mask", *names], rows), means(found, names)]
    errors = dict.fromkeys(f"{name}: {error}" for row in found for name, error in row["failed"].items())
    parts += [f"- {error}" for error in errors]
    if skipped:
        parts.append(f"{skipped} more shapes were left out, for want of time.")
    return "\n\n".join(parts)


def means(found: list[dict], names: list[str]) -> str:
    """Geometric means of the ratios to cuDNN and to FlashAttention, above 1 where the entrant is faster."""
    rows = []
    for name in names:
        cells = []
        for head_dim, causal in ((64, True), (64, False), (128, True), (128, False)):
            some = [row for row in found if (row["head_dim"], row["causal"]) == (head_dim, causal)]
            for other in (FIRST, "flash"):
                ratios = [r for row in some if (r := timing.ratio(row["took"], name, other)) is not None]
                cells.append(f"{statistics.geometric_mean(ratios):.2f}" if ratios else "")
        rows.append([name, *cells])
    heads = [
        f"{d} {mask} / {other}"
        for d in (64, 128)
        for mask in ("causal", "full")
        for other in (FIRST, "flash")
    ]
    return "How many times as fast as cuDNN and FlashAttention, geometric means.\n\n" + table(
        ["", *heads], rows
    )


def draw(races: dict[str, list[dict] | None], path: Path) -> None:
    """TFLOP/s over the length, a panel for each direction and shape of head; nothing where nothing was timed."""
    races = {name: found for name, found in races.items() if found}
    if not races:
        return
    shapes = [(128, True), (128, False), (64, True), (64, False)]
    figure = Figure(figsize=(14, 3.2 * len(races)), layout="constrained")
    axes = figure.subplots(len(races), len(shapes), squeeze=False)
    for line_of_axes, (direction, found) in zip(axes, races.items(), strict=True):
        for ax, (head_dim, causal) in zip(line_of_axes, shapes, strict=True):
            points = {}
            for row in found:
                if (row["head_dim"], row["causal"]) == (head_dim, causal):
                    for name, speed in speeds_of(row).items():
                        points.setdefault(name, []).append((row["tokens"], speed))
            for (name, line_), marker in zip(points.items(), "osv^Dx+*P", strict=False):
                ax.plot(*zip(*sorted(line_), strict=True), marker=marker, label=name)
            ax.set(xscale="log", title=f"{direction}, head_dim {head_dim}, {'causal' if causal else 'full'}")
            ax.set(xlabel="tokens", ylabel="TFLOP/s", ylim=(0, None))
            if points:
                ax.legend(frameon=False, fontsize=7)
    figure.savefig(path, dpi=100)
