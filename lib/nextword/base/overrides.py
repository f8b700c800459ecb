"""Replace one function of the library while it runs, and put it back.

The library calls its own functions through their module at the moment of the call, so a replacement
is used at once, everywhere, by models that were built before it too.
"""

import importlib
from contextlib import contextmanager

FAST = {"attention.attend": "attention.attend_fused"}  # target -> the library's own twin of it, compiled
_originals = {}  # target -> the library's own function


def locate(target: str) -> tuple[object, str]:
    """The module or class that holds a target such as `ngram.count_next`, and the name it has there.

    >>> locate("ngram.count_next")
    (<module 'nextword.ngram' from ...>, 'count_next')
    """
    *path, name = target.split(".")
    owner, module = None, "nextword"
    for part in path:
        if owner is not None and hasattr(owner, part):
            owner = getattr(owner, part)
            continue
        module = f"{module}.{part}"
        try:
            owner = importlib.import_module(module)
        except ModuleNotFoundError:
            raise ValueError(f"nextword has no {target!r}: there is no {part!r} to look in") from None
    if owner is None or not hasattr(owner, name):
        raise ValueError(f"nextword has no {target!r}: write it as rung.function, such as 'ngram.loss'")
    return owner, name


def original(target: str):
    """The library's own function, whether or not another stands in its place."""
    owner, name = locate(target)
    return _originals.get(target, getattr(owner, name))


def replace(target: str, function) -> None:
    """Put `function` in the place of `nextword.<target>`."""
    owner, name = locate(target)
    _originals.setdefault(target, getattr(owner, name))
    setattr(owner, name, function)


def restore(target: str) -> None:
    """Put the library's own function back; nothing happens where it stands already."""
    if target in _originals:
        owner, name = locate(target)
        setattr(owner, name, _originals.pop(target))


def replaced() -> tuple[str, ...]:
    """The targets that run something other than the library's own, in the order of replacing."""
    return tuple(target for target in _originals if not is_fast(target))


def fast() -> None:
    """Run attention as one fused kernel from now on, unless another function, such as yours, stands in its place.

    The results are the same. `restore("attention.attend")` brings the plain one back.
    """
    for target, twin in FAST.items():
        if target not in _originals:
            replace(target, getattr(*locate(twin)))


def is_fast(target: str) -> bool:
    """Whether a target runs the library's own fast twin."""
    return target in FAST and getattr(*locate(target)) is getattr(*locate(FAST[target]))


@contextmanager
def replacing(target: str, function):
    """Replace for the length of a `with` block, then put back what stood there."""
    owner, name = locate(target)
    before, was_replaced = getattr(owner, name), target in _originals
    replace(target, function)
    try:
        yield
    finally:
        setattr(owner, name, before)
        if not was_replaced:
            _originals.pop(target, None)
