"""Legal inputs by chance: caches, rows of many texts, matrices to be made of bytes; guesses and forms."""

import torch

from nextword.constrained import make_machine
from nextword.constrained_parts.grammar import either, many, maybe, one_of, text
from nextword.transformer import ModelConfig
from tests.mutants.chance import R, randn, ri

KINDS = (torch.float32, torch.bfloat16, torch.float16, torch.float64)


def cache():
    """A model, so many tokens of so many texts, and perhaps another kind of number."""
    n_kv_heads, group, head_dim = ri(1, 4), ri(1, 3), 2 * ri(1, 5)
    heads = n_kv_heads * group
    config = ModelConfig(
        ri(9, 99), heads * head_dim, ri(1, 5), heads, ri(3, 50), context=ri(50, 90), n_kv_heads=n_kv_heads
    )
    return (config, ri(0, 50), ri(1, 6), R.choice(KINDS))[: ri(2, 4)]


def row():
    """How far each text was read, and how many tokens it brings."""
    n = ri(1, 5)
    return [R.choice([0, 0, ri(1, 50)]) for _ in range(n)], [R.choice([1, 1, ri(2, 9)]) for _ in range(n)]


def matrix():
    """Weights, some rows much smaller than others, and now and then a row of zeros."""
    rows, columns = ri(1, 7), ri(1, 9)
    scales = torch.tensor([[R.choice([1.0, 1.0, 100.0, 0.001, 0.0])] for _ in range(rows)])
    return (randn(rows, columns) * scales,)


def chances(*shape):
    """Rows of chances, none of them 0."""
    return (2 * randn(*shape)).softmax(dim=-1)


def guesses():
    """What target and draft hold likely, guesses drawn from the draft, and a pin for each."""
    n, vocab = ri(1, 6), ri(2, 8)
    draft = chances(n, vocab)
    guessed = torch.tensor([R.choices(range(vocab), row)[0] for row in draft.tolist()])
    pins = torch.tensor([R.random() for _ in range(n)], dtype=torch.float64)
    return chances(n, vocab), draft, guessed, pins


def two_rows():
    """Chances of a target and of a draft, equal at times."""
    shape = [ri(1, 4) for _ in range(ri(0, 1))] + [ri(1, 7)]
    target = chances(*shape)
    return target, target.clone() if R.random() < 0.2 else chances(*shape)


def form():
    """A machine in one of its states, tokens of up to three letters, and which of them is the end."""
    part = R.choice([text("a"), text("ab"), either("a", "bc"), one_of("abc")])
    machine = make_machine(R.choice([part, many(part), part + maybe(text("b")), many(part) + text("c")]))
    table = ["".join(R.choices("abc", k=ri(0, 3))).encode() for _ in range(ri(2, 9))]
    end = ri(0, len(table) - 1)
    table[end] = b""
    return machine, ri(0, len(machine.moves) - 1), table, end
