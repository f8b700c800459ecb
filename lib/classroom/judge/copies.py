"""Copies of what a function is given and gives: models, dataclasses, and tensors that carry gradients too."""

import copy
from collections.abc import Iterator, Mapping

from classroom.judge.comparison import is_module, is_tensor

DEEPEST = 8  # levels of things within things


def copied(thing: object, keep_graph: bool = False) -> object:
    """A deep copy; torch refuses to copy a tensor that was computed with gradients, so those are cloned.

    The clone is a beginning of its own, or with `keep_graph` one more step of the same computation.
    """
    memo = {}
    for tensor in _computed(thing):
        clone = tensor.clone() if keep_graph else tensor.detach().clone().requires_grad_()
        memo[id(tensor)] = clone
    return copy.deepcopy(thing, memo)


def _computed(thing: object, depth: int = 0, seen: set | None = None) -> Iterator:
    """The tensors within a thing that are no leaves of autograd."""
    seen = set() if seen is None else seen
    if id(thing) in seen or depth > DEEPEST:
        return
    if is_tensor(thing):
        if thing.requires_grad and not thing.is_leaf:
            yield thing
        return
    if isinstance(thing, str | bytes | int | float | type(None)):
        return
    seen.add(id(thing))
    if isinstance(thing, Mapping):
        inner = thing.values()
    elif isinstance(thing, list | tuple | set | frozenset):
        if thing and all(isinstance(one, str | int | float) for one in thing):
            return
        inner = thing
    elif is_module(thing):
        inner = [part.__dict__ for part in thing.modules()]
    else:
        inner = (
            getattr(thing, "__dict__", {}).values()
            if not isinstance(thing, type) and not callable(thing)
            else ()
        )
    for one in list(inner):
        yield from _computed(one, depth + 1, seen)
