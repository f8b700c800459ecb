"""One kernel as each stage of the compiler left it, side by side: what a line of Triton became.

Lines that do the same have the same letter and colour in every column: P for a product of matrices, E for an
exponential, L for a load from memory. Only the inner loop is shown; of machine code, what stands between such lines is
counted in one line, so that hundreds are read at a glance.
"""

import re
from collections import Counter
from html import escape
from itertools import groupby, takewhile

from classroom.display import figures

STAGES = {
    "triton": "Triton: what you write",
    "ttir": "TTIR: tiles as values",
    "ptx": "PTX: one thread's view",
    "sass": "SASS: what the GPU runs",
    "amdgcn": "AMD's assembly",
}
DOES = {  # the letter, its colour, what it means, and how the stages write it
    "P": (
        figures.BLUE,
        "product of two tiles",
        r"tl\.dot\(|tt\.dot|wgmma\.mma_async|\bmma\.sync|H?G?MMA\.|v_mfma",
    ),
    "E": (figures.GREEN, "exponential", r"tl\.exp2?\(|math\.exp2?|ex2\.approx|MUFU\.EX2|v_exp_"),
    "L": (
        figures.GOLD_INK,
        "load from memory",
        r"tl\.load\(|tt\.load|cp\.async\.(?:cg|ca|bulk)|ld\.global|LDGSTS|LDG\.|UTMALDG|global_load|buffer_load",
    ),
}
NOISE = re.compile(r"^\s*(?:\.loc|\.file|//|#loc)|^\s*$")
MACHINE = ("ptx", "sass", "amdgcn")
LONGEST, HEIGHT = 90, "24em"  # lines of a column, and how much of it is seen at once
COLUMN = "flex:1 1 19em;min-width:0;margin:0"
BOX = (
    f"height:{HEIGHT};overflow:auto;margin:2px 0 0;padding:6px;border:1px solid #a0aec0;border-radius:3px;"
    "font:12px/1.5 monospace;white-space:pre;tab-size:2"
)


def columns(texts: dict[str, str], stages: tuple[str, ...] = ("triton", "ttir", "ptx", "sass")) -> str:
    """The stages beside each other as HTML, or below each other in a narrow window; each can be scrolled."""
    shown = "".join(column(STAGES[stage], excerpt(stage, texts[stage])) for stage in stages if stage in texts)
    key = " ".join(f"{sign(letter)} {meaning}." for letter, (_, meaning, _) in DOES.items())
    return (
        f'<div style="line-height:1.6">{key}</div>'
        f'<div style="display:flex;flex-flow:row wrap;gap:8px">{shown}</div>'
    )


def column(title: str, lines: list[str]) -> str:
    """One stage under its title."""
    body = "\n".join(map(marked, lines))
    return (
        f'<div style="{COLUMN}"><b>{escape(title)}</b>'
        f'<pre tabindex="0" role="region" aria-label="{escape(title)}" style="{BOX}">{body}</pre></div>'
    )


def sign(letter: str) -> str:
    """A letter on its colour."""
    return f'<b style="background:{DOES[letter][0]};color:#fff;padding:0 4px;border-radius:3px">{letter}</b>'


def letter_of(line: str) -> str:
    """The letter of what a line does; empty for a line that does none of the three.

    >>> letter_of("scores = tl.dot(q, k)"), letter_of("MUFU.EX2 R1, R2 ;"), letter_of("x = 1")
    ('P', 'E', '')
    """
    return next((letter for letter, (_, _, written) in DOES.items() if re.search(written, line)), "")


def marked(line: str) -> str:
    """A line of code, with its letter where it has one."""
    letter = letter_of(line)
    return f"{sign(letter)} {escape(line)}" if letter else f"  {escape(line)}"


def excerpt(stage: str, text: str) -> list[str]:
    """The lines of a stage that are shown: the inner loop; of machine code in short."""
    lines = [tidy(stage, line) for line in text.splitlines() if not NOISE.match(line)]
    lines = condensed(branch_loop(lines)) if stage in MACHINE else indented_loop(lines)
    left = len(lines) - LONGEST
    return lines if left <= 0 else [*lines[:LONGEST], f"... and {left} more lines"]


