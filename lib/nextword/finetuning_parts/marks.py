"""Under rung `finetuning`: a model and its vocabulary learn of new marks, such as those of turns.

Source: Hewitt 2021, "Initializing new word embeddings for pretrained language models".
"""

from collections.abc import Sequence
from dataclasses import replace

import torch

from nextword import chat
from nextword.tokenizer import Tokenizer
from nextword.transformer import Transformer


@torch.no_grad()
def add_tokens(
    model: Transformer, tokenizer: Tokenizer, names: Sequence[str] = (chat.START, chat.END)
) -> tuple[Transformer, Tokenizer]:
    """A copy of both that knows more special tokens, such as the marks of turns.

    In each table of vectors a new token's row is the mean of all rows: likely nowhere, and unlikely nowhere.
    """
    tokenizer = Tokenizer(tokenizer.merges, tokenizer.pattern, (*tokenizer.special, *names))
    weights = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    for name in {"embedding.weight", "unembedding.weight"} & weights.keys():
        mean = weights[name].mean(dim=0, keepdim=True)
        weights[name] = torch.cat([weights[name], mean.expand(len(names), -1)])
    grown = Transformer(replace(model.config, vocab_size=tokenizer.vocab_size))
    grown.load_state_dict(weights)
    return grown.train(model.training), tokenizer
