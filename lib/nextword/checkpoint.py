"""Rung `checkpoint`: a run of training kept in a file, and taken up again to the last bit.

In the file are the dials, what the optimizer remembers, where the generator stands, and every loss so far: all on
which the next step depends. So a run that is killed goes on from its last checkpoint as if it had never stopped.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import torch
from filelock import FileLock, Timeout

from nextword import training
from nextword.base.shapes import Tensor
from nextword.pretrained_parts import model_file
from nextword.pretrained_parts.model_file import ModelFileError
from nextword.training import Run, TrainingConfig
from nextword.transformer import ModelConfig, Transformer


def save(run: Run, path: Path, tokens: Tensor) -> None:
    """Keep a run that reads these tokens. Until the new file is whole, the one before it stays."""
    tensors = {name: tensor.cpu() for name, tensor in pack(run).items()}
    description = {"model": asdict(run.model.config), "training": asdict(run.config)}
    model_file.write(path, tensors, description | {"text": fingerprint(tokens), "seconds": run.seconds})


def pack(run: Run) -> dict[str, Tensor]:
    """All on which a run's next step depends, as tensors with names."""
    tensors = {f"model.{name}": tensor.detach() for name, tensor in run.model.state_dict().items()}
    tensors |= {f"optimizer.{name}": tensor for name, tensor in run.optimizer.state().items()}
    tensors["generator"] = run.generator.get_state()
    tensors["losses"] = torch.tensor(run.losses, dtype=torch.float64)
    return tensors


def unpack(tensors: dict[str, Tensor], run: Run) -> None:
    """Put what `pack` took into a run of the same model and settings."""
    run.model.load_state_dict(part(tensors, "model."))
    run.optimizer.load(part(tensors, "optimizer."))
    run.generator.set_state(tensors["generator"])
    run.losses = tensors["losses"].tolist()


def restore(path: Path, config: TrainingConfig, tokens: Tensor, device: str = "cpu") -> Run:
    """The run that a file holds. A ModelFileError says so if it had other settings, or read another text."""
    tensors, description = model_file.read(path)
    if "training" not in description:
        raise ModelFileError(f"{path} is a finished model: how it learned is not in it, so it cannot go on")
    if different := differences(description["training"], asdict(config)):
        raise ModelFileError(f"{path} is of a run with other settings ({different}): choose another folder")
    if description["text"] != fingerprint(tokens):
        raise ModelFileError(f"{path} is of a run that reads another text: choose another folder")
    try:
        model = Transformer(ModelConfig(**description["model"])).to(device)
        run = training.begin(model, config)
        unpack(tensors, run)
        run.seconds = float(description["seconds"])
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise ModelFileError(f"{path} does not fit its own description ({error}): delete it") from error
    return run


def settings_of(path: Path) -> TrainingConfig:
    """The settings with which a kept run began."""
    _, description = model_file.read(path)
    try:
        return TrainingConfig(**description["training"])
    except (KeyError, TypeError, ValueError) as error:
        raise ModelFileError(f"{path} holds no run that could go on ({error})") from error


def begin_or_restore(
    path: Path, make_model: Callable[[], Transformer], config: TrainingConfig, tokens: Tensor
) -> Run:
    """The run that a file holds, or a new one where there is no file."""
    model = make_model()
    if not path.exists():
        return training.begin(model, config)
    run = restore(path, config, tokens)
    if different := differences(asdict(run.model.config), asdict(model.config)):
        raise ModelFileError(f"{path} is of another model ({different}): choose another folder")
    return run


def differences(kept: dict, now: dict) -> str:
    """Which settings differ, and how.

    >>> differences({"steps": 10, "batch": 4}, {"steps": 20, "batch": 4})
    'steps: 10 then, 20 now'
    """
    names = sorted(name for name in kept | now if kept.get(name) != now.get(name))
    return "; ".join(f"{name}: {kept.get(name)} then, {now.get(name)} now" for name in names)


def part(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Those tensors whose names begin so, without that beginning."""
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}


def fingerprint(tokens: Tensor) -> str:
    """A short name for a text of tokens: another text has another."""
    return hashlib.sha256(tokens.to(torch.int32).numpy().tobytes()).hexdigest()[:16]


@contextmanager
def lock(folder: Path) -> Iterator[None]:
    """In a `with` block a folder is for one training: a ModelFileError tells whoever comes second.

    The lock falls with the process, however that ends.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = FileLock(folder / "in-use.lock")
        held.acquire(timeout=0)
    except Timeout:
        says = f"another training is writing into {folder}: wait for it, or choose another folder"
        raise ModelFileError(says) from None
    except (OSError, NotImplementedError) as error:  # the latter: a disk that knows no locks
        raise ModelFileError(f"{folder} cannot be written to ({error}): choose another folder") from error
    try:
        yield
    finally:
        held.release()
