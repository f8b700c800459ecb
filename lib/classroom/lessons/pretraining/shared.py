"""What several exercises of this lesson share: a tiny run of training that has begun, and its text."""

import torch

from nextword import training
from nextword.training import Run, TrainingConfig
from nextword.transformer import ModelConfig, Transformer

SIZES = {"vocab_size": 7, "d_model": 8, "n_layers": 1, "n_heads": 2, "d_mlp": 8, "context": 8, "tied": False}
CONFIG = ModelConfig(**SIZES, norm_weights=False, qk_norm=True, init="fan_in")
TEXT = torch.randint(7, (90,), generator=torch.Generator().manual_seed(2))


def a_model() -> Transformer:
    """A tiny model, whose last matrix is no longer 0, so that all dials have a gradient."""
    model = Transformer(CONFIG, torch.Generator().manual_seed(1))
    with torch.no_grad():
        for name, matrix in model.named_parameters():
            if not matrix.any():
                matrix.normal_(0, 0.5, generator=torch.Generator().manual_seed(len(name)))
    return model


def a_run(**settings) -> Run:
    """A run of that model at its first step."""
    settings = {"steps": 9, "batch": 4, "context": 6} | settings
    return training.begin(a_model(), TrainingConfig(**settings))


def shown(settings: dict) -> str:
    """A configuration as it is written."""
    return ", ".join(f"{name}={value}" for name, value in settings.items())
