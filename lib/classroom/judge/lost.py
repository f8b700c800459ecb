"""What is right but for a little that got lost: an axis of length 1, white space at an end, the kind of number."""

from classroom.judge.comparison import is_tensor, same


def lost(yours, needed) -> str:
    """A sentence where only axes of length 1, or the white space at an end, are missing; else nothing.

    >>> lost("a b", "a b\\n")
    'All is right but the white space at an end, which belongs to the text. Is it stripped?'
    """
    if isinstance(yours, str) and isinstance(needed, str) and yours != needed:
        ends = [
            (cut(needed, None), cut(needed, "\n"), cut(needed, " "))
            for cut in (str.strip, str.lstrip, str.rstrip)
        ]
        if any(yours in stripped for stripped in ends):
            return "All is right but the white space at an end, which belongs to the text. Is it stripped?"
    if is_tensor(yours) and is_tensor(needed) and yours.ndim < needed.ndim:
        if yours.shape == needed.squeeze().shape and same(yours, needed.squeeze()):
            return (
                f"The numbers are right, and an axis of length 1 got lost: the shape is {tuple(yours.shape)}, and "
                f"{tuple(needed.shape)} is needed. squeeze() without a number takes away every such axis."
            )
    return ""


def other_kind(arguments: tuple, yours) -> str:
    """A sentence where float32 came in and another kind of fraction goes out, which a model's layers refuse."""
    given = {x.dtype for x in arguments if is_tensor(x) and x.is_floating_point()}
    if (
        not is_tensor(yours)
        or not yours.is_floating_point()
        or {str(kind) for kind in given} != {"torch.float32"}
    ):
        return ""
    if yours.dtype in given:
        return ""
    kind = str(yours.dtype)[6:]
    return (
        f"The values are right, but float32 came in and {kind} goes out, and a model's matrices take no two kinds: "
        "leave out what changes it, or end with .to(x.dtype), for the x that came in."
    )
