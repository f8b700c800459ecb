"""What one way of explaining says of a wrong answer."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Found:
    """An id, and the sentence for the reader."""

    id: str
    says: str
