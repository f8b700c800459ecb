"""Under rung `finetuning`: assistants that were made on this machine, and what there is to say of one."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from nextword.base import models
from nextword.pretrained_parts import model_file
from nextword.tokenizer import Tokenizer
from nextword.training import Run
from nextword.transformer import Transformer

FIRST = "losses of the first twenty steps"  # a line of a card, by which a run can be made again and compared
FILMS = "sentences about films put aside, bits per byte"
TALES = "unseen tales, bits per byte"


def own(name: str = "reviewer") -> Path:
    """Where an assistant of the reader's own is kept, once there is one."""
    return models.folder() / "assistants" / f"{name}.safetensors"


def keep(
    model: Transformer, tokenizer: Tokenizer, name: str = "reviewer", card: dict[str, object] | None = None
) -> Path:
    """Keep an assistant as the reader's own; one that was there before is set aside, with the date in its name."""
    path = own(name)
    for there in (path, path.with_suffix(".md")):
        if there.exists():
            there.rename(there.with_name(f"{there.name}.{datetime.now():%Y-%m-%d_%H%M%S_%f}"))
    model_file.save_model(path, model, tokenizer, {"about": "made by its reader"} if card is None else card)
    return path


def card(
    run: Run, films: tuple[float, float], tales: tuple[float, float], samples: list[str]
) -> dict[str, object]:
    """What there is to say of a reviewer: bits per byte before and after, what it cost, and samples as they came."""
    return {
        "about": "the storyteller, after some minutes of sentences about films",
        "text": "sentences of up to 40 tokens from reviews of films",
        "dials": sum(p.numel() for p in run.model.parameters()),
        "steps": run.step,
        "sentences read": run.step * run.config.batch,
        "processor seconds": round(run.seconds),
        FIRST: [round(loss, 3) for loss in run.losses[:20]],
        f"{FILMS}, before": round(films[0], 3),
        f"{FILMS}, after": round(films[1], 3),
        f"{TALES}, before": round(tales[0], 3),
        f"{TALES}, after": round(tales[1], 3),
        "logits divided by": 0.75,
        "training": asdict(run.config),
        "samples": samples,
    }
