"""Rung `finetuning`: a model that can write learns how to write, from examples, with the loss of pre-training.

What changes is the text, and which of its tokens count: a reply is learned, what was asked is only read.
Source: Ouyang et al. 2022 (InstructGPT, arXiv 2203.02155), section 3.5, "supervised fine-tuning" (SFT).
"""

import re
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from nextword import rollouts, training
from nextword.base import datasets, models
from nextword.base.shapes import Bool, Float, Int, Tensor
from nextword.pretrained_parts import model_file
from nextword.tokenizer import Tokenizer
from nextword.training import Run
from nextword.transformer import Transformer

OPENINGS = (  # with which all films are talked of: the same before and after each lesson
    *("The film is", "This movie", "It's a", "I", "The story", "A", "This is", "The plot"),
    *("You", "There is", "An", "My", "What", "If you", "The acting", "It"),
)
REVIEWER = Path(__file__).with_name("reviewer.safetensors")  # the course's own
TOKENS = 40  # the longest sentence that is learned: longer ones are cut off too often when samples are made


@dataclass(frozen=True)
class Example:
    """A text of which only the last part is learned."""

    ids: tuple[int, ...]
    start: int  # the place of the first token that counts


def tidy(sentence: str) -> str:
    """A sentence with plain quotation marks and dashes, and one space between words.

    >>> tidy("It ''works''   ....  –  mostly’s")
    'It "works" ... - mostly\\'s'
    """
    plain = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "—": "-", "–": "-", "…": "..."})
    sentence = re.sub(r"\.{2,}", "...", sentence.translate(plain).replace("''", '"'))
    return " ".join(sentence.split())


def tenth(sentence: str) -> int:
    """0 to 9: a tenth of all sentences each, the same on every machine; nothing ever learns from the tenth 0."""
    return zlib.crc32(tidy(sentence).encode()) % 10


def film_sentences() -> tuple[list[str], list[str]]:
    """Sentences from reviews of films: those to learn from, and those that are put aside."""
    found = dict.fromkeys(tidy(rated.text) for rated in datasets.human_ratings() if rated.kind == "film")
    sentences = [sentence for sentence in found if len(sentence) >= 8]
    return [one for one in sentences if tenth(one)], [one for one in sentences if not tenth(one)]


def sentence_examples(sentences: Sequence[str], tokenizer: Tokenizer, end: int) -> list[Example]:
    """Each sentence between two `end`, of which the second is learned too: it is how a model learns to stop."""
    rows = [(end, *tokenizer.encode(sentence), end) for sentence in sentences]
    return [Example(row, 1) for row in rows if len(row) <= TOKENS + 2]


def batch(
    examples: Sequence[Example], end: int
) -> tuple[Int[Tensor, "texts seq_len"], Bool[Tensor, "texts places"]]:
    """Examples as one table, and which of its tokens but the first count.

    >>> batch([Example((9, 4, 5, 9), 2), Example((9, 6, 9), 1)], end=9)
    (tensor([[9, 4, 5, 9],
            [9, 6, 9, 9]]), tensor([[False,  True,  True],
            [ True,  True, False]]))
    """
    ids = rollouts.pad([example.ids for example in examples], end)
    mask = torch.zeros(ids.shape[0], ids.shape[1] - 1, dtype=torch.bool)
    for row, example in zip(mask, examples, strict=True):
        row[example.start - 1 : len(example.ids) - 1] = True
    return ids, mask


def loss(
    logits: Float[Tensor, "texts places vocab"],
    ids: Int[Tensor, "texts seq_len"],
    mask: Bool[Tensor, "texts places"],
) -> Float[Tensor, ""]:
    """The mean surprise at the tokens that count, in nats.

    `logits` are what the model gave for all but the last of the `ids`.
    """
    return -rollouts.masked_mean(rollouts.token_log_probs(logits, ids[:, 1:]), mask)


def turn(run: Run, examples: Sequence[Example], end: int) -> float:
    """One step on some examples drawn by chance: as `training.turn`, but only what counts is learned."""
    began = time.process_time()
    chosen = torch.randint(len(examples), (run.config.batch,), generator=run.generator)
    ids, mask = batch([examples[i] for i in chosen], end)
    total = loss(run.model(ids[:, :-1]), ids, mask)
    total.backward()
    training.refuse_hopeless(run, total.item())
    run.optimizer.step(training.rate(run.step, run.config), run.config.clip)
    run.losses.append(total.item())
    run.seconds += time.process_time() - began
    return total.item()


def finetune(
    run: Run, examples: Sequence[Example], end: int, after_step: Callable[[Run], None] | None = None
) -> Run:
    """Turn until the last step is made; `after_step` sees the run after each."""
    while run.step < run.config.steps:
        turn(run, examples, end)
        if after_step is not None:
            after_step(run)
    return run


@torch.no_grad()
def sharpen(model: torch.nn.Module, temperature: float) -> None:
    """Divide all logits of a model by a temperature for good, so that at temperature 1 it writes as it did at this one.

    What it then samples is its own distribution, which everything that learns from samples counts on.
    """
    model.unembedding.weight /= temperature


def own_reviewer() -> Path:
    """Where the reader's own reviewer is kept, once there is one."""
    return models.folder() / "assistants" / "reviewer.safetensors"


def reviewer() -> tuple[Transformer, Tokenizer]:
    """The storyteller that learned to write of films: the reader's own, if they have made one, else the course's."""
    path = own_reviewer()
    model, tokenizer, _ = model_file.load_model(path if path.is_file() else REVIEWER)
    return model, tokenizer