def tidy(stage: str, line: str) -> str:
    """A line without addresses, encodings and places in the source, and without the spaces of tables.

    >>> tidy("sass", "        /*2620*/                   HGMMA.64x64x16.F32.BF16 R24, gdesc[UR16], RZ, !UPT ;")
    'HGMMA.64x64x16.F32.BF16 R24, gdesc[UR16], RZ, !UPT ;'
    >>> tidy("ttir", '  %1 = tt.dot %q, %k : tensor<64x64xf32> loc(#loc3)')
    '  %1 = tt.dot %q, %k : tensor<64x64xf32>'
    """
    line = re.sub(r"/\*[0-9a-fx]+\*/", "", re.sub(r"\s*loc\(.*?\)+", "", line)).rstrip()
    return " ".join(line.split()) if stage in MACHINE else line


def indented_loop(lines: list[str]) -> list[str]:
    """The first loop, with all that is indented under it, that holds a product; all lines where there is none.

    >>> indented_loop(["x = 1", "for n in range(9):", "    x = tl.dot(x, x)", "y = x"])
    ['for n in range(9):', '    x = tl.dot(x, x)']
    """
    for place, line in enumerate(lines):
        if re.search(r"^\s*for |\bscf\.for\b", line):
            depth = indentation(line)
            body = list(takewhile(lambda each, depth=depth: indentation(each) > depth, lines[place + 1 :]))
            if any(letter_of(each) == "P" for each in body):
                return [each[depth:] for each in [line, *body]]
    return lines


def indentation(line: str) -> int:
    """How many spaces a line begins with."""
    return len(line) - len(line.lstrip())


def branch_loop(lines: list[str]) -> list[str]:
    """The shortest stretch from a label to a branch back to it that holds a product; all lines where there is none."""
    labels, best = {}, lines
    for place, line in enumerate(lines):
        if label := re.match(r"(\$?\.?[\w$]+):", line):
            labels[label[1]] = place
        elif to := re.search(
            r"\b(?:bra(?:\.uni)?|BRA(?:\.U)?|s_cbranch\w*)\b.*?`?\(?([.$]L[\w$]+|\.LBB\w+)", line
        ):
            start = labels.get(to[1])
            stretch = lines[start : place + 1] if start is not None else []
            if any(letter_of(each) == "P" for each in stretch) and len(stretch) < len(best):
                best = stretch
    return best


def condensed(lines: list[str]) -> list[str]:
    """Lines that have a letter, runs of one instruction as one line; what stands between them is counted.

    >>> condensed(["MUFU.EX2 R1, R1 ;", "MUFU.EX2 R2, R2 ;", "FMUL R1, R2 ;", "FADD R3, R4 ;", "FMUL R5, R6 ;"])
    ['MUFU.EX2 R1, R1 ;  (2 times)', '... 3 others: FMUL 2, FADD 1']
    """
    shown = []
    for letter, stretch in ((letter, list(group)) for letter, group in groupby(lines, key=letter_of)):
        runs = [list(run) for _, run in groupby(stretch, key=instruction)]
        if letter or len(stretch) < 3:
            shown += [run[0] + (f"  ({len(run)} times)" if len(run) > 1 else "") for run in runs]
        else:
            most = Counter(map(instruction, stretch)).most_common(3)
            shown.append(f"... {len(stretch)} others: " + ", ".join(f"{name} {n}" for name, n in most))
    return shown


def instruction(line: str) -> str:
    """What a line of machine code does, apart from with what.

    >>> instruction("@!P0 BRA `(.L_x_1) ;"), instruction("wgmma.mma_async.sync %f1;")
    ('BRA', 'wgmma.mma_async.sync')
    """
    words = [word for word in line.split() if not word.startswith("@")]
    return words[0].rstrip(";") if words else ""


def says(made) -> str:
    """In words what the columns show, with the counts of the machine code."""
    count = made.instructions.get
    matrix = {"wgmma": "HGMMA", "mma": "HMMA", "mfma": "v_mfma"}.get(made.matrix_instruction)
    products = f"{count(matrix)} matrix instructions ({matrix})" if matrix else "no matrix instruction"
    n_lines, n_instructions = len(made.texts["triton"].splitlines()), sum(made.instructions.values())
    return (
        f"{made.kernel} compiled for {made.target}: {n_lines} lines of Triton became {n_instructions:,} machine "
        f"instructions, among them {products} and {count('MUFU', 0)} of the unit for special functions; a thread uses "
        f"{made.registers} registers and spills {made.spills} bytes."
    )


class Stages:
    """A compiled kernel at every stage, as a page shows it; in words where it cannot."""

    def __init__(self, made, stages: tuple[str, ...] = ("triton", "ttir", "ptx", "sass")):
        self.says = says(made)
        self.html = figures.html(columns(made.texts, stages), self.says)

    def __repr__(self) -> str:
        return self.says

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return {"text/html": self.html, "text/plain": self.says}
