"""The reader's flags: which of two texts they liked better, a line for each answer in `my/flags.jsonl`.

Each line is a small JSON object that people can read, written whole as soon as it is given. Lines that cannot be read,
because a hand or a disk damaged them, are left out and said; before the file is next written a dated copy goes to
my/saved/. What cannot be written waits in the process and is tried again with the next answer.
"""

import contextlib
import csv
import io
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path

from classroom import paths
from classroom.mine import storage
from nextword.taste import Choice

PATIENCE = 3  # seconds to wait for another notebook's turn to end
ANSWERS = ("a", "b", "skip")
ONE_SIDED = 8  # answers on one side: by chance as many heads in a row come once in 128 times

_waiting: list["Flag"] = []  # what could not be written yet


@dataclass(frozen=True)
class Flag:
    """One answer of the reader's."""

    opening: str  # what both texts begin with
    a: str  # the text on the left, whole
    b: str
    answer: str  # "a", "b" or "skip"
    when: str = ""  # "2026-11-29 02:15:49"

    @property
    def pair(self) -> frozenset[str]:
        """Its two texts, whichever stood where."""
        return frozenset((self.a, self.b))


@dataclass(frozen=True)
class Kept:
    """What is kept: the flags in the order in which they were given, and a sentence where something is amiss."""

    flags: tuple[Flag, ...]
    trouble: str = ""

    @property
    def answers(self) -> list[Flag]:
        """Without those that were skipped."""
        return [flag for flag in self.flags if flag.answer != "skip"]


def file() -> Path:
    """Where flags are kept."""
    return paths.my() / "flags.jsonl"


def labels() -> list[Choice]:
    """What the reader chose, as (opening, chosen, rejected), both whole texts; an empty list where nothing is kept."""
    return [
        Choice(one.opening, *((one.a, one.b) if one.answer == "a" else (one.b, one.a)))
        for one in read().answers
    ]


def read() -> Kept:
    """All that is kept, with what waits to be written."""
    try:
        good, bad = _lines()
    except OSError as error:
        return Kept(tuple(_waiting), f"{_shown(file())} cannot be read: {error.strerror or error}.")
    return Kept((*(flag for flag, _ in good), *_waiting), unreadable(bad, len(good)))


def flag(opening: str, a: str, b: str, answer: str) -> Flag:
    """An answer that is given now."""
    return Flag(opening, a, b, answer, datetime.now().isoformat(" ", "seconds"))


def keep(one: Flag) -> str:
    """Write an answer at once; returns a sentence where something is amiss.

    A pair that was answered meanwhile in another notebook keeps that answer.
    """
    _waiting.append(one)
    return _write()


def take_back(one: Flag) -> str:
    """Strike an answer out, the last of those that are the same; returns a sentence where something is amiss."""
    if one in _waiting:
        _waiting.remove(one)
        return ""
    return _write(without=one)


def remarks(flags: Iterable[Flag]) -> list[str]:
    """What is odd about answers, a sentence each."""
    flags = list(flags)
    answers = [one for one in flags if one.answer != "skip"]
    if not answers:
        skipped = f" All {len(flags)} pairs so far were skipped." if flags else ""
        return [f"You have not chosen between two texts yet.{skipped}"]
    found, sides = [], {one.answer for one in answers}
    if len(sides) == 1 and len(answers) >= ONE_SIDED:
        found.append(
            f"All your {len(answers)} answers are {answers[0].answer.upper()}. Chance decides which text stands where, "
            "so they tell nothing about texts: take them back with Undo, and read both before you choose."
        )
    liked: dict[frozenset, set[str]] = {}
    for one in answers:
        liked.setdefault(one.pair, set()).add(one.a if one.answer == "a" else one.b)
    if both := sum(len(chosen) > 1 for chosen in liked.values()):
        were = "pair was" if both == 1 else "pairs were"
        found.append(f"{both} {were} answered both ways: such answers cancel each other out.")
    return found


