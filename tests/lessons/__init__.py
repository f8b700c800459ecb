"""Answers as readers might write them: each listed mistake and each exercise once more, in other words.

`wrong` functions must get the diagnosis they name; `right` ones must pass.
"""

WRONG: list[tuple[str, str, object]] = []  # (target, id of the mistake, function)
RIGHT: list[tuple[str, object]] = []  # (target, function)


def wrong(target: str, id: str):
    def register(function):
        WRONG.append((target, id, function))
        return function

    return register


def right(target: str):
    def register(function):
        RIGHT.append((target, function))
        return function

    return register
