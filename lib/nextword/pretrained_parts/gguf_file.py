"""Under rung `pretrained`: what a GGUF file holds, as our configuration, our tokenizer's parts and our weights.

GGUF files keep numbers in few bits: in Q4_1, 32 weights share a scale and an offset, and each is one of 16 steps.
Query and key rows lie as pairs of neighbours, as our RoPE has them.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import gguf
import torch

from nextword import tokenizer
from nextword.base import cache
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
SPECIAL = 3  # the type that the file gives to special tokens


def open_gguf(path: Path) -> gguf.GGUFReader:
    """A file that holds a Llama, ready to be read; anything else is an error that says so."""
    try:
        with path.open("rb") as file:
            if file.read(4) != b"GGUF":
                raise cache.DataError(f"{path} is no GGUF file: it does not begin with the letters GGUF")
        with damage_explained(path):
            reader = gguf.GGUFReader(path)
    except OSError as error:
        raise cache.DataError(f"{path} cannot be read: {error.strerror or error}") from None
    kind = field(reader, "general.architecture")
    if kind != "llama":
        raise cache.DataError(f"{path} holds a model of the kind {kind!r}, and only 'llama' can be run here")
    return reader


@contextmanager
def damage_explained(path: Path) -> Iterator[None]:
    """In a `with` block, what goes wrong because a file makes no sense is one sentence that says so."""
    try:
        yield
    except (ValueError, TypeError, LookupError, OverflowError) as error:
        raise cache.DataError(f"{path} is damaged ({error}): {AGAIN}") from None


AGAIN = "fetch it again; for the course's own, run `nextword data --verify`"


def field(reader: gguf.GGUFReader, name: str, default=None):
    """A value of the file's header; one that is needed and is not there is an error."""
    found = reader.get_field(name)
    if found is None and default is None:
        raise cache.DataError(f"this GGUF file lacks {name!r}, without which its model cannot be built")
    return default if found is None else found.contents()


def config_of(reader: gguf.GGUFReader) -> ModelConfig:
    """The model's shape."""
    names = {tensor.name for tensor in reader.tensors}
    if reader.get_field("llama.rope.scaling.type") or "rope_freqs.weight" in names:
        raise cache.DataError("this model stretches its positions, which ours cannot do yet")
    n_heads, n_layers = field(reader, "llama.attention.head_count"), field(reader, "llama.block_count")
    if n_layers > len(names):  # to build so many would fill the memory
        raise cache.DataError(f"this GGUF file speaks of {n_layers:,} layers, and holds {len(names)} tensors")
    return ModelConfig(
        vocab_size=len(field(reader, "tokenizer.ggml.tokens")),
        d_model=field(reader, "llama.embedding_length"),
        n_layers=n_layers,
        n_heads=n_heads,
        n_kv_heads=field(reader, "llama.attention.head_count_kv", n_heads),
        d_mlp=field(reader, "llama.feed_forward_length"),
        context=field(reader, "llama.context_length"),
        norm_eps=round(
            field(reader, "llama.attention.layer_norm_rms_epsilon"), 12
        ),  # 1e-05, kept as a float32
        rope_base=field(reader, "llama.rope.freq_base", 10_000.0),
        tied="output.weight" not in names,
    )


def tokenizer_parts(reader: gguf.GGUFReader) -> dict:
    """What `PretrainedTokenizer.made_from` takes."""
    cut = field(reader, "tokenizer.ggml.pre", "none")
    if field(reader, "tokenizer.ggml.model") != "gpt2" or cut not in PATTERNS:
        known = ", ".join(PATTERNS)
        raise cache.DataError(
            f"this file's tokenizer cuts text the {cut!r} way; those that we know are: {known}"
        )
    tokens, kinds = field(reader, "tokenizer.ggml.tokens"), field(reader, "tokenizer.ggml.token_type")
    return {
        "tokens": tokens,
        "merges": field(reader, "tokenizer.ggml.merges"),
        "special": [token for token, kind in zip(tokens, kinds, strict=True) if kind == SPECIAL],
        "unknown": field(reader, "tokenizer.ggml.unknown_token_id", 0),
        "pattern": PATTERNS[cut],
        "chat_template": field(reader, "tokenizer.chat_template", ""),
    }


def our_name(theirs: str) -> str:
    """What we call a tensor of a GGUF file.

    >>> our_name("blk.7.attn_q.weight")
    'layers.7.attention.query.weight'
    """
    name, _, kind = theirs.rpartition(".")
    layer, _, part = name.rpartition(".")
    return f"{re.sub('^blk', 'layers', layer)}.{OURS.get(part, part)}.{kind}".lstrip(".")


def read_weights(reader: gguf.GGUFReader, dtype: torch.dtype) -> dict[str, torch.Tensor]:
    """Each tensor by our name, out of its few bits."""
    sizes = [int(tensor.n_elements) for tensor in reader.tensors]
    rooms = torch.empty(sum(sizes), dtype=dtype).split(sizes)  # one block, which is given back as a whole
    weights = {}
    for tensor, room in zip(reader.tensors, rooms, strict=True):
        try:
            numbers = torch.tensor(gguf.dequantize(tensor.data, tensor.tensor_type))
        except (NotImplementedError, ValueError) as error:
            raise cache.DataError(f"{tensor.name} of this GGUF file cannot be read: {error}") from None
        shape = [int(length) for length in reversed(tensor.shape)]
        weights[our_name(tensor.name)] = shaped(room, shape).copy_(numbers.view(shape))
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
