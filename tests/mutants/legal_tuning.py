"""Legal inputs by chance for what fine-tunes: examples, logits with masks, chats, matrices with pairs."""

import torch

from nextword import lora
from nextword.finetuning import Example
from tests.mutants.chance import R, randn, ri


def example():
    length = ri(2, 8)
    return Example(tuple(ri(0, 9) for _ in range(length)), ri(1, length - 1))


def examples():
    return [example() for _ in range(ri(1, 4))], ri(0, 12)


def logits_and_mask():
    texts, n, vocab = ri(1, 4), ri(1, 6), ri(2, 7)
    chance = torch.Generator().manual_seed(ri(0, 9999))
    ids = torch.randint(vocab, (texts, n + 1), generator=chance)
    mask = torch.rand(texts, n, generator=chance) < 0.5
    mask[0, 0] = True
    return 2 * randn(texts, n, vocab), ids, mask


def chat():
    said = ["Hi", "", " a b ", "one\ntwo", "<|im_end|>", "é🦆", "x" * 30]
    turns = [("system", R.choice(said))] if R.random() < 0.7 else []
    for _ in range(ri(0, 2)):
        turns += [("user", R.choice(said)), ("assistant", R.choice(said))]
    return ([*turns, ("user", R.choice(said)), ("assistant", R.choice(said))],)


def pair(x=True):
    n_out, n_in, rank = ri(1, 5), ri(1, 5), ri(1, 4)
    given = (randn(n_out, n_in), randn(rank, n_in), randn(n_out, rank), R.choice([0.5, 1.0, 2.0, -3.0]))
    return (randn(*[ri(1, 3) for _ in range(ri(0, 2))], n_in), *given) if x else given


def pairs_are_bad(function) -> str:
    """In what new pairs differ from what they should be; nothing where they don't."""
    for n_out, n_in, rank in ((4, 900, 3), (1, 1, 1), (5, 16, 60)):
        a, b = function(n_out, n_in, rank, torch.Generator().manual_seed(n_in))
        if (a.shape, b.shape) != ((rank, n_in), (n_out, rank)) or b.any() or not a.all():
            return f"a pair for {n_out}, {n_in}, {rank} has other shapes, or b is not 0"
        if a.numel() > 500 and not 0.9 < a.std() * n_in**0.5 < 1.1:
            return f"a has std {a.std():.3g} for n_in {n_in}"
    a, other = (make(3, 4, 2, torch.Generator().manual_seed(1))[0] for make in (function, lora.new_pair))
    again = function(3, 4, 2, torch.Generator().manual_seed(1))[0]
    return "" if torch.equal(a, again) and a.shape == other.shape else "the generator is not followed"
