"""Rung `pretrained`: a real model in our own code.

SmolLM2 has 134,515,008 dials, which somebody else set; its file gives them to the same classes that hold our tiny
models. Out of their few bits they are kept on this disk as safetensors, which is plain numbers and runs no code, and
which is mapped into memory, not read.
Source: Ben Allal et al. 2025 (SmolLM2, arXiv 2502.02737).
"""

import functools
import glob
import json
import math
import shutil
import tempfile
import time
import warnings
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch.nn import functional

from nextword.base import cache, datasets, models
from nextword.pretrained_parts import gguf_file, model_file
from nextword.pretrained_parts.byte_tokenizer import PretrainedTokenizer
from nextword.tokenizer import Tokenizer
from nextword.transformer import ModelConfig, Transformer

STORYTELLER = Path(__file__).with_name("storyteller.safetensors")  # the course's own
UNSEEN = "unseen tales, bits per byte"  # a line of a model's card
FORMAT = "2"  # of the files that we keep: another number, and they are made again
DTYPES = (torch.float32, torch.bfloat16)


def load(
    path: Path | None = None, dtype: torch.dtype | None = None
) -> tuple[Transformer, PretrainedTokenizer]:
    """The real model and its tokenizer, fetched on first use; or those of another GGUF file of a Llama.

    `dtype` is `torch.float32` or `torch.bfloat16`; without it, whichever this machine computes faster. The two round
    differently: say `torch.float32` where numbers are printed.
    """
    path = datasets.smollm2() if path is None else Path(path)
    dtype = dtype or quicker_dtype()
    if dtype not in DTYPES:
        raise ValueError(f"dtype is {dtype!r}, and it is torch.float32 or torch.bfloat16")
    with gguf_file.damage_explained(path):
        weights, about = load_cached(path, dtype) or write_cached(path, dtype)
        tokenizer = PretrainedTokenizer.made_from(**json.loads(about["tokenizer"]))
        with torch.device("meta"):  # the shape alone, without memory
            model = Transformer(ModelConfig(**json.loads(about["config"])))
    check_shapes(model, weights, path)
    model.load_state_dict(weights, assign=True)
    return model.eval(), tokenizer


def storyteller() -> tuple[Transformer, Tokenizer]:
    """The small model that writes tales: the reader's own, if they have trained one, else the course's.

    Of several of the reader's own it is the one that the tales which were put aside surprise least.
    """
    cards = {}
    for path in sorted(models.folder().glob("*.safetensors")):
        try:
            cards[path] = model_file.card_of(path)
        except model_file.ModelFileError as error:
            warnings.warn(f"left aside: {error}", stacklevel=2)
    if not cards and not STORYTELLER.is_file():
        raise model_file.ModelFileError(
            "there is no storyteller yet: `nextword train --preset lesson` makes one in a few minutes"
        )
    best = min(cards, key=lambda path: cards[path].get(UNSEEN, math.inf), default=STORYTELLER)
    model, tokenizer, _ = model_file.load_model(best)
    return model, tokenizer


def check_shapes(model: Transformer, weights: dict[str, torch.Tensor], path: Path) -> None:
    """Refuse weights that are not those of the model, with a DataError."""
    needed = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    found = {name: tuple(tensor.shape) for name, tensor in weights.items()}
    for name in sorted(needed | found):
        if needed.get(name) != found.get(name):
            raise cache.DataError(
                f"{path} does not fit its own description: {name} is {found.get(name, 'nothing')}, "
                f"and {needed.get(name, 'nothing')} was needed"
            )


def cached_path(path: Path, dtype: torch.dtype) -> Path:
    """Where the weights of a GGUF file are kept: beside it."""
    return path.with_name(f"{path.stem}.{str(dtype).removeprefix('torch.')}.safetensors")


def version(path: Path) -> str:
    """What tells a GGUF file from another of the same name."""
    seen = path.stat()
    return f"{FORMAT} {seen.st_size} {seen.st_mtime_ns}"


def load_cached(path: Path, dtype: torch.dtype) -> tuple[dict[str, torch.Tensor], dict[str, str]] | None:
    """Weights and description that an earlier `load` kept, mapped into memory; None where there are none."""
    try:
        with safe_open(cached_path(path, dtype), framework="pt") as file:
            about = file.metadata() or {}
            if about.get("version") == version(path):
                return restore_layout({name: file.get_tensor(name) for name in file.keys()}), about
    except (OSError, SafetensorError):
        pass  # not there, or half of it: it is made again
    return None


def write_cached(path: Path, dtype: torch.dtype) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """Read a GGUF file, and keep what it holds for the next time; where it cannot be kept, it is in memory."""
    reader = gguf_file.open_gguf(path)
    about = {
        "version": version(path),
        "config": json.dumps(asdict(gguf_file.config_of(reader))),
        "tokenizer": json.dumps(gguf_file.tokenizer_parts(reader)),
    }
    weights, lasting = gguf_file.read_weights(reader, dtype), cached_path(path, dtype)
    for leftover in path.parent.glob(f"{glob.escape(lasting.name)}-*.partial"):  # of a process that was ended
        shutil.rmtree(leftover, ignore_errors=True)
    try:
        with tempfile.TemporaryDirectory(".partial", f"{lasting.name}-", path.parent) as folder:
            partial = Path(folder, "weights")
            save_file(row_major(weights), partial, metadata=about)
            shutil.copymode(path, partial)  # by itself it is its owner's, and a class may share it
            partial.replace(lasting)  # whole, or not at all
    except (OSError, SafetensorError):
        pass  # no room, or not ours to write in
    return load_cached(path, dtype) or (weights, about)


BY_COLUMN = ".by_column"


def row_major(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Weights for a file that knows rows only: a matrix that lies column by column is turned, and its name says so."""
    return dict(
        (name, matrix) if matrix.is_contiguous() else (name + BY_COLUMN, matrix.T)
        for name, matrix in weights.items()
    )


def restore_layout(rows: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """What `row_major` was given, without moving a number.

    >>> restore_layout(row_major({"up": torch.tensor([[1.0, 2.0], [3.0, 4.0]]).T}))
    {'up': tensor([[1., 3.],
            [2., 4.]])}
    """
    return {
        name.removesuffix(BY_COLUMN): matrix.T if name.endswith(BY_COLUMN) else matrix
        for name, matrix in rows.items()
    }


@functools.cache
def quicker_dtype() -> torch.dtype:
    """float32, or bfloat16 where this machine computes it faster: a few trials of a vector and of a short text."""
    seconds = {}
    for dtype in DTYPES:
        matrix, trials = gguf_file.shaped(torch.ones(2048 * 1536, dtype=dtype), [2048, 1536]), []
        for rows in [torch.ones(n, 1536, dtype=dtype) for n in (1, 32)] * 4:
            began = time.perf_counter()
            functional.linear(rows, matrix)
            trials.append(time.perf_counter() - began)
        # A reply is some 8 steps of one token for each 32 tokens that are read at once.
        seconds[dtype] = min(trials[0::2]) * 8 + min(trials[1::2])
    return min(seconds, key=seconds.get)
