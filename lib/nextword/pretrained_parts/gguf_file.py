"""Under rung `pretrained`: what a GGUF file holds, as our configuration, our tokenizer's parts and our weights.

GGUF files keep numbers in few bits: in Q4_1, 32 weights share a scale and an offset, and each is one of 16 steps.
Query and key rows lie as pairs of neighbours, as our RoPE has them.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch

from nextword import tokenizer
from nextword.base import cache
from nextword.pretrained_parts import gguf_header, settings
from nextword.pretrained_parts.gguf_header import GGUFFile
from nextword.transformer import ModelConfig

OURS = {
    "token_embd": "embedding",
    "output_norm": "final_norm",
    "output": "unembedding",
    "attn_norm": "attention_norm",
    "attn_q": "attention.query",
    "attn_k": "attention.key",
    "attn_v": "attention.value",
    "attn_output": "attention.output",
    "ffn_norm": "mlp_norm",
    "ffn_gate": "mlp.gate",
    "ffn_up": "mlp.up",
    "ffn_down": "mlp.down",
}
PATTERNS = {  # where text is cut, by the name that a GGUF file gives it
    "gpt-2": tokenizer.GPT2_PATTERN,
    # GPT-2's, with each digit by itself; what comes before a digit ends there, as before the end of the text
    "smollm": r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+|\s+(?![^\s\p{N}])|\s+""",
}
MOST_LAYERS = 1_000  # eight times as many as the largest Llama has
SPECIAL = 3  # the type that the file gives to special tokens


def open_gguf(path: Path) -> GGUFFile:
    """A file that holds a Llama, ready to be read; anything else is an error that says so."""
    try:
        with path.open("rb") as file:
            if file.read(4) != b"GGUF":
                raise cache.DataError(f"{path} is no GGUF file: it does not begin with the letters GGUF")
        with damage_explained(path):
            found = gguf_header.read(path)
    except OSError as error:
        raise cache.DataError(f"{path} cannot be read: {error.strerror or error}") from None
    kind = setting(found, "general.architecture", str)
    if kind != "llama":
        raise cache.DataError(f"{path} holds a model of the kind {kind!r}, and only 'llama' can be run here")
    return found


@contextmanager
def damage_explained(path: Path) -> Iterator[None]:
    """In a `with` block, what goes wrong because a file makes no sense is one sentence that says so."""
    try:
        yield
    except (ValueError, TypeError, LookupError, OverflowError) as error:
        raise cache.DataError(f"{path} is damaged ({error}): {AGAIN}") from None


AGAIN = "fetch it again; for the course's own, run `nextword data --verify`"


def setting(file: GGUFFile, name: str, kind: type, default=None):
    """A setting of the file; one that is needed and is not there, or is of another kind, is an error."""
    found = file.fields.get(name, default)
    if found is None:
        raise cache.DataError(f"this GGUF file lacks {name!r}, without which its model cannot be built")
    if type(found) is not kind:  # not isinstance: True is an int
        raise cache.DataError(f"this GGUF file's {name!r} is {shown(found)}, and {NAMES[kind]} was needed")
    return found


NAMES = {
    np.ndarray: "a list of numbers",
    int: "a whole number",
    float: "a number",
    str: "a text",
    list: "a list of texts",
}


def shown(value: object) -> str:
    """A setting in few letters."""
    return f"a list of {len(value):,}" if isinstance(value, list | np.ndarray) else repr(value)[:60]


