"""`nextword kernels`: what became of the course's kernels when they were compiled, without a GPU."""

import click

from nextword.kernels import KernelsUnavailable, compiled

COLUMNS = ("KERNEL", "BLOCKS", "WARPS", "STAGES", "CARD", "REGISTERS", "SPILLS", "SHARED KB", "MATRICES BY")
NOTE = """
REGISTERS of one thread. SPILLS: bytes of slow memory that a thread needs besides; 0 is what we want.
SHARED KB of what one program may have on that card. MATRICES BY: the instruction that multiplies them; wgmma is the
H100's fastest."""


@click.command()
@click.argument("name", default="")
@click.option("--target", type=click.Choice(compiled.TARGETS), multiple=True, help="Only for this card.")
@click.option(
    "--text",
    type=click.Choice(["triton", "ttir", "ttgir", "ptx", "sass", "amdgcn"]),
    help="Print the kernels named as one stage of the compiler left them.",
)
@click.option("--instructions", is_flag=True, help="Count the instructions that say most, and what they do.")
def command(name, target, text, instructions):
    """Compile the course's kernels for an A100, an H100 and an MI300X, and say what they need.

    NAME picks some: `nextword kernels "forward, head_dim 64"`. No GPU is needed. It takes minutes the first time, and
    what was compiled is kept until the kernel's source changes.
    """
    try:
        rows = compiled.of_the_course(target or compiled.TARGETS, name)
    except KernelsUnavailable as error:
        raise click.ClickException(str(error)) from error
    if not rows:
        raise click.ClickException(f"no kernel's name holds {name!r}; `nextword kernels` shows them all")
    click.echo(texts(rows, text) if text else counts(rows) if instructions else table(rows))
    refused = [f"{entry.name} for {target}: {error}" for entry, target, _, error in rows if error]
    if refused:
        raise click.ClickException("not compiled: " + "; ".join(refused))


def table(rows) -> str:
    """All kernels below each other, under the names of the columns; what the kernels serve stands above them."""
    lines = {entry.name: [] for entry, *_ in rows}
    for entry, _, kernels, _ in rows:
        lines[entry.name] += map(cells, kernels)
    widths = [
        max(map(len, column))
        for column in zip(COLUMNS, *(line for some in lines.values() for line in some), strict=True)
    ]
    shown = [aligned(COLUMNS, widths)]
    for name, some in lines.items():
        shown += [f"\n{name}", *(aligned(line, widths) for line in some)]
    return "\n".join([*shown, NOTE])


def cells(made: compiled.Compiled) -> tuple[str, ...]:
    """A kernel's row: `forward_kernel  128 x 64  8  3  NVIDIA H100  117  0  64 of 227  wgmma`."""
    how = made.matrix_instruction + (", specialised" if made.specialised else "")
    return (
        made.kernel,
        " x ".join(map(str, made.blocks.values())),
        str(made.num_warps),
        str(made.num_stages),
        compiled.CARDS[made.target],
        str(made.registers),
        str(made.spills),
        f"{made.shared / 1024:.0f} of {compiled.SHARED_LIMIT[made.target] // 1024}",
        how or "-",
    )


def aligned(line: tuple[str, ...], widths: list[int]) -> str:
    """Columns below each other."""
    return "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()


def counts(rows) -> str:
    """For each kernel, how often each of the telling instructions stands in it."""
    shown = []
    for entry, target, kernels, _ in rows:
        for made in kernels:
            shown += [f"\n{made.kernel}, {entry.name}, {compiled.CARDS[target]}"]
            found = {name: made.instructions[name] for name in compiled.NOTABLE if name in made.instructions}
            shown += [f"{count:6}  {name:10}  {compiled.NOTABLE[name]}" for name, count in found.items()]
    return "\n".join(shown)


def texts(rows, stage: str) -> str:
    """The kernels as one stage of the compiler left them, each under a line that says which it is."""
    return "\n".join(
        f"// {made.kernel}, {entry.name}, {target}\n{made.texts[stage]}"
        for entry, target, kernels, _ in rows
        for made in kernels
        if stage in made.texts
    )
