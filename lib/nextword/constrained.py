"""Rung `constrained`: answers in a form that was asked for, by a mask over the tokens that the form allows.

A grammar says which texts are allowed. From it a state machine is made, which reads a text byte by byte and knows at
each moment how it may go on. A token is allowed where the machine can read all of its bytes; the others get logit
-inf. The model still chooses, but only among texts of that form.
Source: Willard and Louf 2023 (Outlines, arXiv 2307.09702), section 4.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch

from nextword import sampling
from nextword.base.shapes import Bool, Logits, Tensor
from nextword.constrained_parts.grammar import NOTHING, Grammar, after, can_end, first_bytes
from nextword.pretrained_parts.byte_tokenizer import PretrainedTokenizer
from nextword.tokenizer import Tokenizer


@dataclass(frozen=True)
class Machine:
    """A finite state machine, which reads bytes; it begins in state 0."""

    moves: tuple[dict[int, int], ...]  # for each state, by the byte that comes: the next state
    ends: frozenset[int]  # the states in which a text may be over


def make_machine(grammar: Grammar) -> Machine:
    """The machine that reads the texts of a grammar, and no others: each state is what may still come.

    >>> from nextword.constrained_parts.grammar import either
    >>> make_machine(either("no", "on"))
    Machine(moves=({110: 1, 111: 2}, {111: 3}, {110: 3}, {}), ends=frozenset({3}))
    """
    if grammar == NOTHING:
        raise ValueError("this grammar allows no text, not even an empty one: give it at least one choice")
    numbers, moves = {grammar: 0}, []
    for state in (found := [grammar]):  # it grows while it is gone through
        following = {byte: after(state, byte) for byte in sorted(first_bytes(state))}
        for rest in following.values():
            if rest not in numbers:
                numbers[rest] = len(numbers)
                found.append(rest)
        moves.append({byte: numbers[rest] for byte, rest in following.items()})
    return Machine(tuple(moves), frozenset(numbers[state] for state in found if can_end(state)))


def advance(machine: Machine, state: int, letters: bytes) -> int | None:
    """The state after these bytes; None where the machine cannot read them.

    >>> machine = Machine(({110: 1}, {111: 2}, {}), frozenset({2}))  # it reads "no"
    >>> advance(machine, 0, b"no"), advance(machine, 0, b"on")
    (2, None)
    """
    for byte in letters:
        state = machine.moves[state].get(byte)
        if state is None:
            return None
    return state


def allowed(machine: Machine, state: int, table: Sequence[bytes], end: int) -> Bool[Tensor, "vocab"]:
    """Which tokens may come: those whose bytes the machine can all read, and `end` where the text may be over.

    `table` holds each token's bytes. A token without any would change nothing, for ever, and is not allowed.

    >>> machine = Machine(({110: 1}, {111: 2}, {}), frozenset({2}))  # it reads "no"
    >>> [allowed(machine, state, [b"n", b"no", b"not", b"o", b""], end=4).tolist() for state in (0, 2)]
    [[True, True, False, False, False], [False, False, False, False, True]]
    """
    may_come = [bool(token) and advance(machine, state, token) is not None for token in table]
    may_come[end] = state in machine.ends
    return torch.tensor(may_come)


def token_table(tokenizer: Tokenizer | PretrainedTokenizer) -> list[bytes]:
    """Each token's bytes; special tokens, which are no text, have none.

    >>> token_table(Tokenizer([], special=("<|end|>",)))[-2:]
    [b'\\xff', b'']
    """
    table = list(tokenizer.table)
    for name in tokenizer.special:
        table[tokenizer.id_of(name)] = b""
    return table


class Constraint:
    """What `generation.generate` takes as `adjust`: only tokens that the grammar allows keep their logits.

    The form is that of what follows the first `start` tokens; `end` must be among the tokens that stop the text.
    """

    def __init__(self, grammar: Grammar, tokenizer: Tokenizer | PretrainedTokenizer, end: int, start: int):
        self.machine, self.table = make_machine(grammar), token_table(tokenizer)
        self.end, self.start = end, start
        self.masks = {}  # by state: looking through a whole vocabulary takes time

    def __call__(self, logits: Logits, text: list[int]) -> Logits:
        state = self.state(text)
        if state is None:
            raise ValueError(f"{self.written(text)!r} is not how a text of this grammar begins")
        if state not in self.masks:
            self.masks[state] = allowed(self.machine, state, self.table, self.end)
        if not self.masks[state].any():
            raise ValueError(
                f"after {self.written(text)!r} no token of this vocabulary fits the grammar: "
                "it asks for a letter that the tokenizer cannot write"
            )
        return sampling.keep(logits, self.masks[state].to(logits.device))

    def state(self, text: Iterable[int]) -> int | None:
        """The machine's state after what follows the first `start` tokens."""
        return advance(self.machine, 0, b"".join(self.table[i] for i in text[self.start :]))

    def is_whole(self, text: list[int]) -> bool:
        """Whether what follows the first `start` tokens is a text of the grammar, and not only the beginning of one."""
        return self.state(text) in self.machine.ends

    def written(self, text: list[int]) -> str:
        """What follows the first `start` tokens, as text."""
        return b"".join(self.table[i] for i in text[self.start :]).decode(errors="replace")
