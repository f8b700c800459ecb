"""Climbs on the real ratings: what films' reviewers write, pushed up what half of the people are thought to like."""

import torch

from nextword import finetuning, rollouts
from nextword.ppo import Config
from nextword.recipes import END
from nextword.tokenizer import Tokenizer
from nextword.transformer import Transformer

CLIMB = Config(  # half a minute up the proxy, with nothing that holds back
    rounds=12, texts=48, seq_len=56, lr=5e-4, beta=0.0, unfinished=-4.0, max_kl=float("inf")
)


def prompts(tokenizer: Tokenizer) -> list[list[int]]:
    """The openings with which films are talked of, as tokens, each behind the mark that begins a text."""
    return [[tokenizer.id_of(END), *tokenizer.encode(opening)] for opening in finetuning.OPENINGS]


def sentences(model: Transformer, tokenizer: Tokenizer, n: int, seed: int) -> list[str]:
    """n sentences as the model writes them, on all openings by turns."""
    openings, generator = prompts(tokenizer), torch.Generator().manual_seed(seed)
    given = [openings[i % len(openings)] for i in range(n)]
    written = rollouts.sample(model, given, tokenizer.id_of(END), CLIMB.seq_len, generator)
    return written.texts(tokenizer)
