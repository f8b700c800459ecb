"""`@mine` and what belongs to it: a reader's functions are judged, kept, and run in the library's place."""

import importlib

_HOMES = {
    "certification": ("certificate",),
    "certification_of_training": ("training_certificate",),
    "decorator": ("mine", "use_mine", "give_back", "card", "showing_solutions"),
}
__all__ = [name for names in _HOMES.values() for name in names]


def __getattr__(name: str):
    """What a notebook imports, loaded at its first use: much here needs torch."""
    for module, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"classroom.mine.{module}"), name)
    raise AttributeError(f"classroom.mine has no {name!r}; it has {', '.join(__all__)}")
