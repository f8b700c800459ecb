"""A cell with an exercise that Python cannot read gets a card, as any other mistake does.

Python stops at a syntax error before a line runs, so `@mine` never sees it. A transformer of IPython's looks at each
cell that holds `@mine(` first, and puts in its place one that shows the card.
"""

import ast
import re

from classroom.judge.registry import Wrong

EXPLAINED = (  # what Python says, and what that means
    (r"expected ':'", "A colon is missing: lines with def, if, else, for and while end in one."),
    (r"'([\(\[\{])' was never closed", r"The bracket \1 is opened here and never closed."),
    (r"unmatched '([\)\]\}])'", r"The bracket \1 closes what was never opened: is it one too many?"),
    (r"parenthesis '(.)' does not match opening parenthesis '(.)'", r"\2 was opened, and \1 cannot close it."),
    (r"forgot a comma", "Something is missing between two things: a comma, or a sign such as * or +."),
    (r"instead of '='|cannot assign to", "= gives a name a value. To ask whether two things are equal, write ==."),
    (r"unterminated (triple-quoted )?(f-)?string", "A text is opened with a quote, and no quote closes it."),
    (r"expected an indented block after (.*?) on line", r"After \1, its lines must follow, set in by four spaces."),
    (r"unexpected indent", "This line is set in further than the one before it, and nothing opens a block there."),
    (r"unindent does not match", "This line is set in by a number of spaces that fits no line before it."),
    (r"inconsistent use of tabs", "Tabs and spaces are mixed at the beginnings of lines: use four spaces."),
    (r"'return' outside function", "return stands outside of the function: set it in by four spaces."),
    (r"'(break|continue)' (outside|not)", r"\1 stands outside of any loop."),
    (r"invalid (non-printable )?character", "Python does not know one of its signs, such as a curly quote: type it."),
    (r"positional argument follows keyword", "In a call, arguments by name (dim=-1) come after those without."),
    (r"invalid decimal literal", "A name cannot begin with a digit, and a number holds no letters."),
    (r"unexpected EOF|was never closed", "The cell ends too early: is a bracket or a quote still open?"),
)  # fmt: skip
BLOCK = re.compile(r"\s*(def|if|elif|else|for|while|with|try|class)\b")
TARGET = re.compile(r"""@mine\(\s*["']([\w.]+)["']""")


def watch() -> None:
    """Look at the cells of this notebook from now on; elsewhere nothing happens."""
    try:
        from IPython import get_ipython

        transformers = get_ipython().input_transformers_post
    except (ImportError, AttributeError):
        return
    if not any(getattr(one, "__name__", "") == transformed.__name__ for one in transformers):
        transformers.append(transformed)


def transformed(lines: list[str]) -> list[str]:
    """The lines of a cell as they are; or, where they cannot be read and hold an exercise, one that shows why."""
    code = "".join(lines)
    targets = [(code[: found.start()].count("\n") + 1, found[1]) for found in TARGET.finditer(code)]
    if not targets:
        return lines
    try:
        compile(code, "<cell>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except SyntaxError as error:
        line = error.lineno or 1
        target = [target for start, target in targets if start <= line or start == targets[0][0]][-1]
        shown = code.splitlines()[line - 1] if line <= len(code.splitlines()) else ""
        told = (target, line, explained(error.msg, shown), shown.strip())
        return [
            f"__import__('classroom.mine.decorator', fromlist=['unreadable_cell']).unreadable_cell(*{told!r})\n"
        ]
    except (ValueError, OverflowError, RecursionError, MemoryError):
        return lines  # Python will say so itself
    return lines


def explained(message: str, line: str = "") -> str:
    """What Python says of a syntax error, in our words for those met often.

    >>> explained("'(' was never closed")
    'The bracket ( is opened here and never closed.'
    """
    if message == "invalid syntax" and BLOCK.match(line) and ":" not in line:
        message = "expected ':'"
    for said, means in EXPLAINED:
        if found := re.search(said, message):
            return found.expand(means)
    return f"Python cannot read it: {message}."


def wrong(line: int, says: str) -> Wrong:
    """What is told of a cell that cannot be read."""
    return Wrong("unreadable", f"Python could not read the cell, and stopped in its line {line}. {says}")
