"""trl's own DPO trainer on our models and pairs, for tests and benchmarks to compare with."""

import contextlib
import io
import logging
import tempfile
import warnings
from collections.abc import Sequence

import datasets
import tokenizers
import torch
import transformers
import trl

from nextword.dpo import Pair
from nextword.transformer import Transformer
from tests.library import theirs


def trainer(
    model: Transformer, reference: Transformer, pairs: Sequence[Pair], end: int, **options
) -> trl.DPOTrainer:
    """A trainer that holds Llamas of `transformers` with our dials, and our pairs as rows of tokens."""
    for name in ("transformers", "trl", "datasets"):
        logging.getLogger(name).setLevel(logging.ERROR)
    datasets.disable_progress_bars()
    words = [f"t{i}" for i in range(model.config.vocab_size)]
    plain = tokenizers.Tokenizer(
        tokenizers.models.WordLevel({word: i for i, word in enumerate(words)}, words[0])
    )
    plain.pre_tokenizer = tokenizers.pre_tokenizers.WhitespaceSplit()
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=plain, eos_token=words[end], pad_token=words[end]
    )
    settings = {
        "output_dir": tempfile.mkdtemp(),
        "report_to": [],
        "use_cpu": True,
        "gradient_checkpointing": False,
    }
    settings |= {
        "bf16": False,
        "disable_tqdm": True,
        "save_strategy": "no",
        "logging_strategy": "no",
        "max_length": None,
    }
    settings |= {"remove_unused_columns": False, "seed": 0}
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        return trl.DPOTrainer(
            theirs.llama(model),
            ref_model=theirs.llama(reference),
            args=trl.DPOConfig(**settings | options),
            train_dataset=datasets.Dataset.from_list([row(pair) for pair in pairs]),
            processing_class=tokenizer,
        )


def row(pair: Pair) -> dict[str, str]:
    """A pair as words that stand for its tokens; both replies must end, for trl puts an end where there is none."""
    spell = lambda ids: " ".join(f"t{i}" for i in ids)  # noqa: E731
    return {
        "prompt": spell(pair.chosen.ids[: pair.chosen.start]),
        "chosen": " " + spell(pair.chosen.ids[pair.chosen.start :]),
        "rejected": " " + spell(pair.rejected.ids[pair.rejected.start :]),
    }


def loss_and_gradients(made: trl.DPOTrainer) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """The trainer's own loss on all its pairs as one batch, and its gradients by the names of their dials."""
    inputs = made.data_collator([made.train_dataset[i] for i in range(len(made.train_dataset))])
    made.model.train().zero_grad()
    loss = made.compute_loss(made.model, inputs)
    loss.backward()
    return loss.detach(), {name: dials.grad for name, dials in made.model.named_parameters()}
