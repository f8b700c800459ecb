"""When two answers are the same, and how to show them in a few characters."""

import dataclasses
import inspect
import math
import numbers
import sys
from collections.abc import Mapping

WIDTH = 240  # characters of an answer that a diagnosis shows


def same(a, b, nan: bool = False) -> bool:
    """Whether two answers are equal, numbers up to rounding; with `nan`, nan equals nan.

    >>> same({"a": [0.1 + 0.2]}, {"a": [0.3]}), same([1], (1,)), same(True, 1)
    (True, False, False)
    """
    if is_tensor(a) and is_tensor(b):
        return a.shape == b.shape and a.double().allclose(b.double(), 1e-4, 1e-6, equal_nan=nan)
    if is_array(a) or is_array(b):
        return _arrays_close(a, b, 1e-6, 1e-9, nan)
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return a.keys() == b.keys() and all(same(a[key], b[key], nan) for key in a)
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        alike = isinstance(a, list) == isinstance(b, list) and len(a) == len(b)
        return alike and all(same(x, y, nan) for x, y in zip(a, b, strict=True))
    if is_number(a) and is_number(b):
        return _close(a, b) or (nan and a != a and b != b)
    if is_generator(a):
        return True  # drawing from it moves it on: no change that matters
    if is_module(a) and is_module(b):
        return type(a) is type(b) and same(dict(a.state_dict()), dict(b.state_dict()), nan)
    if dataclasses.is_dataclass(a) and type(a) is type(b) and not isinstance(a, type):
        return all(same(getattr(a, f.name), getattr(b, f.name), nan) for f in dataclasses.fields(a))
    if is_bare_object(a) and is_bare_object(b):
        return _same_objects(a, b, nan)
    if type(a) is not type(b) or getattr(a, "shape", None) != getattr(b, "shape", None):
        return False
    return bool((a == b).all() if hasattr(a == b, "all") else a == b)  # of arrays, all numbers


def _same_objects(a, b, nan: bool) -> bool:
    """Whether two objects hold the same: graphs, too, in which a thing can be reached on many paths."""
    there, back, waiting = {}, {}, [(a, b)]
    while waiting:
        x, y = waiting.pop()
        if is_bare_object(x) and is_bare_object(y):
            if there.get(id(x)) == id(y) and back.get(id(y)) == id(x):
                continue
            if id(x) in there or id(y) in back or type(x) is not type(y) or vars(x).keys() != vars(y).keys():
                return False  # a thing with another partner: it is one where the other graph has two
            there[id(x)], back[id(y)] = id(y), id(x)
            waiting += [(value, vars(y)[name]) for name, value in vars(x).items()]
        elif type(x) is type(y) and isinstance(x, list | tuple) and len(x) == len(y):
            waiting += zip(x, y, strict=True)
        elif not same(x, y, nan):
            return False
    return True


def _close(a, b) -> bool:
    try:
        return math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9)
    except OverflowError:  # a whole number too large for a fraction
        return a == b


def _arrays_close(a, b, relative: float, absolute: float, nan: bool) -> bool:
    """Arrays of numpy, or one of them and a number of numpy's own, which is what a sum over all axes leaves."""
    numpy = sys.modules["numpy"]
    if not all(isinstance(x, numpy.ndarray | numpy.generic) for x in (a, b)) or a.shape != b.shape:
        return False
    if not all(is_numeric(x) for x in (a, b)):
        return a.dtype == b.dtype and bool((a == b).all())
    if numpy.finfo(numpy.float32).dtype in (a.dtype, b.dtype):
        relative, absolute = max(relative, 1e-4), max(absolute, 1e-6)
    return numpy.allclose(a, b, relative, absolute, equal_nan=nan)


def is_tensor(x) -> bool:
    """Whether x is a tensor of torch's."""
    return _is_of_torch(x, "Tensor")


def is_array(x) -> bool:
    """Whether x is an array of numpy's."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(x, numpy.ndarray)


def is_numeric(array) -> bool:
    """Whether an array of numpy's holds whole numbers or fractions."""
    return array.dtype.kind in "iuf"


def is_generator(x) -> bool:
    """Whether x is one of torch's sources of chance."""
    return _is_of_torch(x, "Generator")


def is_module(x) -> bool:
    """Whether x is a model, or a part of one."""
    nn = sys.modules.get("torch.nn")
    return nn is not None and isinstance(x, nn.Module)


def _is_of_torch(x, kind: str) -> bool:
    """Torch takes a second to import, and as long as nobody has, nothing can be of its kinds."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(x, getattr(torch, kind))


def is_bare_object(x) -> bool:
    """Whether x is of a class that does not say when two of its kind are equal, as a graph's values are."""
    return (
        hasattr(x, "__dict__")
        and type(x).__eq__ is object.__eq__
        and not callable(x)
        and not inspect.ismodule(x)
    )


def is_number(x) -> bool:
    """Whether x is a number; True and False are not."""
    return isinstance(x, numbers.Real) and not isinstance(x, bool)


def has_nan(x) -> bool:
    """Whether nan stands anywhere in an answer.

    >>> has_nan({"a": [1.0, float("nan")]}), has_nan("nan")
    (True, False)
    """
    if is_tensor(x):
        return x.is_floating_point() and bool(x.isnan().any())
    if is_array(x):
        return x.dtype.kind == "f" and bool((x != x).any())
    if isinstance(x, Mapping):
        return any(map(has_nan, x.values()))
    if isinstance(x, list | tuple):
        return any(map(has_nan, x))
    return is_number(x) and math.isnan(x)


