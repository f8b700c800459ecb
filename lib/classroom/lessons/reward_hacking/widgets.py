"""The moving picture of lesson 22: a climb up a proxy, and what was written at each of its measurements."""

from collections.abc import Sequence

from classroom.display import figures
from classroom.display.dial import Dial
from nextword.overoptimization import Point


def climb(points: Sequence[Point], texts: Sequence[str], start: int) -> Dial:
    """A slider over the measurements of a climb: proxy and gold there, and below a text that was written then."""

    def draw(i: int):
        here = points[i]
        title = (
            f"At ‹{here.kl:.0f}› nats the proxy says ‹{here.proxy:.1f}›, and the truth is ‹{here.gold:.1f}›"
        )
        drawing, ax = figures.figure(title, width=5.6, height=2.8)  # no wider: it is read on a telephone, too
        rewards(ax, points)
        for reward, colour in ((here.proxy, figures.BLUE), (here.gold, figures.RED)):
            ax.plot(here.kl, reward, "o", color=colour, markersize=12, fillstyle="none", markeredgewidth=2)
        return drawing, f"It writes: ‹{' '.join(texts[i].split())}›"

    return Dial("measurement:", range(len(points)), draw, start, name=lambda i: str(i + 1))


def rewards(ax, points: Sequence[Point]) -> None:
    """Proxy and gold over the distance from the reference, each with its name beside it."""
    kls = [point.kl for point in points]
    for name, colour, marker, beside, values in (
        ("proxy", figures.BLUE, "o", "bottom", [point.proxy for point in points]),
        ("gold", figures.RED, "s", "top", [point.gold for point in points]),
    ):
        ax.plot(kls, values, color=colour, marker=marker, markersize=4, linewidth=1.2)
        ax.text(kls[-1] + 0.03 * kls[-1], values[-1], name, color=colour, va=beside, weight="bold")
    ax.axhline(points[0].gold, color=figures.GREY, linewidth=0.8, linestyle=":")
    ax.set(xlabel="nats from the reference", ylabel="reward", xlim=(-0.03 * kls[-1], 1.2 * kls[-1] + 0.1))
