"""Replace one function of the library while it runs, and put it back.

The library calls its own functions through their module at the moment of the call, so a replacement is used at once,
everywhere, by models that were built before it too, and in every thread. `fast` alone is for one thread.
"""

import functools
import importlib
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

FAST = {  # target -> the library's own twin of it, compiled
    "attention.attend": "attention.attend_fused",
    "quantization.product": "quantization.product_fast",
}
BYPASSED = {  # target -> the functions that its twin does without: replaced, they must be called
    "attention.attend": (
        "attention.weights",
        "attention.scores",
        "attention.mask_future",
        "attention.mask_outside_window",
        "attention.relative_positions",
        "attention.weighted_sum",
        "attention.repeat_kv",
        "sampling.softmax",
    ),
    "quantization.product": (),
}


@dataclass(eq=False)
class Layer:
    """A function that stands in a target's place; the newest one is called."""

    function: Callable
    thread: int | None = None  # whose `with` block it is for; None: it stays


_lock = threading.RLock()
if hasattr(os, "register_at_fork"):  # a copy of this process must not inherit it held
    os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release)
_own = {}  # target -> the library's own function
_layers = {}  # target -> what was put in its place, the oldest first
_dispatchers = {}  # target -> what asks each thread whether it wants the fast twin, while one does
_wants_fast = threading.local()  # targets, as `fast` has found them for this thread
_n_fast = 0  # open `fast` blocks, of all threads


def locate(target: str) -> tuple[object, str]:
    """The module or class that holds a target such as `ngram.count_next`, and the name it has there.

    >>> locate("ngram.count_next")
    (<module 'nextword.ngram' from ...>, 'count_next')
    """
    *path, name = target.split(".")
    owner, module = None, "nextword"
    for part in path:
        module = f"{module}.{part}"
        if owner is not None and hasattr(owner, part):
            owner = getattr(owner, part)
            continue
        try:
            owner = importlib.import_module(module)
        except ModuleNotFoundError as error:
            if error.name != module:
                raise  # it is there, and needs a package that this machine does not have
            raise ValueError(f"nextword has no {target!r}: there is no {part!r} to look in") from None
    if owner is None or not hasattr(owner, name):
        raise ValueError(f"nextword has no {target!r}: write it as rung.function, such as 'ngram.loss'")
    return owner, name


def original(target: str):
    """The library's own function, whether or not another stands in its place."""
    owner, name = locate(target)
    with _lock:
        return _own.get(target, getattr(owner, name))


def replace(target: str, function) -> None:
    """Put `function` in the place of `nextword.<target>`."""
    with _lock:
        layers = [layer for layer in _layers.get(target, []) if layer.thread is not None]
        _settle(target, [*layers, Layer(function)])


def restore(target: str) -> None:
    """Put the library's own function back; nothing happens where it stands already."""
    with _lock:
        _settle(target, [layer for layer in _layers.get(target, []) if layer.thread is not None])


def replaced() -> tuple[str, ...]:
    """The targets that run something other than the library's own, in the order of replacing."""
    return tuple(_layers)


def _settle(target: str, layers: list[Layer]) -> None:
    """Let the newest of these layers be called, or the library's own function where there are none."""
    owner, name = locate(target)
    own = _own.setdefault(target, getattr(owner, name))
    if layers:
        _layers[target] = layers
        setattr(owner, name, layers[-1].function)
        return
    _layers.pop(target, None)
    setattr(owner, name, _dispatchers.get(target, own))
    if target not in _dispatchers:
        del _own[target]


@contextmanager
def replacing(target: str, function) -> Iterator[None]:
    """Replace for the length of a `with` block, then put back what stood there.

    One thread at a time: another that wants the same target meanwhile is refused with a RuntimeError.
    """
    layer = Layer(function, threading.get_ident())
    with _lock:
        others = {one.thread for one in _layers.get(target, [])} - {layer.thread, None}
        if others & {thread.ident for thread in threading.enumerate()}:
            raise RuntimeError(
                f"{target} is replaced in another thread just now: wait until that is over, and run this again"
            )
        _settle(target, [*_layers.get(target, []), layer])
    try:
        yield
    finally:
        with _lock:  # blocks may end in another order than they began: each takes away its own layer only
            _settle(target, [one for one in _layers.get(target, []) if one is not layer])


@contextmanager
def fast() -> Iterator[None]:
    """In a `with` block, and in this thread only, run attention as one fused kernel, and int8 products as one call.

    The results are the same, as closely as each twin promises. A function that another has taken the place of, such
    as yours, is always called: if the kernel would do without one of those, attention stays as it is.
    """
    before = getattr(_wants_fast, "targets", frozenset())
    with ExitStack() as stack:
        with _lock:
            _dispatch(+1)
            stack.callback(_dispatch, -1)
            _wants_fast.targets = frozenset(target for target in FAST if _is_whole(target))
        stack.callback(setattr, _wants_fast, "targets", before)
        yield


def _is_whole(target: str) -> bool:
    """Whether a target, and all that its fast twin does without, are the library's own."""
    return all(
        one not in _layers and getattr(*locate(one)).__module__ == f"nextword.{one.rpartition('.')[0]}"
        for one in (target, *BYPASSED[target])
    )


def _dispatch(more: int) -> None:
    """One `fast` block more or less: while there are any, the targets ask whose thread it is."""
    global _n_fast
    with _lock:
        _n_fast += more
        for target, twin in FAST.items():
            if _n_fast and target not in _dispatchers:
                own = _own.get(
                    target, getattr(*locate(target))
                )  # not `original`: a judge may stand in its place
                _dispatchers[target] = _either(target, own, twin)
            elif not _n_fast:
                del _dispatchers[target]
            _settle(target, _layers.get(target, []))


def _either(target: str, own: Callable, twin: str) -> Callable:
    """The library's own function, or its twin for a thread that wants it fast."""

    @functools.wraps(own)
    def either(*arguments, **named):
        wanted = target in getattr(_wants_fast, "targets", ()) and _layers.keys().isdisjoint(BYPASSED[target])
        return (getattr(*locate(twin)) if wanted else own)(*arguments, **named)

    return either
