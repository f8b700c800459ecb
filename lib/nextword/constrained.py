"""Rung `constrained`: answers in a form that was asked for, by a mask over the tokens that the form allows.

A grammar says which texts are allowed. From it a state machine is made, which reads a text byte by byte and knows at
each moment how it may go on. A token is allowed where the machine can read all of its bytes; the others get logit
-inf. The model still chooses, but only among texts of that form.
Sources: Brzozowski 1964 (derivatives of regular expressions); Willard and Louf 2023 (Outlines, arXiv 2307.09702).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce

import torch

from nextword import sampling
from nextword.base.shapes import Bool, Logits, Tensor
from nextword.constrained_parts.grammar import NOTHING, Grammar, after, can_end, first_bytes
from nextword.pretrained_parts.byte_tokenizer import PretrainedTokenizer
from nextword.tokenizer import Tokenizer


@dataclass(frozen=True)
class Machine:
    """A finite state machine: a reader of bytes, which begins in state 0."""

    moves: tuple[dict[int, int], ...]  # for each state, by the byte that is read: the next state
    ends: frozenset[int]  # states in which the text may be over


def compile(grammar: Grammar) -> Machine:
    """The machine that reads exactly the texts of a grammar; each of its states is what of it may still come.

    >>> compile(text("no") | text("on"))
    Machine(moves=({110: 1, 111: 2}, {111: 3}, {110: 3}, {}), ends=frozenset({3}))
    """
    if grammar == NOTHING:
        raise ValueError(
            "this grammar allows no text at all, not even an empty one: give it at least one choice"
        )
    numbers, moves = {grammar: 0}, []
    for state in (waiting := [grammar]):
        following = {byte: after(state, byte) for byte in sorted(first_bytes(state))}
        for rest in following.values():
            if rest not in numbers:
                numbers[rest] = len(numbers)
                waiting.append(rest)
        moves.append({byte: numbers[rest] for byte, rest in following.items()})
    return Machine(tuple(moves), frozenset(numbers[state] for state in waiting if can_end(state)))
