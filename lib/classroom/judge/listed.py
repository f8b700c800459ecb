"""Listed mistakes that are edits of a right answer: what stands there, what people write instead, and a sentence.

    edits(
        "embeddings.unit",
        ("unit-axis", "dim=-1", "dim=0", "The columns have length 1, not the rows."),
        ("unit-sum", [("vectors**2", "vectors"), (".sqrt()", "")], "You divided by the sum of the numbers."),
        ("unit-lengths", ..., "return vectors.norm(dim=-1)", "These are the lengths."),
    )

What stands there is text of the solution, found exactly once; `("dim=-1", 2)` is its second place, and
`("dim=-1", "every")` all of them; `...` is the whole body. `source` is another right way
to edit: text, or "library" for the library's own. Nothing is made until a wrong answer asks for it, and a
test makes them all.
"""

import functools
import textwrap
from collections.abc import Callable

from classroom.judge import registry, sources


class EditedMistake:
    """A listed mistake whose function is made from a right source when it is first needed."""

    where = ""  # as a `Mistake` has it

    def __init__(self, target: str, id: str, says: str, replacements: list[tuple], source: str | None):
        self.target, self.id, self.says = target, id, says
        self.replacements, self.source = replacements, source

    @functools.cached_property
    def right(self) -> sources.Source:
        """The right source that is edited."""
        shown = sources.library(self.target) if self.source == "library" else sources.solution(self.target)
        if shown is None:
            raise ValueError(f"{self.id}: there is no right source of {self.target} to edit")
        if self.source in (None, "library"):
            return shown
        return sources.Source(textwrap.dedent(self.source).strip(), shown.space, shown.name)

    @functools.cached_property
    def text(self) -> str:
        """The right source with the edit made; a ValueError says why it cannot be."""
        text = self.right.text
        for before, after in self.replacements:
            text = replaced(text, before, after, self.id)
        return text

    @functools.cached_property
    def function(self) -> Callable:
        """The exercise, written wrongly."""
        return self.right.make(self.text, f"<mistake {self.id}>")


def edits(target: str, *listed: tuple, source: str | None = None) -> None:
    """Register mistakes that are edits of the solution, or of another right `source`."""
    for id, *edit, says in listed:
        replacements = edit[0] if len(edit) == 1 else [tuple(edit)]
        registry.find_registered(target).mistakes.append(
            EditedMistake(target, id, says, replacements, source)
        )


def replaced(text: str, before: object, after: str, id: str) -> str:
    """The text with one thing in it replaced; a ValueError where that is not there, or not there once.

    >>> replaced("a + a", ("a", 2), "b", "wrong-letter")
    'a + b'
    """
    if before is ...:
        return _with_body(text, after)
    before, which = before if isinstance(before, tuple) else (before, None)
    times = text.count(before)
    if which == "every" and times:
        return text.replace(before, after)
    if which is None and times > 1:
        raise ValueError(f"{id}: {before!r} stands {times} times in the source: name which, ({before!r}, 2)")
    if times < (which or 1):
        raise ValueError(f"{id}: {before!r} stands {times} times in the source, and is needed:\n{text}")
    place = -1
    for _ in range(which or 1):
        place = text.index(before, place + 1)
    return text[:place] + after + text[place + len(before) :]


def _with_body(text: str, body: str) -> str:
    """The definition alone, with other lines below it."""
    lines = text.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("def "))
    end = next(number for number in range(start, len(lines)) if lines[number].rstrip().endswith(":"))
    return "\n".join([*lines[: end + 1], textwrap.indent(textwrap.dedent(body).strip(), "    ")])
