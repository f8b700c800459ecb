"""Rung `finetuning`: a model that can write learns how to write, from examples.

The loss is that of pre-training. What changes is which tokens count: a reply is learned, what was asked only read.
Source: Ouyang et al. 2022 (InstructGPT, arXiv 2203.02155), section 3.5, "supervised fine-tuning" (SFT).
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from nextword import chat, ngram, recipes, rollouts, training
from nextword.base.shapes import Bool, Float, Int, Tensor
from nextword.chat import Turn
from nextword.finetuning_parts.assistants import keep as keep
from nextword.finetuning_parts.assistants import own as own
from nextword.finetuning_parts.marks import add_tokens as add_tokens
from nextword.finetuning_parts.people import film_sentences as film_sentences
from nextword.finetuning_parts.people import small_talk as small_talk
from nextword.finetuning_parts.people import tenth as tenth
from nextword.finetuning_parts.people import tidy as tidy
from nextword.pretrained_parts import model_file
from nextword.pretrained_parts.byte_tokenizer import PretrainedTokenizer
from nextword.tokenizer import Tokenizer
from nextword.training import Run, TrainingConfig
from nextword.transformer import Transformer

OPENINGS = (  # with which all films are talked of: the same before and after each lesson
    *("The film is", "This movie", "It's a", "I", "The story", "A", "This is", "The plot"),
    *("You", "There is", "An", "My", "What", "If you", "The acting", "It"),
)
REVIEWER = Path(__file__).with_name("reviewer.safetensors")  # the course's own
TOKENS = 40  # the longest sentence that is learned: longer ones are cut off too often when samples are made
READABLE = 0.75  # the temperature at which what so small a model writes can be read
RATES = {"lr_matrices": 0.01, "lr_embedding": 0.025, "lr_unembedding": 0.005, "decay": 1.0}
SHIPPED = TrainingConfig(
    160, batch=32, **RATES
)  # each sentence about once: read twice, they are learned by heart


@dataclass(frozen=True)
class Example:
    """A text of which only the last part is learned."""

    ids: tuple[int, ...]
    start: int  # the place of the first token that counts

    def __post_init__(self):
        if not 1 <= self.start < len(self.ids):  # nothing predicts the first
            says = f"an example counts from place {self.start} on, and its {len(self.ids)} tokens have places"
            raise ValueError(f"{says} 1 to {len(self.ids) - 1} to count from")


def sentence_examples(sentences: Sequence[str], tokenizer: Tokenizer, end: int) -> list[Example]:
    """Each sentence between two `end`, of which the second is learned too: it is how a model learns to stop."""
    rows = [(end, *tokenizer.encode(sentence), end) for sentence in sentences]
    return [Example(row, 1) for row in rows if len(row) <= TOKENS + 2]


def chat_example(turns: Sequence[Turn], tokenizer: Tokenizer | PretrainedTokenizer) -> Example:
    """A chat of which the assistant's last turn is learned, and the mark that ends it.

    >>> letters = Tokenizer([], special=(chat.START, chat.END))
    >>> example = chat_example([("system", ""), ("user", "Hello!"), ("assistant", "Hi.")], letters)
    >>> letters.decode(example.ids[example.start :])
    'Hi.<|im_end|>'
    """
    *asked, (_, reply) = turns
    prompt = chat.encode_chat(asked, tokenizer)
    return Example((*prompt, *tokenizer.encode(reply), tokenizer.id_of(chat.END)), len(prompt))


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

    >>> ids, mask = batch([Example((0, 3, 1, 4), 2)], end=0)
    >>> round(loss(torch.zeros(1, 3, 10), ids, mask).item(), 4)  # log 10
    2.3026
    """
    return -rollouts.masked_mean(rollouts.token_log_probs(logits, ids[:, 1:]), mask)


def turn(run: Run, examples: Sequence[Example], end: int) -> float:
    """One step on some examples drawn by chance: as `training.turn`, but only what counts is learned."""
    if not examples:
        raise ValueError("there are no examples to learn from: give at least one")
    began = time.process_time()
    run.model.zero_grad()  # what a step that was broken off has left
    chosen = torch.randint(len(examples), (run.config.batch,), generator=run.generator)
    ids, mask = (
        one.to(run.model.embedding.weight.device) for one in batch([examples[i] for i in chosen], end)
    )
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
def surprises(model: Transformer, examples: Sequence[Example], end: int) -> Float[Tensor, "examples"]:
    """The whole surprise at what counts of each example, in nats; nothing is learned from it."""
    found = []
    for first in range(0, len(examples), 50):  # so many at a time
        ids, mask = batch(examples[first : first + 50], end)
        ids, mask = (one.to(model.embedding.weight.device) for one in (ids, mask))
        found.append(-rollouts.log_probs(model, ids).masked_fill(~mask, 0).sum(dim=1))
    return torch.cat(found)


def bits_per_byte(model: Transformer, examples: Sequence[Example], tokenizer: Tokenizer, end: int) -> float:
    """The surprise at what counts, in bits, shared out over the bytes of what was written (an `end` has none)."""
    written = (token for example in examples for token in example.ids[example.start :] if token != end)
    n_bytes = len(tokenizer.decode_bytes(written))
    return ngram.bits_per_byte(surprises(model, examples, end).double().sum().item(), n_bytes)


@torch.no_grad()
def sharpen(model: Transformer, temperature: float) -> None:
    """Divide all logits of a model by a temperature for good, so that at temperature 1 it writes as it did at this one.

    What it then samples is its own distribution, which everything that learns from samples counts on.
    """
    if not 0 < temperature < math.inf:
        raise ValueError(f"temperature is {temperature}, and is above 0")
    if model.config.tied:
        raise ValueError("this model's unembedding is its table of vectors, too: it cannot be divided alone")
    model.unembedding.weight /= temperature


def make_reviewer(
    model: Transformer,
    tokenizer: Tokenizer,
    config: TrainingConfig = SHIPPED,
    after_step: Callable[[Run], None] | None = None,
) -> Run:
    """Teach a storyteller, in place, to write sentences about films: the course's reviewer was made so."""
    end = tokenizer.id_of(recipes.END)
    examples = sentence_examples(film_sentences()[0], tokenizer, end)
    run = finetune(training.begin(model, config), examples, end, after_step)
    sharpen(model, READABLE)
    return run


def reviewer() -> tuple[Transformer, Tokenizer]:
    """The storyteller that learned to write of films: the reader's own, if they have made one, else the course's."""
    path = own("reviewer")
    model, tokenizer, _ = model_file.load_model(path if path.is_file() else REVIEWER)
    return model, tokenizer


def written(model: Transformer, tokenizer: Tokenizer, n: int = 32, seed: int = 0) -> list[str]:
    """So many sentences as they come, none picked, from one opening after the other."""
    end = tokenizer.id_of(recipes.END)
    prompts = [[end, *tokenizer.encode(OPENINGS[i % len(OPENINGS)])] for i in range(n)]
    found = rollouts.sample(model, prompts, end, TOKENS + 16, torch.Generator().manual_seed(seed))
    return found.texts(tokenizer)
