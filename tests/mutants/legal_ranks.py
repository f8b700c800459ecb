"""Legal inputs by chance: how many passages each of some ranks has read, and what its parameters are."""

from tests.mutants.chance import R, ri


def counts():
    """A number of passages for each rank, and a kind of parameters that the check knows."""
    kind = R.choice(["one gradient of one number", "a matrix", "all", "frozen"])
    return tuple(ri(1, 9) for _ in range(ri(1, 5))), kind
