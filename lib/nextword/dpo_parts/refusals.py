"""Under rung `dpo`: pairs from which nothing can be learned."""

from collections.abc import Sequence

from nextword.dpo_parts.records import Pair


def check_pairs(pairs: Sequence[Pair]) -> None:
    """Refuse what nothing can be learned from, with a ValueError."""
    if not pairs:
        raise ValueError("there is no pair to learn from: label some first")
    for number, pair in enumerate(pairs):
        prompts = [one.ids[: one.start] for one in (pair.chosen, pair.rejected)]
        if prompts[0] != prompts[1]:
            raise ValueError(
                f"the replies of pair {number} have different prompts: only replies to one are compared"
            )
    if all(pair.chosen.ids == pair.rejected.ids for pair in pairs):
        raise ValueError("in every pair both replies are the same: there is nothing to prefer")
