"""Rung `verifiable`: questions whose answers code can check, and how often a model answers them rightly.

The questions are for a calculator that shows one digit. It works from left to right and keeps only the last digit of
what comes out: 7*3 shows 1, then +8 shows 9. An answer is that digit alone, or with all that was shown on the way.
Sources: Lambert et al. 2024 (Tülu 3, arXiv 2411.15124), section 6, "verifiable rewards"; Chen et al. 2021 (Codex,
arXiv 2107.03374), section 2.1, pass@k.
"""

import math
from collections.abc import Sequence

import torch

from nextword import finetuning, recipes, rollouts
from nextword.base.shapes import Bool, Float, Tensor
from nextword.finetuning import Example
from nextword.rollouts import Rollouts
from nextword.tokenizer import Tokenizer
from nextword.training import TrainingConfig
from nextword.transformer import ModelConfig, Transformer

TOKENIZER = Tokenizer([], special=("<|end|>",))  # a token for each letter
END = TOKENIZER.id_of("<|end|>")
TIMES = ("*3", "*7", "*9")  # times 2 or 5 would forget what was shown before
OPERATIONS = (*(f"+{digit}" for digit in range(1, 10)), *TIMES, *TIMES, *TIMES)  # half of each kind
SEQ_LEN = 32  # tokens: room for a question of five operations with a worked answer, and some to spare
SCHOOL = TrainingConfig(
    450, batch=64, context=47, lr_embedding=0.03
)  # after it, four answers in ten are right


def questions(n: int, generator: torch.Generator, operations: int = 5, put_aside: bool = False) -> list[str]:
    """Questions drawn by chance; a tenth of all is put aside, and comes only where it is asked for.

    >>> questions(2, torch.Generator().manual_seed(0))
    ['4*9+7+8*3+8=', '9+2+2*3*9+3=']
    """
    found = []
    while len(found) < n:
        first = torch.randint(10, (n,), generator=generator).tolist()
        rest = torch.randint(len(OPERATIONS), (n, operations), generator=generator).tolist()
        drawn = (
            f"{digit}{''.join(OPERATIONS[i] for i in row)}=" for digit, row in zip(first, rest, strict=True)
        )
        found += [question for question in drawn if (finetuning.tenth(question) == 0) == put_aside]
    return found[:n]


def shown(question: str) -> list[int]:
    """What the calculator shows after each operation of a question.

    >>> shown("7*3+8=")
    [1, 9]
    """
    digits, shows = question.split("=")[0], []
    now = int(digits[0])
    for sign, digit in zip(digits[1::2], digits[2::2], strict=True):
        now = (now + int(digit) if sign == "+" else now * int(digit)) % 10
        shows.append(now)
    return shows


def answer(question: str, is_worked: bool) -> str:
    """The right answer: one digit, or all that is shown on the way to it.

    >>> answer("7*3+8=", False), answer("7*3+8=", True)
    ('9', '1,9')
    """
    return ",".join(map(str, shown(question))) if is_worked else str(shown(question)[-1])


def final(text: str) -> str:
    """What a text gives as its answer: all behind its last "=" or ",".

    >>> final("7*3+8=1,9"), final("7*3+8=9")
    ('9', '9')
    """
    return text.split("=")[-1].split(",")[-1]


def reward(texts: Sequence[str]) -> Float[Tensor, "texts"]:
    """1 for each text whose final answer is right, else 0, however it came to it.

    >>> reward(["7*3+8=9", "7*3+8=1,9", "7*3+8=2,9", "7*3+8=1"])
    tensor([1., 1., 1., 0.])
    """
    return torch.tensor([float(final(text) == str(shown(text)[-1])) for text in texts])


def is_worked(texts: Sequence[str]) -> Bool[Tensor, "texts"]:
    """Which texts show more than a final answer."""
    return torch.tensor(["," in text for text in texts])


def examples(asked: Sequence[str], worked_share: float, generator: torch.Generator) -> list[Example]:
    """Each question with its right answer, worked or not by chance; only the answer is learned."""
    by_chance = torch.rand(len(asked), generator=generator) < worked_share
    pairs = zip(asked, by_chance.tolist(), strict=True)
    return [example(question + answer(question, is_worked)) for question, is_worked in pairs]


def example(text: str) -> Example:
    """A question with an answer, of which only the answer is learned, and to stop behind it."""
    start = text.index("=") + 2  # behind the first `end`, the question and its "="
    return Example((END, *TOKENIZER.encode(text), END), start)


def new_model(generator: torch.Generator) -> Transformer:
    """A model of about 130,000 dials that has learned nothing; its arrows turn fast, for all that it reads is near."""
    sizes = recipes.shape(d_model=64, n_layers=2, n_heads=2, context=64) | {"rope_base": 100.0}
    return Transformer(ModelConfig(vocab_size=TOKENIZER.vocab_size, **sizes), generator)


def prompts(asked: Sequence[str], times: int = 1) -> list[list[int]]:
    """Each question as tokens, so many times in a row."""
    return [[END, *TOKENIZER.encode(question)] for question in asked for _ in range(times)]


def attempt(model: Transformer, asked: Sequence[str], times: int, generator: torch.Generator) -> Rollouts:
    """Let a model answer each question so many times."""
    return rollouts.sample(model, prompts(asked, times), END, SEQ_LEN, generator)


def judged(written: Rollouts) -> tuple[Bool[Tensor, "texts"], Bool[Tensor, "texts"]]:
    """Which answers came to their end and are right; and which show how they came to it."""
    texts = written.texts(TOKENIZER)
    return reward(texts).bool() & written.finished, is_worked(texts)


def pass_at_k(n: int, n_right: int, k: int) -> float:
    """The chance that at least one of k attempts is right, estimated without bias from n attempts at one question.

    All choices of k among the n are counted, and those that hold no right one.

    >>> pass_at_k(4, 1, 1), pass_at_k(4, 1, 2)
    (0.25, 0.5)
    """
    if not 1 <= k <= n:
        raise ValueError(f"pass@{k} cannot be told from {n} attempts: make at least k, and k at least 1")
    return 1 - math.comb(n - n_right, k) / math.comb(n, k)
