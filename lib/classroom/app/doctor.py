"""Looks at this machine and the course on it: what a bug report needs, and a cure for each wrong thing.

A doctor must not faint: every examination is guarded. The report can be pasted in public: paths below the
reader's home begin with `~`.
"""

import os
import re
from collections.abc import Callable

from classroom.app import health
from classroom.app.health import Fault, Findings


def report() -> str:
    """All examinations, then what is wrong."""
    lines, wrong = ["What `nextword doctor` found"], []
    for look in health.ALL:
        lines.append(f"\n{look.__doc__.rstrip('.')}")
        for finding in guarded(look):
            if isinstance(finding, Fault):
                wrong.append(finding.sentence)
            else:
                lines.append("  {:14} {}".format(*finding))
    lines += ["", "To put right" if wrong else "Nothing is wrong, as far as this can tell."]
    lines += [f"  {number}. {sentence}" for number, sentence in enumerate(wrong, start=1)]
    return without_home("\n".join(lines))


def guarded(look: Callable[[], Findings]) -> Findings:
    """The findings of an examination; one that fails midway says so and ends."""
    try:
        yield from look()
    except Exception as error:
        yield "could not look", f"{type(error).__name__}: {error}"


def without_home(text: str) -> str:
    """The text with `~` for the reader's home."""
    for home in {os.path.expanduser("~"), os.path.realpath(os.path.expanduser("~"))} - {"/", ""}:
        text = re.sub(re.escape(home) + r"(?![\w.-])", "~", text)
    return text
