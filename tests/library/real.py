"""The real model, its file and its twin of `transformers`: slow to make, so made once for all tests of a process.

Nobody may change what these give.
"""

from functools import cache

import gguf
import transformers

from nextword import black_box as machine_
from nextword.base import datasets
from nextword.pretrained_parts.byte_tokenizer import PretrainedTokenizer
from nextword.transformer import Transformer
from tests.library import theirs


@cache
def machine() -> machine_.LanguageModel:
    """The real model in float32 and its tokenizer, as lesson 00 holds them."""
    return machine_.load()


def load() -> tuple[Transformer, PretrainedTokenizer]:
    """The same two, as `pretrained.load` gives them."""
    return machine().model, machine().tokenizer


@cache
def reference() -> transformers.LlamaForCausalLM:
    """The same weights in the `transformers` library's own Llama."""
    return theirs.llama(load()[0])


@cache
def file() -> gguf.GGUFReader:
    """The file that the weights came in; reading its tables takes seconds."""
    return gguf.GGUFReader(datasets.smollm2())
