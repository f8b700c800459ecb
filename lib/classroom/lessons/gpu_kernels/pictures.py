"""The pictures of lesson 08: who writes which place, what memory sends, and two ceilings over what a machine can do."""

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

from classroom.display import figures
from classroom.display.dial import Dial
from nextword.kernels import trace

COLOURS = ("#bee3f8", "#fefcbf", "#c6f6d5", "#fed7d7", "#e9d8fd", "#feebc8")
SENT, WANTED = "#bee3f8", figures.BLUE
ACROSS = 16  # places in a line of the picture of a vector
PER_SECTOR = 8  # float32 numbers in a piece of 32 bytes


def written(launch: trace.Launch, shape: tuple[int, int] | None = None):
    """Each place of the tensor that the kernel stores into, with the program that wrote it; a drawing and a sentence."""
    stores = [one for one in launch.accesses if one.kind != trace.LOAD]
    name = stores[0].tensor
    n = int(launch.tensors[name].own.sum())
    rows, columns = shape or (-(-n // ACROSS), min(n, ACROSS))
    outside = sorted(
        {place for fault in launch.faults if isinstance(fault, trace.OutOfBounds) for place in fault.places}
    )
    lines = max(rows, *(1 + place // columns for place in outside)) if outside else rows
    drawing, ax = figures.figure(_title(launch, name, outside), width=7.4, height=0.6 + 0.44 * lines)
    for place in launch.unwritten(name):
        _cell(ax, int(place), columns, "white", "–", figures.GREY)
    for one in stores:
        for place in one.places:
            _cell(ax, int(place), columns, COLOURS[_number(one, launch) % len(COLOURS)], _shown(one.program))
    for place in outside:
        _cell(ax, place, columns, "white", "×", figures.RED)
    ax.set(xlim=(-0.1, columns + 0.1), ylim=(lines + 0.1, -0.1), aspect="equal")
    ax.axis("off")
    return drawing, _says(launch, name, n, outside)


def _title(launch: trace.Launch, name: str, outside: list[int]) -> str:
    if outside:
        return "Without a mask, the last program goes past the end"
    left = launch.unwritten(name).size
    return f"{left} places were written by nobody" if left else "Each place is written by one program"


def _says(launch: trace.Launch, name: str, n: int, outside: list[int]) -> str:
    programs = len({one.program for one in launch.accesses})
    says = f"{n} places of {name}, each with the number of the program that wrote it: {programs} programs in all."
    if outside:
        says += f" Red crosses mark places {outside[0]} to {outside[-1]}, which are not its own."
    return says


def _cell(ax, place: int, columns: int, colour: str, text: str, ink: str = figures.INK) -> None:
    down, across = divmod(place, columns)
    ax.add_patch(Rectangle((across, down), 1, 1, facecolor=colour, edgecolor=figures.GREY, linewidth=0.8))
    size = 10 if len(text) < 3 else 7
    ax.text(across + 0.5, down + 0.55, text, ha="center", va="center", color=ink, size=size)


def _number(access: trace.Access, launch: trace.Launch) -> int:
    return int(np.ravel_multi_index(access.program, launch.grid))


def _shown(program: tuple[int, ...]) -> str:
    return str(program[0]) if len(program) == 1 else ",".join(map(str, program))


def sent(launches: list[trace.Launch], names: list[str], tensor: str, side: int):
    """What memory sends to the first program of each launch, of a table with rows of `side` float32 numbers."""
    loads = [launch.of(kind=trace.LOAD, tensor=tensor)[0] for launch in launches]
    most = max(one.sectors for one in loads)
    title = f"For the same {len(loads[0].places)} numbers, memory sends {most // min(one.sectors for one in loads)} times as much"
    drawing, axes = figures.figure(title, width=8, height=4.1, columns=len(loads))
    for ax, one, name in zip(axes, loads, names, strict=True):
        picture = np.ones((side, side, 3))
        for piece in {int(place) // PER_SECTOR for place in one.places}:
            row, column = divmod(piece * PER_SECTOR, side)
            picture[row, column : column + PER_SECTOR] = to_rgb(SENT)
        picture[one.places // side, one.places % side] = to_rgb(WANTED)
        ax.imshow(picture)
        ax.set_xticks(np.arange(0, side + 1, PER_SECTOR) - 0.5, [""] * (side // PER_SECTOR + 1))
        ax.set_yticks([])
        ax.grid(axis="x", color=figures.GREY, linewidth=0.6)
        ax.set_xlabel(f"{name}: {one.sectors} pieces of 32 bytes")
    parts = [f"{name} takes {one.sectors} pieces of 32 bytes" for one, name in zip(loads, names, strict=True)]
    says = f"A table in memory. Dark: what the program wants; light: what is sent along. {'; '.join(parts)}."
    return drawing, says


def tiles(launch: trace.Launch, shapes: dict[str, tuple[int, int]]) -> Dial:
    """A slider over the programs of a matrix product: what this one reads and writes, and what is done so far."""
    programs = sorted({one.program for one in launch.accesses})

    def draw(number: int):
        program = programs[number]
        read = sum(one.bytes for one in launch.of(program=program, kind=trace.LOAD))
        title = f"Program {_shown(program)} reads a strip of a and a strip of b, and writes one tile"
        drawing, axes = figures.figure(title, width=8, height=3.3, columns=3)
        for ax, (name, shape) in zip(axes, shapes.items(), strict=True):
            picture = np.ones((shape[0] * shape[1], 3))
            for one in launch.of(tensor=name):
                if one.program == program:
                    picture[one.places] = to_rgb(WANTED)
                elif one.kind == trace.STORE and one.program < program:
                    picture[one.places] = to_rgb(SENT)
            ax.imshow(picture.reshape(*shape, 3), vmin=0, vmax=1)
            ax.set(xticks=[], yticks=[], xlabel=name.removesuffix("_pointer"))
        says = (
            f"Program {_shown(program)} of {len(programs)} reads {read:,} bytes and writes one tile of out. "
        )
        return (
            drawing,
            says
            + f"{number} tiles were done before it, if programs run in this order; on a GPU they may not.",
        )

    return Dial("program:", range(len(programs)), draw, len(programs) // 2, lambda i: _shown(programs[i]))


def roofline(machines: dict[str, tuple[float, float]], works: dict[str, float]):
    """Two ceilings for each machine (operations and bytes a second), and where each work stands under them.

    `works` gives each work's operations for each byte that must move.
    """
    drawing, ax = figures.figure("On an H100, all but the large product wait for memory", height=4)
    bytes_each = np.logspace(-2, 4, 200)
    for (name, (flops, bandwidth)), colour in zip(machines.items(), (figures.BLUE, figures.RED), strict=True):
        ax.plot(bytes_each, np.minimum(flops, bandwidth * bytes_each), color=colour)
        ax.text(bytes_each[-1] * 1.3, flops, name, color=colour, va="center", weight="bold")
    ax.set(xscale="log", yscale="log", xlabel="operations for each byte", ylabel="operations a second")
    lowest = min(bandwidth for _, bandwidth in machines.values()) / 5000
    for number, (name, intensity) in enumerate(works.items()):
        marker, side = figures.MARKERS[number % len(figures.MARKERS)], ("right", "left")[number % 2]
        heights = [min(flops, bandwidth * intensity) for flops, bandwidth in machines.values()]
        ax.plot([intensity] * len(heights), heights, marker=marker, color=figures.INK, linestyle=":")
        ax.text(intensity, lowest * 1.3, name, rotation=90, ha=side, va="bottom", size=9)
    ax.set_xlim(bytes_each[0], bytes_each[-1] * 60)
    ax.set_ylim(lowest, max(flops for flops, _ in machines.values()) * 4)
    says = "Each machine has a slope, where memory is the limit, and a ceiling, where arithmetic is. "
    return drawing, f"{says}{_listed(works)}: the farther to the right, the more is done with each byte."


def _listed(works: dict[str, float]) -> str:
    return ", ".join(f"{name} {intensity:,.1f} operations a byte" for name, intensity in works.items())


def ways(seconds: dict[str, float]):
    """How long the same work takes in several ways, on a scale of powers of ten."""
    drawing, ax = figures.figure("A billion products: from minutes to millionths of a second", height=2.6)
    names, times = list(seconds), list(seconds.values())
    ax.barh(range(len(names)), times, color=figures.BLUE, left=0)
    for row, time in enumerate(times):
        ax.text(time * 1.3, row, shown_seconds(time), va="center", size=10)
    ax.set_yticks(range(len(names)), names)
    ax.set(
        xscale="log",
        xlim=(min(times) / 5, max(times) * 30),
        xlabel="seconds, on a scale of powers of ten",
    )
    ax.invert_yaxis()
    return drawing, f"Seconds for a billion products, the longest first: {', '.join(names)}."


def shown_seconds(seconds: float) -> str:
    """A time in words that suit its size.

    >>> shown_seconds(0.034), shown_seconds(2e-6)
    ('34 ms', '2 µs')
    """
    for unit, name in ((1, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if seconds >= unit:
            return f"{seconds / unit:.2g} {name}" if seconds < 100 else f"{seconds:.0f} s"
    return f"{seconds / 1e-6:.1g} µs"
