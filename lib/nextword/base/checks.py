"""Under all rungs: tokens that a model cannot read, and sizes that it cannot have."""

from nextword.base.shapes import Tokens


def check_ids(ids: Tokens, vocab_size: int) -> None:
    """Refuse tokens that the model cannot read, with a ValueError."""
    if ids.numel() == 0:
        raise ValueError("there are no tokens to read: a text needs at least one")
    lowest, highest = ids.aminmax()
    if lowest < 0 or highest >= vocab_size:
        wrong = int(lowest) if lowest < 0 else int(highest)
        raise ValueError(f"token id {wrong} is out of range: this model has 0 to {vocab_size - 1}")


def check_sizes(config: object, names: tuple[str, ...]) -> None:
    """Refuse a configuration in which one of these sizes is below 1, with a ValueError."""
    for name in names:
        if getattr(config, name) < 1:
            raise ValueError(f"{name} is {getattr(config, name)}, and is at least 1")
