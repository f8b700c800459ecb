"""The pictures of lesson 15: speeds, what a model of any size costs, and losses with their laws."""

import math
from collections.abc import Mapping, Sequence

from classroom.display import figures
from classroom.display.dial import Dial
from nextword import scaling
from nextword.scaling import PowerLaw

SIZES = (1e6, 1e7, 1.35e8, 1e9, 7e9, 7e10, 4e11, 2e12)
UTILISATION = 0.4  # of a card's data sheet: Llama 3's training reached 38 to 43 in a hundred (arXiv 2407.21783, section 3.3)
TIMES = ((365.25 * 86_400, "years"), (86_400, "days"), (3_600, "hours"), (60, "minutes"), (1, "seconds"))
PAPER_BOX = {"facecolor": "white", "edgecolor": "none", "pad": 1}  # behind words, over the dotted lines
LANDMARKS = (
    (86_400, "a day"),
    (80 * 365.25 * 86_400, "a lifetime"),
    (1e8 * 365.25 * 86_400, "100 million years"),
)


def power(number: float) -> str:
    """A large number as people write it.

    >>> power(3.14e23)
    '3.1 × 10²³'
    """
    mantissa, exponent = f"{number:.1e}".split("e")
    return f"{mantissa} × 10{str(int(exponent)).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"


def named(number: float) -> str:
    """A number in words of which everybody knows the size.

    >>> named(1.35e8), named(4e11), named(700)
    ('135 million', '400 billion', '700')
    """
    for unit, name in ((1e12, " trillion"), (1e9, " billion"), (1e6, " million")):
        if number >= unit:
            return f"{number / unit:,.3g}{name}" if number < 1e15 else f"{number / unit:,.0f}{name}"
    return f"{float(f'{number:.3g}'):,.0f}"


def lasting(seconds: float) -> str:
    """A time in the unit that suits it.

    >>> lasting(90), lasting(5e9), lasting(1.2e12), lasting(0.1)
    ('1.5 minutes', '158 years', '38,000 years', 'less than a second')
    """
    if seconds < 1:
        return "less than a second"
    size, unit = next(((size, unit) for size, unit in TIMES if seconds >= size), TIMES[-1])
    return f"{named(seconds / size) if seconds / size >= 1e3 else f'{seconds / size:.3g}'} {unit}"


def stored(n_bytes: float) -> str:
    """Bytes in the unit that suits them.

    >>> stored(16e6), stored(2.8e12)
    ('16 MB', '2.8 TB')
    """
    size, unit = next(
        (pair for pair in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB")) if n_bytes >= pair[0]), (1e3, "kB")
    )
    return f"{n_bytes / size:.3g} {unit}"


def speeds(found: Mapping[str, float]):
    """Operations a second in several ways, on a scale of powers of ten."""
    drawing, ax = figures.figure("A GPU does many million times as much as a loop in Python", height=2.6)
    names, numbers = list(found), list(found.values())
    ax.barh(range(len(names)), numbers, color=figures.BLUE)
    ax.set_yticks(range(len(names)), names)
    ax.set(xscale="log", xlim=(1e6, 1e18), xlabel="operations a second, on a scale of powers of ten")
    for row, number in enumerate(numbers):
        ax.text(number * 1.5, row, power(number), va="center")
    ax.axvline(1e9, color=figures.RED, linestyle=":")
    ax.text(1.3e9, 0, "a billion", color=figures.RED, va="center")
    ax.invert_yaxis()
    return (
        drawing,
        "The longer the bar, the more operations a second; a step to the right is ten times as many.",
    )


def how_long(here: float, start: float = 7e9) -> Dial:
    """A slider over sizes of models: what each costs by Chinchilla's rule, and how long that takes on four machines.

    `here` is what this computer does in a second, as it was measured.
    """
    machines = {
        "a billion a second": 1e9,
        "this computer": here,
        "one GPU": UTILISATION * scaling.H100,
        "1,000 GPUs": 1000 * UTILISATION * scaling.H100,
    }

    def draw(n_parameters: float):
        n_tokens = 20 * n_parameters
        flops = scaling.six_n_d(n_parameters, n_tokens)
        held = sum(scaling.state_bytes(round(n_parameters), mixed=True).values())
        title = f"{named(n_parameters)} dials: {power(flops)} operations"
        drawing, ax = figures.figure(title, width=6.2, height=3)
        times = {name: flops / speed for name, speed in machines.items()}
        ax.barh(range(len(times)), list(times.values()), color=figures.BLUE)
        ax.set_yticks(range(len(times)), list(times))
        ax.set(xscale="log", xlim=(1, 1e25), ylim=(4.1, -0.6), xlabel="seconds, on a scale of powers of ten")
        for seconds, name in LANDMARKS:
            ax.axvline(seconds, color=figures.GREY, linestyle=":", linewidth=1, zorder=0)
            ax.text(seconds, 3.85, name, ha="center", va="center", size=8, bbox=PAPER_BOX)
        for row, seconds in enumerate(times.values()):
            told = lasting(seconds)
            place = ax.text(max(seconds, 1) * 2, row, f"‹{told}›" if row == 1 else told, va="center", size=10)
            place.set_bbox(PAPER_BOX)
        told = [f"on {name} {lasting(seconds)}" for name, seconds in times.items()]
        told[0] = f"at a billion operations a second it takes {lasting(times['a billion a second'])}"
        told[1] = f"on this computer ‹{lasting(times['this computer'])}›"
        says = f"{title}, for {named(n_tokens)} tokens. It holds {stored(held)} from step to step; {', '.join(told)}."
        return drawing, says

    return Dial("dials:", SIZES, draw, start, name=named)


def laws(
    compute: Sequence[float],
    losses: Sequence[float],
    law: PowerLaw,
    beyond: tuple[float, float],
    title: str,
):
    """Losses over compute, the law that was laid through them, and what came at the step beyond."""
    drawing, ax = figures.figure(title, height=3.6)
    at, came = beyond
    grid = [compute[0] * (at / compute[0]) ** (i / 60) for i in range(61)]
    ax.plot(grid, [law.at(c) for c in grid], color=figures.BLUE, label="the law")
    ax.plot(compute, losses, "o", color=figures.INK, label="the five that it was laid through")
    ax.plot(at, law.at(at), "^", color=figures.BLUE, markersize=9, fillstyle="none", label="foretold")
    ax.plot(at, came, "s", color=figures.RED, label="what came")
    ax.set(
        xscale="log",
        yscale="log",
        xlabel="operations of the training",
        ylabel="loss on unseen tales, in nats",
    )
    ticks = [x / 10 for x in range(10, 80, 2) if 0.97 * min(*losses, came) < x / 10 < 1.03 * max(losses)]
    ax.set_yticks(ticks, [f"{tick:.1f}" for tick in ticks])
    ax.set_yticks([], minor=True)
    ax.legend()
    decades = math.log10(compute[-1] / compute[0])
    says = f"Losses over {decades:.1f} powers of ten of compute, both on scales of logs, and one step beyond."
    return drawing, says