def config_of(file: GGUFFile) -> ModelConfig:
    """The model's shape. What the file sets and our code does not have is refused by name."""
    names, n_weights = {tensor.name for tensor in file.tensors}, sum(tensor.size for tensor in file.tensors)
    sizes = {
        ours: setting(file, f"llama.{theirs}", int)
        for ours, theirs in (
            ("n_layers", "block_count"),
            ("n_heads", "attention.head_count"),
            ("d_model", "embedding_length"),
            ("d_mlp", "feed_forward_length"),
        )
    }
    sizes["n_kv_heads"] = setting(file, "llama.attention.head_count_kv", int, sizes["n_heads"])
    sizes["vocab_size"] = len(setting(file, "tokenizer.ggml.tokens", list))
    for size, number in sizes.items():  # to build more would fill the memory
        most, what = (len(names), "tensors") if size == "n_layers" else (n_weights, "weights")
        if not 1 <= number <= most:
            raise cache.DataError(f"this GGUF file speaks of {size} {number:,}, and holds {most:,} {what}")
    if sizes["n_layers"] > MOST_LAYERS:
        raise cache.DataError(
            f"this GGUF file speaks of {sizes['n_layers']:,} layers: at most {MOST_LAYERS:,} can be built"
        )
    settings.refuse_unknown(file, sizes["d_model"] // sizes["n_heads"], sizes["vocab_size"])
    return ModelConfig(
        **sizes,
        context=setting(file, "llama.context_length", int),
        norm_eps=settings.norm_eps(setting(file, "llama.attention.layer_norm_rms_epsilon", float)),
        rope_base=settings.rope_base(setting(file, "llama.rope.freq_base", float, 10_000.0)),
        tied="output.weight" not in names,
    )


def tokenizer_parts(file: GGUFFile) -> dict:
    """What `PretrainedTokenizer.made_from` takes."""
    cut = setting(file, "tokenizer.ggml.pre", str, "none")
    if setting(file, "tokenizer.ggml.model", str) != "gpt2" or cut not in PATTERNS:
        known = ", ".join(PATTERNS)
        raise cache.DataError(
            f"this file's tokenizer cuts text the {cut!r} way; those that we know are: {known}"
        )
    tokens, kinds = (
        setting(file, f"tokenizer.ggml.{name}", kind)
        for name, kind in (("tokens", list), ("token_type", np.ndarray))
    )
    unknown = setting(file, "tokenizer.ggml.unknown_token_id", int, 0)
    if not 0 <= unknown < len(tokens):
        raise cache.DataError(
            f"this file's unknown token has the id {unknown:,}, and there are {len(tokens):,}"
        )
    return {
        "tokens": tokens,
        "merges": setting(file, "tokenizer.ggml.merges", list),
        "special": [token for token, kind in zip(tokens, kinds, strict=True) if kind == SPECIAL],
        "unknown": unknown,
        "pattern": PATTERNS[cut],
        "chat_template": setting(file, "tokenizer.chat_template", str, ""),
    }


def our_name(theirs: str) -> str:
    """What we call a tensor of a GGUF file.

    >>> our_name("blk.7.attn_q.weight")
    'layers.7.attention.query.weight'
    """
    name, _, kind = theirs.rpartition(".")
    layer, _, part = name.rpartition(".")
    return f"{re.sub('^blk', 'layers', layer)}.{OURS.get(part, part)}.{kind}".lstrip(".")


def read_weights(file: GGUFFile, dtype: torch.dtype) -> dict[str, torch.Tensor]:
    """Each tensor by our name, out of its few bits."""
    sizes = [tensor.size for tensor in file.tensors]
    rooms = torch.empty(sum(sizes), dtype=dtype).split(sizes)  # one block, which is given back as a whole
    weights = {}
    for tensor, room in zip(file.tensors, rooms, strict=True):
        try:
            numbers = torch.tensor(tensor.numbers())
        except (NotImplementedError, ValueError) as error:
            raise cache.DataError(f"{tensor.name} of this GGUF file cannot be read: {error}") from None
        if (name := our_name(tensor.name)) in weights:
            raise cache.DataError(f"two tensors of this GGUF file are both {name}")
        weights[name] = shaped(room, list(tensor.shape)).copy_(numbers)
    return weights


def shaped(room: torch.Tensor, shape: list[int]) -> torch.Tensor:
    """Room for a tensor of that shape; a float32 matrix of at least as many rows as columns lies column by column.

    A vector times such a matrix, which is nearly all the work for one new token, then takes about 0.6 of the time on
    a CPU; many vectors at once take the same, and so does anything in bfloat16.

    >>> shaped(torch.empty(6), [3, 2]).stride()
    (1, 3)
    """
    if len(shape) == 2 and shape[0] >= shape[1] and room.dtype == torch.float32:
        return room.view(*reversed(shape)).T
    return room.view(shape)
