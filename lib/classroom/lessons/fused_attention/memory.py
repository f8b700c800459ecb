"""How much memory the tensors of a call take at their most, counted while it runs."""

import weakref
from collections.abc import Callable

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


class _Counter(TorchDispatchMode):
    """Adds up the bytes of what torch makes in a `with` block, and takes them off when it is let go."""

    def __init__(self, given: list[torch.Tensor]):
        super().__init__()
        self.now = self.most = 0
        self.known = {
            id(x.untyped_storage()): x for x in given
        }  # not made by the call: held, and not counted

    def __torch_dispatch__(self, function, types, arguments=(), named=None):
        made = function(*arguments, **(named or {}))
        for x in tree_leaves(made):
            if isinstance(x, torch.Tensor):
                self.count(x.untyped_storage())
        return made

    def count(self, storage) -> None:
        if id(storage) in self.known:
            return  # a view of what was counted
        self.known[id(storage)] = None
        self.now += storage.nbytes()
        self.most = max(self.most, self.now)
        weakref.finalize(storage, self.let_go, id(storage), storage.nbytes())

    def let_go(self, key: int, n_bytes: int) -> None:
        self.known.pop(key, None)
        self.now -= n_bytes


def most_bytes(function: Callable, *arguments, **named) -> int:
    """The most bytes that tensors made by a call took at one time, its result among them.

    >>> x = torch.zeros(1000)
    >>> most_bytes(lambda: x + 1), most_bytes(lambda: (x + 1) * 2), most_bytes(lambda: x[10:])
    (4000, 8000, 0)
    """
    given = [x for x in tree_leaves((arguments, named)) if isinstance(x, torch.Tensor)]
    given += [x for x in _closed_over(function) if isinstance(x, torch.Tensor)]
    with _Counter(given) as counter, torch.no_grad():
        function(*arguments, **named)
    return counter.most


def _closed_over(function: Callable) -> list:
    """What a function takes from around it."""
    code = getattr(function, "__code__", None)
    cells = [cell.cell_contents for cell in getattr(function, "__closure__", None) or ()]
    return cells + [function.__globals__.get(name) for name in code.co_names] if code else cells
