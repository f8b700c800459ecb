"""Machine code read as text: which instructions there are, how often, and which of them stand in the inner loop.

`nvdisasm` writes NVIDIA's machine code (SASS) one instruction a line, with labels where branches lead. A branch back
to an earlier label closes a loop; the innermost loop that holds a matrix instruction is where a kernel of attention
spends its time. AMD's code is read from the assembly that the compiler itself writes.
Source: CUDA Binary Utilities, "Instruction Set Reference" (what each mnemonic does).
"""

import re
from collections import Counter
from dataclasses import dataclass, field

MATRIX = ("HGMMA", "HMMA", "v_mfma")  # wgmma of four warps together; mma of one warp; AMD's
NOTABLE = {  # what a reader asks for: how many of them stand in the whole kernel
    "HGMMA": "matrix product of four warps together (wgmma), Hopper",
    "HMMA": "matrix product of one warp (mma), Ampere",
    "MUFU": "exponentials, logarithms and reciprocals",
    "FFMA": "multiply and add in float32",
    "LDGSTS": "copy from memory to shared memory behind the warps' back (cp.async)",
    "UTMALDG": "copy of a whole tile by the copy engine (TMA)",
    "LDG": "load from memory",
    "STG": "store to memory",
    "LDS": "load from shared memory",
    "SYNCS": "barrier in shared memory on which a copy is awaited (mbarrier)",
    "BAR": "barrier for all warps of a program",
    "USETMAXREG": "registers handed from one warp to another: warp specialisation at work",
    "LDL": "load of a spilled register",
    "STL": "store of a register that is spilled",
}
LINE = re.compile(r"^\s*/\*[0-9a-f]{4,}\*/\s+(@!?U?P\w+\s+)?([A-Z][A-Z0-9_]*)((?:\.[\w.]+)?)\s*(.*?);")
LABEL = re.compile(r"^\s*(\.L\w+):")
TO = re.compile(r"`\((\.L\w+)\)")
SHAPE = {"HGMMA": re.compile(r"\.(\d+)x(\d+)x(\d+)"), "HMMA": re.compile(r"\.(16)(8)(\d+)")}


@dataclass(frozen=True)
class Instruction:
    """One instruction: what it does (`HGMMA`), how (`.64x64x16.F32.BF16`), and with what."""

    name: str
    how: str
    operands: str
    is_conditional: bool = False  # only where a condition holds


@dataclass(frozen=True)
class Loop:
    """An inner loop with a matrix instruction in it, counted for one warp and one turn of the loop."""

    instructions: dict[str, int]
    matrix_operations: int  # multiplications and additions by one warp's share of the matrix instructions
    body: tuple[str, ...] = field(repr=False, default=())  # each instruction with how, in order


def parse(text: str) -> tuple[list[Instruction], dict[str, int]]:
    """The instructions of a listing in order, and for each label the number of the instruction that follows it.

    >>> parse(".L_x_0:\\n  /*0010*/   @!P0 BRA `(.L_x_0) ;")
    ([Instruction(name='BRA', how='', operands='`(.L_x_0)', is_conditional=True)], {'.L_x_0': 0})
    """
    found, labels = [], {}
    for line in text.splitlines():
        if label := LABEL.match(line):
            labels[label[1]] = len(found)
        elif match := LINE.match(line):
            found.append(Instruction(match[2], match[3], match[4].strip(), match[1] is not None))
    return found, labels


def counts(text: str) -> dict[str, int]:
    """How often each instruction stands in the code, the most frequent first.

    >>> counts("/*0000*/ MUFU.EX2 R1, R1 ; \\n /*0010*/ MUFU.RCP R1, R1 ;")
    {'MUFU': 2}
    """
    return dict(Counter(one.name for one in parse(text)[0]).most_common())


def loops(text: str) -> list[Loop]:
    """The innermost loops that hold a matrix instruction, in the order of the code.

    A branch back closes a loop where there is no way to the branch but through the place it leads to. (A wait that was
    moved behind the loop leads back into its middle, and closes none.)
    """
    code, labels = parse(text)
    ways = _ways(code, labels)
    ends = {}  # first instruction of a loop: its last
    for place, one in enumerate(code):
        start = _target(one, labels)
        if start is not None and start < place and _matrices(code[start : place + 1]):
            if place not in _reached(ways, without=start):
                ends[start] = max(place, ends.get(start, 0))
    spans = sorted(ends.items())
    return [_loop(code[start : end + 1]) for start, end in spans if not _holds_another(start, end, spans)]


def _target(one: Instruction, labels: dict[str, int]) -> int | None:
    """Where a branch leads; None for what is no branch."""
    to = TO.search(one.operands) if one.name == "BRA" else None
    return labels.get(to[1]) if to else None


def _ways(code: list[Instruction], labels: dict[str, int]) -> list[list[int]]:
    """For each instruction those that may come next."""
    found = []
    for place, one in enumerate(code):
        onward = [place + 1] if one.is_conditional or one.name not in ("BRA", "EXIT", "RET") else []
        target = _target(one, labels)
        found.append(onward + ([] if target is None else [target]))
    return found


def _reached(ways: list[list[int]], without: int) -> set[int]:
    """All that can be reached from the beginning without one instruction."""
    seen, waiting = {without}, [0]
    while waiting:
        place = waiting.pop()
        if place < len(ways) and place not in seen:
            seen.add(place)
            waiting += ways[place]
    return seen - {without}


def _matrices(code: list[Instruction]) -> list[Instruction]:
    return [one for one in code if one.name in MATRIX]


def _holds_another(start: int, end: int, spans: list[tuple[int, int]]) -> bool:
    return any(start <= a and b <= end for a, b in spans if (a, b) != (start, end))


def _loop(code: list[Instruction]) -> Loop:
    operations = sum(map(matrix_operations, code))
    found = dict(Counter(one.name for one in code).most_common())
    return Loop(found, operations, tuple(one.name + one.how for one in code))


def matrix_operations(one: Instruction) -> int:
    """Multiplications and additions that one warp does by a matrix instruction; 0 for any other.

    Four warps share a wgmma, so that a quarter of its work counts for each.

    >>> matrix_operations(Instruction("HGMMA", ".64x128x16.F32.BF16", "R24"))
    65536
    >>> matrix_operations(Instruction("HMMA", ".16816.F32.BF16", "R24"))
    4096
    """
    if one.name not in SHAPE:
        return 0
    rows, columns, depth = map(int, SHAPE[one.name].search(one.how).groups())
    return 2 * rows * columns * depth // (4 if one.name == "HGMMA" else 1)


def amd_counts(text: str) -> dict[str, int]:
    """How often each instruction stands in AMD's assembly; all matrix instructions (v_mfma_...) under one name.

    >>> amd_counts("\\tv_mfma_f32_32x32x8_bf16_1k v[0:15], v[16:17]\\n\\ts_endpgm")
    {'v_mfma': 1, 's_endpgm': 1}
    """
    names = re.findall(r"^\t([a-z]+_\w+)", text, re.MULTILINE)
    return dict(Counter("v_mfma" if name.startswith("v_mfma") else name for name in names).most_common())
