"""Exercise `batching.positions`: where each token of a row of many texts stands in its own."""

import torch

from classroom.judge import comparison, lives
from classroom.judge.diagnosis import ask
from classroom.judge.listed import edits
from classroom.judge.registry import Wrong, check
from nextword import batching
from nextword.batching import Request
from nextword.generation import SamplingConfig
from nextword.transformer import ModelConfig, Transformer

SIZES = {"vocab_size": 11, "d_model": 16, "n_layers": 1, "n_heads": 2, "d_mlp": 16, "context": 20}


def same_places(yours, needed, nan: bool = False) -> bool:
    """Places are whole numbers."""
    fraction = comparison.is_tensor(yours) and yours.is_floating_point()
    return not fraction and comparison.same(yours, needed, nan)


def many_texts_are_written(check, function):
    """What is wrong with texts that are written on these positions; None where they are as with the library's own."""
    return lives.compare(
        check,
        function,
        written,
        lambda yours, needed: yours == needed,
        "the-model",
        "where texts are written on it, it stops.",
        "texts that are written on it are others than with the library's own.",
    )


def written() -> list[list[list[int]]]:
    """Three texts in two slots, by a model with each kind of positions."""
    requests, found = [Request(ids, SamplingConfig(6, 0)) for ids in ([1, 2, 3], [4], [5, 6, 7, 8, 9])], []
    for kind in ("rope", "learned"):
        model = Transformer(ModelConfig(**SIZES, positions=kind), torch.Generator().manual_seed(3))
        for parameter in model.parameters():
            parameter.data.mul_(9)
        found.append(batching.generate(model, requests, 2))
    return found


def places_are_whole(function):
    """Fractions look like the right numbers, and no table can be looked up by them."""
    yours = ask("batching.positions", function, [5, 0], [1, 2])
    if comparison.is_tensor(yours) and yours.is_floating_point():
        says = f"The positions are {str(yours.dtype)[6:]}. They are counted, and so whole numbers: int64."
        raise Wrong("positions-fractions", says, "positions([5, 0], [1, 2])", comparison.show(yours))


@check(
    "batching.positions",
    [
        ([0], [3]),
        ([5], [1]),
        ([5, 0, 2], [1, 3, 1]),
        ([0, 0], [2, 3]),
        ([7, 4, 9], [1, 1, 1]),
        ([2, 11, 0, 6], [4, 1, 5, 2]),
    ],
    before=[places_are_whole],
    same=same_places,
    lives=many_texts_are_written,
    awkward=[
        ([0], [1]),
        ([1_000, 0], [1, 1]),
        ([3, 3, 3], [2, 2, 2]),
        ([0, 0, 0, 1], [1, 1, 1, 1]),
        ([40, 1], [3, 30]),
    ],
)
def positions(read, new):
    """Token by token: as many stand before it in its text as were read, and those that it comes with."""
    places = []
    for already, brings in zip(read, new, strict=True):
        for _ in range(brings):
            places.append(already)
            already += 1
    return torch.tensor(places)


EACH = "torch.arange(start, start + n)"
ALL = f"torch.cat([{EACH} for start, n in texts])"

edits(
    "batching.positions",
    (
        "positions-along-the-row",
        ALL,
        "torch.arange(sum(new))",
        "These count along the row, from its first token to its last. Each text counts by itself: the row is only how they travel.",
    ),
    (
        "positions-row-goes-on",
        ALL,
        "torch.arange(sum(new)) + torch.tensor(read).repeat_interleave(torch.tensor(new))",
        "To each text's length its place in the *row* was added. What stands before it in the row belongs to others.",
    ),
    (
        "positions-from-zero",
        EACH,
        "torch.arange(n)",
        "Each text begins at 0 again, as if its cache were empty. Its new tokens go on where it was read up to.",
    ),
    (
        "positions-one-too-far",
        EACH,
        "torch.arange(start + 1, start + n + 1)",
        "All are one too far. Positions count from 0: where 5 tokens were read, the next stands at 5.",
    ),
    (
        "positions-one-too-early",
        EACH,
        "torch.arange(start - 1, start + n - 1)",
        "All are one too early: the first new token would stand where the last one that was read stands.",
    ),
    (
        "positions-as-if-padded",
        EACH,
        "torch.arange(max(read), max(read) + n)",
        "All texts begin where the longest ends, as if the shorter ones were filled up in front with padding, which was counted too.",
    ),
    (
        "positions-padded-behind",
        EACH,
        "torch.arange(start, start + max(new))",
        "Every text has as many places as the longest brings. There is no padding here: text i brings new[i] tokens.",
    ),
    (
        "positions-first-only",
        ALL,
        "torch.tensor(read).repeat_interleave(torch.tensor(new))",
        "All new tokens of a text stand at one place. They follow one another: start, start + 1, and so on.",
    ),
    (
        "positions-length-as-end",
        EACH,
        "torch.arange(start, max(n, start))",
        "new[i] is how many tokens come, not where they end: they end before start + n.",
    ),
    (
        "positions-lists-swapped",
        "zip(read, new, strict=True)",
        "zip(new, read, strict=True)",
        "read and new changed places: a text begins at read[i], and brings new[i].",
    ),
)