def export(path: str | Path) -> Path:
    """Write the choices to a file as others read them: prompt, chosen and rejected, the last two without the prompt.

    A name that ends in ".csv" gives a table, any other JSON lines. Without a folder it is written into my/. A file that
    is there already is not overwritten.
    """
    rows = [
        {"prompt": one.opening, "chosen": _rest(one.chosen, one), "rejected": _rest(one.rejected, one)}
        for one in labels()
    ]
    path = paths.my() / Path(path).expanduser()  # a whole path stays as it is
    if path.exists():
        raise FileExistsError(f"{path} is there already: give another name, or move it away first")
    written = io.StringIO(newline="")
    if path.suffix == ".csv":
        table = csv.DictWriter(written, ["prompt", "chosen", "rejected"])
        table.writeheader()
        table.writerows(rows)
    else:
        written.writelines(_dumped(row) for row in rows)
    storage.write_whole(path, written.getvalue().encode())
    return path


def _rest(text: str, choice: Choice) -> str:
    """What the model wrote behind the opening."""
    return text.removeprefix(choice.opening)


# The file


def parse(line: bytes) -> Flag | None:
    """The answer that a line tells; None where it tells none."""
    with contextlib.suppress(ValueError, TypeError, RecursionError):
        told = json.loads(line.decode("utf-8-sig"))
        found = {field.name: told.get(field.name, "") for field in fields(Flag)} if type(told) is dict else {}
        found["answer"] = str(found["answer"]).strip().lower() if found else ""
        texts = all(isinstance(value, str) for value in found.values())
        if texts and found["answer"] in ANSWERS and found["a"] and found["b"]:
            return Flag(**found)
    return None


def unreadable(bad: list[int], n_good: int) -> str:
    """A sentence about lines that tell no answer; empty where there are none."""
    if not bad:
        return ""
    some = ", ".join(map(str, bad[:5])) + (", ..." if len(bad) > 5 else "")
    line = f"Line {some}" if len(bad) == 1 else f"Lines {some}"
    other = "the other one is" if n_good == 1 else f"the other {n_good} are"
    rest = f"{other} used" if n_good else "no other line is there"
    return f"{line} of {_shown(file())} cannot be read as an answer; {rest}, and nothing is thrown away."


def _lines() -> tuple[list[tuple[Flag, bytes]], list[int]]:
    """The answers that the file tells, each with its line as it stands, and the numbers of the other lines."""
    try:
        lines = file().read_bytes().splitlines()
    except FileNotFoundError:
        return [], []
    good, bad = [], []
    for number, line in enumerate(lines, 1):
        if one := parse(line):
            good.append((one, line))
        elif line.strip(b" \t\0\xef\xbb\xbf"):
            bad.append(number)
    return good, bad


def _write(without: Flag | None = None) -> str:
    """Bring the file up to date: what waits is added, `without` is struck out. A sentence where that fails."""
    if os.environ.get("CI"):
        return ""
    from filelock import FileLock  # takes a while to import

    try:
        file().parent.mkdir(parents=True, exist_ok=True)
        with FileLock(file().with_name(".flags.lock"), timeout=PATIENCE):
            good, bad = _lines()
            says = ""
            if bad:
                says = f"{unreadable(bad, len(good))} A copy of the file is {_shown(storage.save(file()))}."
            lines, known = [line for _, line in good], {one.pair for one, _ in good if one.answer != "skip"}
            if without is not None:
                places = [place for place, (one, _) in enumerate(good) if one == without]
                if not places:
                    return f"{says} This answer was no longer in {_shown(file())}.".strip()
                del lines[places[-1]]
            lines += [
                _dumped(asdict(one)).strip().encode(errors="replace")
                for one in _waiting
                if one.pair not in known
            ]
            storage.write_whole(file(), b"".join(line + b"\n" for line in lines))
            if any(one.pair in known for one in _waiting):
                says += " This pair was answered in another notebook meanwhile, and that answer stays."
            _waiting.clear()
            return says.strip()
    except (OSError, NotImplementedError) as error:  # the latter: a disk that knows no locks
        why = getattr(error, "strerror", None) or str(error)
        return (
            f"{_shown(file())} cannot be written ({why}). Your answers are kept as long as this kernel runs, "
            "and written with the next one, if that can be done."
        )


def _dumped(row: dict) -> str:
    """A line of JSON, letters of all languages as they are."""
    return json.dumps(row, ensure_ascii=False) + "\n"


def _shown(path: Path) -> str:
    """A path as a reader sees it, below the course's folder."""
    root = paths.root()
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
