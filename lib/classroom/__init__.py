"""What teaches: the table of lessons, checks, diagnoses, widgets, and the `nextword` command."""

import importlib

_HOMES = {
    "mine.guesses": ("guess",),
    "mine.onward": ("where_next",),
    "display.source": ("show_source",),
    "app.exercise_copies": ("exercises", "show_solution", "start_again"),
}
__all__ = [name for names in _HOMES.values() for name in names]


def __getattr__(name: str):
    """What a notebook imports, loaded at its first use: `nextword doctor` runs even where torch does not."""
    for module, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"classroom.{module}"), name)
    raise AttributeError(f"classroom has no {name!r}; it has {', '.join(__all__)}")
