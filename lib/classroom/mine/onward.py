"""`where_next("sampling")` at the end of an exercise sheet: what is left of it, and a link to what comes then."""

import os

from classroom import course, paths
from classroom.display import links
from classroom.display.verdict import Verdict
from classroom.mine import steps
from classroom.mine.decorator import show, shows_solutions


def where_next(name: str) -> None:
    """Show how far a lesson's exercises are, and links to the next lesson and to the reader's home."""
    lesson = course.find(name)
    then = steps.following(lesson)
    onward = {f"Next: {links.name(then)}": links.to(course.path("notebooks", then))} if then else {}
    if shows_solutions() or os.environ.get("CI"):  # nobody's progress is asked there
        said = "" if then else "That was the last lesson there is so far."
        return show(Verdict("note", f"This is the end of {links.name(lesson)}.", said, links=onward))
    said, _ = steps.standing(lesson)
    missing = [target.split(".")[-1] for target in steps.left(lesson)]
    if missing:
        said += f" Left: {', '.join(missing)}; about {steps.minutes_left(lesson)} minutes."
    onward["How far you are"] = links.to(paths.my() / "home.md")
    return show(Verdict("note" if missing else "right", said, links=onward))
