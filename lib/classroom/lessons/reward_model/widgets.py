"""The pictures of lesson 18: what readers of texts learn from how many people, and the best of n sentences."""

from collections.abc import Sequence

from torch import Tensor

from classroom.display import figures
from classroom.display.dial import Dial

SIZES = (1, 2, 4, 8, 16)
READERS = (  # as benchmarks/rlhf_reward.py names them, and as they are shown
    ("real model, frozen", "real model", figures.GREEN),
    ("words", "bag of words", figures.BLUE),
    ("tiny model, frozen", "tiny transformer", figures.RED),
)
CEILING = "the mean of the other people"
SHOWN = 5  # openings whose text is shown


def best_of(
    openings: Sequence[str],
    samples: Sequence[str],
    given: Tensor,  # (openings, n): the reward that chooses
    judging: Tensor,  # the same by the one that judges
    start: int = 0,
) -> Dial:
    """A slider over n: of the first n samples of each opening the best by `given`, and its mean by both rewards."""
    n_each = given.shape[1]
    sizes = [n for n in SIZES if n <= n_each]
    rows = range(len(openings))
    places = [given[:, :n].argmax(1) for n in sizes]
    means = {
        "the reward that chooses": [given[rows, place].mean().item() for place in places],
        "the one that judges": [judging[rows, place].mean().item() for place in places],
    }

    def draw(i: int):
        learned, judged = (values[i] for values in means.values())
        title = (
            f"Best of {sizes[i]}: ‹{learned:+.1f}› by the reward that chooses, ‹{judged:+.1f}› by the other"
        )
        drawing, ax = figures.figure(title, width=5.6, height=2.6)  # no wider: it is read on a telephone, too
        both = zip(means.items(), (figures.BLUE, figures.GREEN), figures.MARKERS, strict=False)
        for (name, values), colour, marker in both:
            ax.plot(sizes, values, color=colour, marker=marker, linewidth=1, markersize=4, label=name)
            ax.plot(sizes[i], values[i], color=colour, marker=marker, markersize=11)
        ax.set(xscale="log", xlabel="n, of which the best is kept", ylabel="mean reward")
        ax.set_xticks(sizes, map(str, sizes))
        ax.minorticks_off()
        ax.legend(frameon=False)
        kept = [samples[n_each * row + int(places[i][row])] for row in list(rows)[:SHOWN]]
        return drawing, "It keeps: " + " · ".join(f"‹{' '.join(text.split())}›" for text in kept)

    return Dial("n:", range(len(sizes)), draw, start, name=lambda i: str(sizes[i]))


def by_size(rows: Sequence[dict]) -> None:
    """The accuracy of three readers by the number of rated sentences, a line for each seed, and the ceiling."""
    drawing, ax = figures.figure(
        "The real model learns from 1,000 sentences what a bag of words learns from all 7,417"
    )
    for (name, shown, colour), marker in zip(READERS, figures.MARKERS, strict=False):
        mine = [row for row in rows if row["name"] == name]
        sizes = sorted({row["sentences"] for row in mine})
        for seed in sorted({row["seed"] for row in mine}):
            found = {row["sentences"]: row["accuracy"] for row in mine if row["seed"] == seed}
            line = [found[n] for n in sizes]
            ax.plot(sizes, line, color=colour, marker=marker, markersize=4, linewidth=0.8)
        ax.text(sizes[-1] * 1.1, line[-1], shown, color=colour, va="center", weight="bold")
    others = [row["accuracy"] for row in rows if row["name"] == CEILING]
    ax.axhline(sum(others) / len(others), color=figures.GREY)
    ax.text(300, 0.86, f"ceiling: {CEILING}", color=figures.INK)
    ax.set(xscale="log", xlabel="rated sentences", ylabel="accuracy", xlim=(250, 18_000), ylim=(0.5, 0.92))
    ax.xaxis.set_major_formatter(lambda n, _: f"{n:,.0f}")
    figures.show(
        drawing,
        "Four seeds each, and the ceiling that people's own disagreement sets.",
    )
