"""What a function did with an input, as a text that must be equal and numbers that must be nearly equal."""

from collections.abc import Mapping

import numpy as np
import torch

from classroom.judge.comparison import is_number
from classroom.judge.sandbox import Outcome


def exactly(outcome: Outcome) -> tuple[str, np.ndarray]:
    """The kind of each part, and all numbers in a row; of an error only that it came."""
    if outcome.error is not None:
        return "stopped", np.zeros(0)
    key, numbers = [], []
    _walk(outcome.value, key, numbers)
    return "".join(key) + "*" * outcome.changed_input, np.concatenate(numbers) if numbers else np.zeros(0)


def _walk(x, key: list[str], numbers: list[np.ndarray]) -> None:
    if isinstance(x, torch.Tensor):
        key.append(f"tensor {tuple(x.shape)} {'whole' if not x.is_floating_point() else ''}")
        numbers.append((torch.view_as_real(x) if x.is_complex() else x).detach().double().flatten().numpy())
    elif isinstance(x, np.ndarray):
        key.append(f"array {x.shape} {x.dtype}")
        numbers.append(x.astype(float).ravel())
    elif isinstance(x, Mapping):
        for k in sorted(x, key=repr):
            key.append(f"{k!r}:")
            _walk(x[k], key, numbers)
        key.append("}")
    elif isinstance(x, list | tuple):
        key.append("[" if isinstance(x, list) else "(")
        for part in x:
            _walk(part, key, numbers)
        key.append("]")
    elif is_number(x):
        key.append("number ")
        numbers.append(np.array([float(x)]))
    else:
        shown = repr(sorted(map(repr, x))) if isinstance(x, set) else repr(x)[:10_000]
        key.append(f"{type(x).__name__} {'' if hasattr(x, '__next__') else shown}")


def alike(a: tuple[str, np.ndarray], b: tuple[str, np.ndarray]) -> bool:
    """Whether both are the same but for rounding; infinities must be the same ones."""
    if a[0] != b[0]:
        return False
    x, y = a[1], b[1]
    with np.errstate(all="ignore"):
        near = np.isfinite(x) & np.isfinite(y) & (np.abs(x - y) <= 1e-6 + 1e-4 * np.abs(y))
        return bool(((x == y) | near | (np.isnan(x) & np.isnan(y))).all())
