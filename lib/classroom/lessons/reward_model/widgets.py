"""The moving picture of lesson 18: of n sentences the one that a reward likes best, and what other people say of it."""

from collections.abc import Sequence

from torch import Tensor

from classroom.display import figures
from classroom.display.dial import Dial

SIZES = (1, 2, 4, 8, 16)
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
