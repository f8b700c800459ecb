"""A product that remembers: its value, the two numbers that it was made of, and its slope with respect to each."""

from classroom.judge.comparison import kind, show
from classroom.judge.listed import edits
from classroom.judge.registry import View, Wrong, check
from classroom.lessons.backprop.shared import in_training
from nextword.autograd import Value


def made(a: float, b: float | None) -> tuple[Value, Value]:
    """Two values, or one twice where b is None."""
    first = Value(a)
    return first, first if b is None else Value(b)


def written(a: float, b: float | None) -> str:
    return f"a = Value({a:.4g}); multiply(a, a)" if b is None else f"multiply(Value({a:.4g}), Value({b:.4g}))"


def see(multiply, a: float, b: float | None) -> dict:
    """What the product holds, where a and b are named by what they are."""
    first, second = made(a, b)
    end, shown = multiply(first, second), written(a, b)
    if isinstance(end, int | float):
        says = "It gave a plain number, which remembers nothing. Make a number that does: "
        raise Wrong("multiply-plain", f"{says}autograd.Value(product, parents, slopes).", shown, show(end))
    if not isinstance(end, Value):
        gave = "nothing back" if end is None else kind(end)
        raise Wrong(
            "multiply-no-value", f"It gave {gave}, and a Value is needed: autograd.Value(...).", shown
        )
    if (first.data, second.data) != (a, a if b is None else b) or first.grad or second.grad:
        says = "It changed a or b themselves. A slope is kept with the product: the third thing that Value(...) takes. "
        raise Wrong("multiply-changes", f"{says}Gradients come later, by backward.", shown)
    if end is first or end is second:
        raise Wrong("multiply-changes", "It gave back one of its own parents: make a new Value.", shown)
    if not isinstance(end.data, int | float):
        says = f"The product's number is {kind(end.data)}. A plain number is needed: a.data is that of a."
        raise Wrong("multiply-data-not-plain", says, shown)
    for what, held in (("parents", end.parents), ("slopes", end.slopes)):
        if not isinstance(held, tuple | list):
            says = f"Its {what} are {kind(held)}. Needed is a pair, one of a and one of b, in round brackets."
            raise Wrong("multiply-no-pair", says, shown)
    are_numbers = any(not isinstance(parent, Value) for parent in end.parents)
    if are_numbers and any(isinstance(slope, Value) for slope in end.slopes):
        says = "Parents and slopes have changed places: first the parents, then the slopes."
        raise Wrong("multiply-slopes-as-parents", says, shown)
    if are_numbers:
        says = "The parents are plain numbers, to which no blame can be passed. Give the values (a, b) themselves."
        raise Wrong("multiply-parents-numbers", says, shown)
    if any(isinstance(slope, Value) for slope in end.slopes):
        says = "A slope is a plain number, and here a whole Value stands: b.data is the number of b."
        raise Wrong("multiply-slopes-not-plain", says, shown)
    parents, slopes = _named(end, first, second), tuple(end.slopes)
    if parents == ("b", "a") and len(slopes) == 2:
        parents, slopes = parents[::-1], slopes[::-1]  # both the other way round is as right
    return {"value": end.data, "parents": parents, "slopes": slopes}


def _named(end: Value, a: Value, b: Value) -> tuple[str, ...]:
    return tuple(
        "a" if one is a else "b" if one is b else f"another {type(one).__name__}" for one in end.parents
    )


@check(
    "autograd.multiply",
    view=View(see, written),
    lives=in_training,
    cases=[
        (3.0, 5.0),
        (-2.0, 4.0),
        (0.5, -0.25),
        (7.0, 0.0),
        (0.0, 3.0),
        (3.0, None),
        (1.0, 1.0),
        (2.0, 2.0),
        (-1.5, -6.0),
    ],
    awkward=[(1e200, 1e-200), (0.0, 0.0), (-0.5, None), (1e-12, 3.0)],
)
def multiply(a, b):
    second = a if b is None else b
    rise_with_a = (a + 1) * second - a * second if abs(a) < 1e6 else second
    assert abs(rise_with_a - second) < 1e-6 * max(1, abs(second))
    return {"value": a * second, "parents": ("a", "a" if b is None else "b"), "slopes": (second, a)}


edits(
    "autograd.multiply",
    (
        "multiply-slopes-swapped",
        "(b.data, a.data)",
        "(a.data, b.data)",
        "Each parent was given its own number as its slope. Where a rises by 1, the product rises by b: "
        "the slope that belongs to a is b.data, and that of b is a.data.",
    ),
    (
        "multiply-slopes-of-sum",
        "(b.data, a.data)",
        "(1.0, 1.0)",
        "These are the slopes of a sum. Where a rises by 1, a product rises by b: 3 x 5 is 15, and 4 x 5 is 20.",
    ),
    (
        "multiply-no-parents",
        ", (a, b), (b.data, a.data)",
        "",
        "The product is right, and it forgot what it was made of: give Value its parents (a, b) and its slopes, too.",
    ),
    (
        "multiply-no-slopes",
        ", (b.data, a.data)",
        "",
        "The slopes are missing: the third thing that Value(...) takes, one for a and one for b.",
    ),
    (
        "multiply-parents-copied",
        "(a, b), ",
        "(autograd.Value(a.data), autograd.Value(b.data)), ",
        "The parents are new values that only look like a and b: blame passed to them never reaches a and b. Give (a, b) themselves.",
    ),
    (
        "multiply-adds",
        "a.data * b.data",
        "a.data + b.data",
        "The number is that of a sum: a product is a.data * b.data.",
    ),
    (
        "multiply-slopes-whole",
        "(b.data, a.data)",
        "(a.data * b.data, a.data * b.data)",
        "Each slope is the whole product. Where a rises by 1, the product rises by b alone.",
    ),
)
