"""`@mine("ngram.count_next")` above a reader's function: check it, and run the library on it.

Right: the library calls it from now on, and the cell is kept for later lessons. Wrong: a few lines say why, and the
library stays as it was. Not written yet: the library's own stands in, so that the notebook runs on.
"""

import os
from collections.abc import Callable

from classroom import checking, course, keeping, progress
from classroom.verdict import Verdict
from nextword import swap

_showing = False  # True in a solutions notebook: nothing there is the reader's


def showing_solutions() -> None:
    """Say that this notebook shows solutions: they are checked and used here, and never kept as the reader's."""
    global _showing
    _showing = True


def mine(target: str) -> Callable:
    """Decorate your function with the name of what it replaces: it is checked as soon as the cell runs."""
    check = checking.find(target)

    def decorate(function: Callable) -> Callable:
        if keeping.is_kept_file(function):
            return function  # a kept file being loaded: use_mine judges it
        verdict, function = judge(check, function)
        show(verdict)
        return function

    return decorate


def judge(check: checking.Check, function: Callable) -> tuple[Verdict, Callable]:
    """The verdict on a function fresh from a cell, and the function that the notebook goes on with."""
    if function.__name__ != check.name:
        return Verdict("wrong", f"{check.target}: this function is named {function.__name__}"), function
    try:
        candidate, source = reload(check, function)
        wrong = checking.diagnose(check, candidate)
    except NotImplementedError:
        return to_do(check), swap.original(check.target)
    except (NameError, SyntaxError, ImportError) as error:
        return failed(check, could_not_load(error, function)), function
    if wrong is None:
        return passed(check, candidate, source), function
    return failed(check, wrong), function


def reload(check: checking.Check, function: Callable) -> tuple[Callable, str | None]:
    """The function made anew from its cell alone, and the file that would be kept."""
    try:
        source = keeping.with_imports(check.target, keeping.cell_of(function))
    except OSError:
        return function, None
    return keeping.load(check.target, source), source


def could_not_load(error: Exception, function: Callable) -> checking.Wrong:
    """Why a cell cannot stand by itself."""
    name = getattr(error, "name", None)
    if isinstance(error, NameError) and name in function.__globals__:
        says = f"{name!r} is made in another cell. What is kept is this cell alone: copy it here, above the function."
        return checking.Wrong("needs-another-cell", says)
    return checking.Wrong("cannot-be-kept", f"This cell does not run by itself: {error}")


def to_do(check: checking.Check) -> Verdict:
    """Not written yet."""
    return Verdict("to do", f"{check.target}: to do (the library's own stands in)")


def failed(check: checking.Check, wrong: checking.Wrong) -> Verdict:
    """Wrong: what was misunderstood, and the smallest call that shows it."""
    if not _showing:
        progress.note(check.target, "tried")
    rows = {"this call": wrong.call, "yours": wrong.yours, "needed": wrong.needed}
    return Verdict("wrong", f"{check.target}: not yet  [{wrong.id}]", wrong.says, rows=rows)


def passed(check: checking.Check, function: Callable, source: str | None) -> Verdict:
    """Right: install it, and keep it unless this is a solution."""
    swap.replace(check.target, function)
    if _showing:
        return Verdict("right", f"{check.target}: right")
    progress.note(check.target, "passed")
    headline = f"{check.target}: right. The library runs yours now."
    if source is None or os.environ.get("CI"):
        return Verdict("right", headline, "" if source else "Not written in a notebook cell, so it is not kept.")
    try:
        keeping.keep(check.target, source)
    except OSError as error:
        return Verdict("right", headline, f"It could not be kept for later lessons: {error.strerror or error}.")
    return Verdict("right", headline, f"Kept for later lessons: my/functions/{check.target}.py")


def use_mine(only: str | list[str] | None = None) -> None:
    """Check the functions kept from earlier exercises again, and run the library on those that are right.

    `only` names the targets to use; all of them otherwise.
    """
    only = [only] if isinstance(only, str) else only
    missing = [target for target in only or [] if target not in keeping.kept()]
    if missing:
        show(Verdict("note", f"You have no {missing[0]} yet: pass its exercise first, and it is kept."))
    for target in keeping.kept():
        if only is None or target in only:
            verdict = bring_back(target)
            if verdict:
                show(verdict)
    card()


def bring_back(target: str) -> Verdict | None:
    """Install one kept function; a verdict where it cannot be."""
    try:
        check = checking.find(target)
        function = keeping.load(target, keeping.file(target).read_text(encoding="utf-8"))
        wrong = checking.diagnose(check, function)
    except Exception as error:  # the reader may have edited the file in any way
        return Verdict("wrong", f"my/functions/{target}.py does not load: {type(error).__name__}: {error}")
    if wrong:
        return Verdict("wrong", f"my/functions/{target}.py is no longer right  [{wrong.id}]", wrong.says)
    swap.replace(target, function)
    return None


def give_back(target: str | None = None) -> None:
    """Run the library's own function again, for one target or for all; what is kept stays kept."""
    for one in [target] if target else swap.replaced():
        swap.restore(one)
    card()


def card() -> None:
    """Show which functions of the library are the reader's just now."""
    rows = {}
    for lesson in course.written():
        targets = [check.target for check in checking.of_lesson(lesson)]
        yours = [target.split(".")[-1] for target in targets if target in swap.replaced()]
        if yours:
            rows[f"{lesson.number} {lesson.title}"] = f"{len(yours)} of {len(targets)}: {', '.join(yours)}"
    if rows:
        show(Verdict("right", "The library runs on functions of yours:", rows=rows))
    else:
        show(Verdict("note", "The library runs on its own functions. Those you write in exercises will stand here."))


def show(verdict: Verdict) -> None:
    """In a notebook a card, elsewhere plain lines."""
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ImportError:
        return print(verdict)
    return display(verdict) if get_ipython() else print(verdict)