def differs_in_kind(yours, needed) -> str:
    """A sentence where the type, shape, length or keys differ; else nothing.

    >>> differs_in_kind([1, 2], [1, 2, 3])
    'It has 2 items, and 3 are needed.'
    >>> differs_in_kind({"boy": "3"}, {"boy": 3})
    "At ['boy']: it gave a text, and a number is needed."
    >>> differs_in_kind(0, None)
    'It gave a number, and None is needed.'
    """
    kinds = kind(yours), kind(needed)
    if kinds[0] != kinds[1]:
        mend = (
            " .item() makes it one." if is_number(needed) and is_tensor(yours) and yours.numel() == 1 else ""
        )
        if is_tensor(needed) and isinstance(yours, list) and yours:
            how = "stack" if all(map(is_tensor, yours)) else "tensor"
            mend = f" torch.{how}(your_list) makes one."
        return f"It gave {kinds[0]}, and {kinds[1]} is needed.{mend}"
    if (is_tensor(needed) or is_array(needed)) and yours.shape != needed.shape:
        return f"Its shape is {tuple(yours.shape)}, and {tuple(needed.shape)} is needed."
    if isinstance(needed, Mapping) and yours.keys() != needed.keys():
        missing = [key for key in needed if key not in yours]
        extra = [key for key in yours if key not in needed]
        parts = [
            f"{word}: {show(keys)}" for word, keys in (("missing", missing), ("too many", extra)) if keys
        ]
        return f"Its keys differ ({'; '.join(parts)})."
    if isinstance(needed, list | tuple) and len(yours) != len(needed):
        items = "1 item" if len(yours) == 1 else f"{len(yours)} items"
        return f"It has {items}, and {len(needed)} {'is' if len(needed) == 1 else 'are'} needed."
    if isinstance(needed, Mapping | list | tuple):
        for place in needed if isinstance(needed, Mapping) else range(len(needed)):
            if inside := differs_in_kind(yours[place], needed[place]):
                inside = inside if inside.startswith("At ") else f": {inside[0].lower()}{inside[1:]}"
                return f"At [{show(place)}]{inside.removeprefix('At ')}"
    return ""


def nearly(yours, needed) -> bool:
    """Whether two answers differ by so little that something was rounded or cut short.

    >>> nearly([2.65], [2.649]), nearly([2.65], [2.7])
    (True, False)
    """
    if is_tensor(yours) and is_tensor(needed):
        return yours.shape == needed.shape and yours.double().allclose(needed.double(), 5e-3, 5e-3)
    if is_array(yours) or is_array(needed):
        return _arrays_close(yours, needed, 5e-3, 5e-3, nan=False)
    if isinstance(yours, Mapping) and isinstance(needed, Mapping):
        return yours.keys() == needed.keys() and all(nearly(yours[key], needed[key]) for key in yours)
    if isinstance(yours, list | tuple) and isinstance(needed, list | tuple):
        alike = isinstance(yours, list) == isinstance(needed, list) and len(yours) == len(needed)
        return alike and all(map(nearly, yours, needed))
    if is_number(yours) and is_number(needed):
        return yours == needed or (yours % 1 != 0 and math.isclose(yours, needed, rel_tol=5e-3, abs_tol=5e-3))
    return same(yours, needed)


def kind(x) -> str:
    """What sort of thing x is, as one says it."""
    if x is None:
        return "None"
    if is_tensor(x):
        return "a tensor of fractions" if x.is_floating_point() else f"a tensor of {str(x.dtype)[6:]}"
    if is_array(x):
        return "an array of fractions" if x.dtype.kind == "f" else f"an array of {x.dtype}"
    if is_number(x):
        return "a number"
    for type_, name in (
        (Mapping, "a dictionary"),
        (list, "a list"),
        (tuple, "a tuple"),
        (str, "a text"),
        (bytes, "bytes"),
    ):
        if isinstance(x, type_):
            return name
    name = type(x).__name__
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def show(x) -> str:
    """An answer in a few characters.

    >>> import torch
    >>> show(torch.tensor([0.5, 0.25])), show({"boy": 1 / 3})
    ('tensor([0.5, 0.25])', "{'boy': 0.3333}")
    """
    word = "tensor" if is_tensor(x) else "array" if is_array(x) else ""
    return shorten(f"{word}({_rounded(x.tolist())})" if word else str(_rounded(x)))


def shorten(text: str) -> str:
    """The beginning and the end of a long text; a short one as it is."""
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 30]} ... {text[-25:]}"


class _Plain(str):
    """Text whose repr is itself, so that it stands in a list without quotes."""

    __repr__ = str.__str__


def _rounded(x):
    """The same nest of lists and dictionaries with numbers cut to four significant digits."""
    if is_tensor(x) or is_array(x):
        return _Plain(show(x))
    if isinstance(x, Mapping):
        return {key: _rounded(value) for key, value in x.items()}
    if isinstance(x, list):
        return [_rounded(value) for value in x]
    if isinstance(x, tuple):
        return tuple(_rounded(value) for value in x)
    if is_generator(x):
        return _Plain("generator")
    if inspect.isroutine(x):
        return _Plain(x.__name__)
    return _Plain(f"{x:.4g}") if isinstance(x, float) else _Plain(repr(x))
