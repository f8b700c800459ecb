"""What `likeliest` and `pick` share: options to try, and whether chance was asked."""

import contextlib
import random
import sys
from collections.abc import Callable

from classroom.judge.sandbox import run

_chance = random.Random(0)


def same_piece(yours: object, needed: str) -> bool:
    """Whether two pieces are one text; numpy's own kind of text is text as well."""
    return isinstance(yours, str) and yours == needed


def chances(*pieces: str) -> dict[str, float]:
    """Each piece with a probability by chance; they sum to 1."""
    shares = [_chance.random() for _ in pieces]
    return {piece: share / sum(shares) for piece, share in zip(pieces, shares, strict=True)}


LITTLE = {" boy": 0.3, " girl": 0.5, " town": 0.2}
MANY = chances(*(f" {letter}{other}" for letter in "swanduck" for other in "lingfot"))
EIGHT = {letter: 1 / 8 for letter in "abcdefgh"}


@contextlib.contextmanager
def seeded(seed: int):
    """Whatever chance a function may draw from, begun anew; and put back afterwards."""
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    states = random.getstate(), numpy and numpy.random.get_state(), torch and torch.get_rng_state()
    random.seed(seed)
    if numpy:
        numpy.random.seed(seed)
    if torch:
        torch.manual_seed(seed)
    try:
        yield
    finally:
        random.setstate(states[0])
        if numpy:
            numpy.random.set_state(states[1])
        if torch:
            torch.set_rng_state(states[2])


def answers(function: Callable, *arguments) -> list[str]:
    """The different texts that one and the same call gives; none where it fails, which is said otherwise."""
    found = set()
    for seed in range(12):
        with seeded(seed):
            outcome = run(function, arguments)
        if outcome.error is not None or not isinstance(outcome.value, str):
            return []
        found.add(outcome.value)
    return sorted(found)
