"""Under rung `pretrained`: a model of ours in one file, whole or not at all, with its tokenizer and its card.

The file is safetensors: plain numbers that run no code, and a description in JSON.
"""

import json
import os
import tempfile
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from nextword.tokenizer import Tokenizer
from nextword.transformer import ModelConfig, Transformer

FORMAT = "nextword 1"
HALF = torch.float16  # half the room of float32, and a loss that is the same to four digits


class ModelFileError(ValueError):
    """A file that cannot be used or written, and why."""


def write(path: Path, tensors: dict[str, torch.Tensor], description: dict[str, object]) -> None:
    """Tensors and a description under a name at once; where that fails, what stood there before stays as it was."""
    lines = {name: json.dumps(value) for name, value in description.items()} | {"format": FORMAT}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(".partial", f"{path.name}-", path.parent) as folder:
            partial = Path(folder, "file")
            save_file(
                {name: tensor.contiguous() for name, tensor in tensors.items()}, partial, metadata=lines
            )
            with partial.open("rb+") as file:
                os.fsync(file.fileno())  # it is on the disk before it takes the other's name
            partial.chmod(0o644)  # safetensors makes it its owner's alone
            partial.replace(path)
    except (OSError, SafetensorError) as error:
        kept = "What was there before is untouched" if path.is_file() else "Nothing was written"
        says = f"{path} cannot be written ({error}). {kept}: make room, or choose another folder."
        raise ModelFileError(says) from error


def read(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, object]]:
    """What `write` wrote; a ModelFileError says why a file is none of that kind."""
    if not path.is_file():
        raise ModelFileError(f"there is no file {path}")
    try:
        with safe_open(path, framework="pt") as file:
            lines = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}
    except (OSError, SafetensorError) as error:
        says = f"{path} is damaged, or no model file at all ({error}): delete it, or take another"
        raise ModelFileError(says) from error
    if lines.pop("format", None) != FORMAT:
        raise ModelFileError(f"{path} was not written by this course, or by another version of it")
    return tensors, {name: json.loads(value) for name, value in lines.items()}


def card_of(path: Path) -> dict[str, object]:
    """The card of a model, without its numbers."""
    if not path.is_file():
        raise ModelFileError(f"there is no file {path}")
    try:
        with safe_open(path, framework="pt") as file:
            return dict(json.loads((file.metadata() or {})["card"]))
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise ModelFileError(f"{path} is no model of this course ({error})") from error


def save_model(path: Path, model: Transformer, tokenizer: Tokenizer, card: dict[str, object]) -> None:
    """Keep a finished model, its numbers rounded to 16 bits, and what there is to say of it."""
    weights = {name: tensor.detach().cpu().to(HALF) for name, tensor in model.state_dict().items()}
    description = {"model": asdict(model.config), "tokenizer": asdict(tokenizer), "card": card}
    write(path, weights, description)


def load_model(path: Path) -> tuple[Transformer, Tokenizer, dict[str, object]]:
    """A model that `save_model` kept, its tokenizer and its card."""
    tensors, description = read(path)
    try:
        parts = description["tokenizer"]
        merges = [tuple(pair) for pair in parts["merges"]]
        tokenizer = Tokenizer(merges, parts["pattern"], tuple(parts["special"]))
        model = Transformer(ModelConfig(**description["model"]))
        model.load_state_dict({name: tensor.float() for name, tensor in tensors.items()})
        return model.eval(), tokenizer, description["card"]
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise ModelFileError(f"{path} does not fit its own description ({error}): take another") from error
