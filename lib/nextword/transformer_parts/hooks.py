"""Under rung `transformer`: hook points, at which a model's vectors can be looked at and changed.

A hook point is a layer's number and a name, such as `"3.query"`; `"*.query"` is that of every layer; `"final"` is the
stream after the last layer, and `"normed"` the same after the final norm: `model.stream(ids)` ends before both, and
`next_logits` sends the last vector alone through them. They are torch's own hooks, and stay where they are when
functions of the library are replaced.
With no hook, nothing runs; and a hook sees what its own thread runs, since in a notebook a slider may run the same
model while a cell does.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from torch import Tensor, nn

BEFORE, AFTER = "before", "after"
HOOK_POINTS = {  # in a layer, in the order in which they come: where it is, and whether before or after
    "stream": ("", BEFORE),  # what the layer reads
    "query": ("attention.hook_points.query_ready", AFTER),  # turned by RoPE: `attention.weights` of these two
    "key": ("attention.hook_points.key_ready", AFTER),  # are the pattern
    "value": ("attention.hook_points.value_ready", AFTER),
    "mixed": ("attention.output", BEFORE),  # what each head found, side by side
    "attention": ("attention", AFTER),  # what attention adds to the stream
    "middle": ("mlp_norm", BEFORE),  # the stream between attention and MLP
    "neurons": ("mlp.down", BEFORE),
    "mlp": ("mlp", AFTER),  # what the MLP adds to the stream
}
ENDS = {"final": ("final_norm", BEFORE), "normed": ("final_norm", AFTER)}


@contextmanager
def hooked(model: nn.Module, functions: dict[str, Callable[[Tensor], Tensor | None]]) -> Iterator[None]:
    """Show the vectors of each hook point to its function; what that gives back, if anything, takes their place."""
    with ExitStack() as stack:
        for pattern, look in functions.items():
            for point in matching(model, pattern):
                stack.enter_context(hook(model, point, in_this_thread(look)))
        yield


def in_this_thread(look: Callable[[Tensor], Tensor | None]) -> Callable[[Tensor], Tensor | None]:
    """The same for what this thread runs; in any other it sees nothing, and changes nothing."""
    here = threading.get_ident()
    return lambda vectors: look(vectors) if threading.get_ident() == here else None


@contextmanager
def recorded(model: nn.Module, *patterns: str) -> Iterator[dict[str, Tensor]]:
    """A dict that holds, after the model has run, the vectors of these hook points as they were in its last run."""
    seen = {}
    points = [point for pattern in patterns for point in matching(model, pattern)]

    def keeper(point: str) -> Callable[[Tensor], None]:
        return lambda vectors: seen.__setitem__(point, vectors.detach().clone())

    with hooked(model, {point: keeper(point) for point in points}):
        yield seen


def matching(model: nn.Module, pattern: str) -> list[str]:
    """The hook points that a pattern such as `"*.query"` names, or a ValueError that lists what there is."""
    layer, _, name = pattern.rpartition(".")
    numbers = [str(number) for number in range(len(model.layers))]
    if pattern in ENDS:
        return [pattern]
    if name not in HOOK_POINTS or layer not in [*numbers, "*"]:
        names = ", ".join(HOOK_POINTS)
        raise ValueError(
            f"there is no hook point {pattern!r}: write a layer (0 to {len(numbers) - 1}, or *), a dot, and one of "
            f"{names}; or one of {', '.join(ENDS)}"
        )
    return [f"{number}.{name}" for number in (numbers if layer == "*" else [layer])]


def hook(model: nn.Module, point: str, look: Callable[[Tensor], Tensor | None]):
    """Torch's hook at one hook point; leaving its `with` block takes it away."""
    layer, _, name = point.rpartition(".")
    path, when = ENDS[point] if point in ENDS else HOOK_POINTS[name]
    module = model.get_submodule(path if point in ENDS else f"layers.{layer}.{path}".rstrip("."))
    if when == AFTER:
        return module.register_forward_hook(lambda module, args, output: look(output))

    def before(module: nn.Module, args: tuple) -> tuple | None:
        changed = look(args[0])
        return None if changed is None else (changed, *args[1:])

    return module.register_forward_pre_hook(before)
