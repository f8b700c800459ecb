"""When two values met on the way are the same: closer than answers must be, for here a match is evidence."""

import math

from classroom.judge.comparison import is_array, is_number, is_tensor, same

NEAR = 4e-6  # two orders of the same sums differ by less; a slip by more


def equal(a: object, b: object) -> bool:
    """Whether two values met on the way are equal.

    >>> equal([0.5, 1], [0.5000001, 1]), equal([0.5, 1], [0.5001, 1])
    (True, False)
    """
    if is_tensor(a) and is_tensor(b):
        if a.shape != b.shape or a.is_complex() or b.is_complex():
            return False
        a, b = a.double(), b.double()
        finite = b[b.isfinite()].abs()
        largest = float(finite.max()) if finite.numel() else 0.0
        return a.allclose(b, NEAR, 1e-12 + 1e-6 * largest, equal_nan=True)
    if is_array(a) and is_array(b):
        return same(a, b, nan=True)
    if is_number(a) and is_number(b):
        return math.isclose(a, b, rel_tol=NEAR, abs_tol=1e-12) or (math.isnan(a) and math.isnan(b))
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(map(equal, a, b))
    return same(a, b, nan=True)


def tells(value: object) -> bool:
    """Whether a match of this value means something: two or more numbers that differ, or as much text."""
    if is_tensor(value):
        return value.numel() > 1 and not bool((value == value.flatten()[0]).all())
    if is_array(value):
        return value.size > 1 and not bool((value == value.flat[0]).all())
    if isinstance(value, list | tuple):
        return any(map(tells, value)) or (len(value) > 1 and any(one != value[0] for one in value[1:]))
    if isinstance(value, dict | str | bytes):
        return len(value) > 1
    return False


def proportional(a: object, b: object) -> bool:
    """Whether each row, or each column, of one table is a multiple of the other's: a right way may divide later."""
    if (
        not (is_tensor(a) and is_tensor(b))
        or a.shape != b.shape
        or a.ndim == 0
        or a.is_complex()
        or b.is_complex()
    ):
        return False
    a, b = a.double(), b.double()
    return _multiples(a, b) or (a.ndim > 1 and _multiples(a.mT, b.mT)) or _multiples(a.flatten(), b.flatten())


def _multiples(a, b) -> bool:
    largest = b.abs().argmax(dim=-1, keepdim=True)
    tops = [x.gather(-1, largest) for x in (a, b)]
    if bool((tops[0] == 0).any() | (tops[1] == 0).any()):
        return False
    return (a / tops[0]).allclose(b / tops[1], 1e-4, 1e-6)


def equal_where_finite(a: object, b: object) -> bool:
    """Whether two tables are equal but for places where one has a nan or an inf, which a later step may take out."""
    if not (is_tensor(a) and is_tensor(b)) or a.shape != b.shape or a.is_complex() or b.is_complex():
        return False
    finite = a.isfinite() & b.isfinite()
    return bool(finite.any()) and not bool(finite.all()) and equal(a[finite], b[finite])


def is_stretched(value: object, of: object) -> bool:
    """Whether a table merely holds another's numbers again, or in more axes."""
    if not (is_tensor(value) and is_tensor(of)) or value.shape == of.shape or value.numel() < of.numel():
        return False
    return bool(value.unique().equal(of.unique()))


class Values:
    """The values that right ways go through, found by what they are."""

    def __init__(self):
        self._by_kind = {}

    def add(self, value: object) -> None:
        """Remember a value, and the parts of one that is several."""
        if value not in self:
            self._by_kind.setdefault(_kind(value), []).append(value)
        if isinstance(value, tuple):
            for one in value:
                self.add(one)

    def __contains__(self, value: object) -> bool:
        return any(equal(value, one) for one in self._by_kind.get(_kind(value), ()))

    def has_multiple_of(self, value: object) -> bool:
        """Whether a right way goes through a multiple of it."""
        return any(proportional(value, one) for one in self._by_kind.get(_kind(value), ()))

    def has_squeezed(self, value: object) -> bool:
        """Whether a right way goes through the same numbers with other axes of length 1: it may keep them longer."""
        if not is_tensor(value):
            return False
        tensors = (one for kind, those in self._by_kind.items() if kind[0] == "tensor" for one in those)
        return any(equal(value.squeeze(), one.squeeze()) for one in tensors if one.shape != value.shape)

    def has_where_finite(self, value: object) -> bool:
        """Whether a right way goes through it, but for its nan and inf."""
        return any(equal_where_finite(value, one) for one in self._by_kind.get(_kind(value), ()))


def _kind(value: object) -> tuple:
    if is_tensor(value):
        return "tensor", tuple(value.shape)
    if is_array(value):
        return "array", value.shape
    if is_number(value):
        return ("number",)
    if isinstance(value, list | tuple):
        return "list", len(value)
    return (type(value).__name__,)
