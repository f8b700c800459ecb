"""What is right but for a little that got lost: an axis of length 1, or white space at an end."""

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
