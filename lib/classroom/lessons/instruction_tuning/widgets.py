"""The moving picture of lesson 17: a model that learns another manner, and what it forgets meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass

from classroom.display import figures
from classroom.display.dial import Dial


@dataclass(frozen=True)
class Moment:
    """After so many steps: bits per byte on two kinds of text, and what is written to one opening."""

    step: int
    films: float
    tales: float
    text: str


def manners(found: Sequence[Moment], start: int) -> Dial:
    """A slider over the steps: what is written changes, one kind of text grows easier and the other harder."""

    def draw(i: int):
        here = found[i]
        title = f"After {here.step} steps: films ‹{here.films:.1f}›, tales ‹{here.tales:.1f}› bits per byte"
        drawing, ax = figures.figure(title, width=5.6, height=2.6)  # no wider: it is read on a telephone, too
        steps = [moment.step for moment in found]
        for name, colour, marker, va in (
            ("films", figures.BLUE, "o", "bottom"),
            ("tales", figures.RED, "s", "top"),
        ):
            values = [getattr(moment, name) for moment in found]
            ax.plot(steps, values, color=colour, marker=marker, markersize=5, linewidth=1.2)
            ax.text(steps[-1] * 1.03, values[-1], name, color=colour, va=va, weight="bold")
        ax.axvline(here.step, color=figures.GREY, linewidth=1)
        ax.set(xlabel="steps of learning", ylabel="bits per byte", xlim=(-1, steps[-1] * 1.16))
        return drawing, f"It writes: ‹{' '.join(here.text.split())}›"

    return Dial("steps:", range(len(found)), draw, start, name=lambda i: str(found[i].step))
