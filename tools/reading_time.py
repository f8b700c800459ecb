"""How long a lesson takes to read, by what stands in it: words, lines of code, figures and widgets.

python tools/reading_time.py            each lesson's minutes, beside those that course.toml states
python tools/reading_time.py FILE ...   those of some notebooks

The rates are those at which people who were timed read lessons 03, 05, 06 and 07: 60 to 75 minutes each. What stands
under a heading that begins "Second reading:", up to the next heading of its level or above, is not counted.
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat

WORDS_A_MINUTE = 100
LINES_A_MINUTE = 8  # of code, with a look at what it prints
MINUTES_A_FIGURE = 0.75  # a widget is one too
SECOND_READING = "Second reading:"
HEADING = re.compile(r"^(#+) (.+)$")
WORD = re.compile(r"[A-Za-z’'-]+")


@dataclass(frozen=True)
class Amount:
    """What a reader goes through."""

    words: int = 0
    lines: int = 0
    figures: int = 0

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.words + other.words, self.lines + other.lines, self.figures + other.figures)

    @property
    def minutes(self) -> float:
        """How long that takes.

        >>> Amount(words=1000, lines=80, figures=4).minutes
        23.0
        """
        by_reading = self.words / WORDS_A_MINUTE + self.lines / LINES_A_MINUTE
        return by_reading + self.figures * MINUTES_A_FIGURE


def of_prose(text: str) -> int:
    """The words of a piece of Markdown, without its tags.

    >>> of_prose("A *swan*<br> that isn't tired, 3 times")
    6
    """
    return len(WORD.findall(re.sub(r"<[^>]+>", " ", text)))


def of_code(source: str) -> int:
    """The lines that are not blank.

    >>> of_code("x = 1\\n\\nprint(x)")
    2
    """
    return sum(bool(line.strip()) for line in source.splitlines())


def of_output(output: dict) -> Amount:
    """A figure or a widget is one; code of the library that a cell shows is read line by line."""
    data = output.get("data", {})
    html = data.get("text/html", "")
    is_picture = "<img" in html or "<svg" in html
    is_widget = output["output_type"] == "execute_result" and bool(html)
    shown = "\n".join(re.findall(r"```python\n(.*?)```", data.get("text/markdown", ""), re.S))
    return Amount(lines=of_code(shown), figures=int(is_picture or is_widget))


def of_notebook(notebook: nbformat.NotebookNode) -> Amount:
    """All that is read the first time."""
    total, left_out = Amount(), None  # the level of the heading under which nothing is counted
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            counted, left_out = first_reading(cell.source, left_out)
            total += Amount(words=of_prose(counted))
        elif left_out is None:
            total += Amount(lines=of_code(cell.source))
            for output in cell.outputs:
                total += of_output(output)
    return total


def first_reading(text: str, left_out: int | None = None) -> tuple[str, int | None]:
    """What of a piece of Markdown is counted, and the level of the second reading that it ends in, if it does.

    >>> first_reading("a\\n### Second reading: b\\nc\\n#### d\\ne\\n## f\\ng")
    ('a\\n## f\\ng', None)
    >>> first_reading("a", left_out=2)
    ('', 2)
    """
    kept, in_code = [], False
    for line in text.splitlines():
        in_code ^= line.startswith("```")
        if (heading := HEADING.match(line)) and not in_code:
            level, words = len(heading[1]), heading[2]
            if left_out is None or level <= left_out:
                left_out = level if words.startswith(SECOND_READING) else None
        if left_out is None:
            kept.append(line)
    return "\n".join(kept), left_out


def read(path: Path) -> Amount:
    """What is read the first time in the notebook at that path."""
    return of_notebook(nbformat.read(path, as_version=4))


def main() -> None:
    from classroom import course

    stated = {course.path("notebooks", lesson): lesson.minutes[0] for lesson in course.written()}
    for path in [Path(name).resolve() for name in sys.argv[1:]] or stated:
        amount = read(path)
        told = f"{amount.words} words, {amount.lines} lines, {amount.figures} figures and widgets"
        says = f"   course.toml says {stated[path]}" if path in stated else ""
        print(f"{path.stem:<24} {amount.minutes:3.0f} minutes: {told}{says}")


if __name__ == "__main__":
    main()
