"""What reads people's preferences best? Each kind of reward on 300 to 7,417 rated sentences, over four seeds.

python benchmarks/rlhf_reward.py         writes benchmarks/results/rlhf_reward.json and .md; some 15 minutes of one core

A seed draws which sentences are learned from, which rating of each, and which ratings judge. Whoever judges has taught
nobody: other sentences, other people. One thread; seconds are those of the processor, reading included.
"""

import json
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path

import torch

from nextword import finetuning, preferences, reward_model
from nextword.base import datasets
from nextword.base.datasets import Rated
from nextword.reward_model import RewardConfig
from nextword.reward_model_parts import features
from nextword.transformer import Transformer

RESULTS = Path(__file__).parent / "results"
SEEDS, SIZES = range(4), (300, 1000, 3000, 7417)
COLUMNS = {
    n: RewardConfig(epochs=40 if n <= 1000 else 20, lr=0.01, l2=0.3 if n <= 1000 else 0.1) for n in SIZES
}
TUNED = RewardConfig(epochs=1, batch=64, lr=1e-3, l2=0)
AXES = ("witty", "upbeat", "interesting")


class Judges:
    """The sentences and ratings that taught nobody."""

    def __init__(self):
        self.some = preferences.rated(preferences.UNSEEN, 1)
        self.texts = [one.text for one in self.some]

    def row(self, name: str, n: int, seed: int, rewards: torch.Tensor, seconds: float) -> dict:
        better, worse = preferences.pairs(preferences.draw(self.some, torch.Generator().manual_seed(seed)))
        lead = rewards[better] - rewards[worse]
        found = {"accuracy": preferences.accuracy(rewards[better], rewards[worse])}
        found["ece"] = preferences.calibration_error(torch.sigmoid(lead.abs()), lead > 0)
        row = {"name": name, "sentences": n, "seed": seed, **found, "seconds": seconds}
        print(
            f"{name:34s} {n:5d} seed {seed} {found['accuracy']:.3f} ECE {found['ece']:.3f} {seconds:.1f} s",
            flush=True,
        )
        return row


def first_layers(model: Transformer, n: int) -> Transformer:
    """A copy of a model that ends after its n-th layer."""
    short = Transformer(replace(model.config, n_layers=n))
    short.load_state_dict({name: model.state_dict()[name] for name in short.state_dict()})
    return short


def bounds(judges: Judges, some: list[Rated], seed: int) -> list[dict]:
    """The ceiling that the other half of the people sets, and the floor of three shortcuts."""
    others = preferences.rated(preferences.UNSEEN, 0)
    kinds = {kind: [one.mean for one in some if one.kind == kind] for kind in preferences.KINDS}
    by_kind = {kind: statistics.mean(means) for kind, means in kinds.items()}
    one_other = preferences.draw(others, torch.Generator().manual_seed(50 + seed)).float()
    rows = {
        "the mean of the other people": torch.tensor([one.mean for one in others]),
        "one other person": one_other,
        "kind of text alone": torch.tensor([by_kind[one.kind] for one in others]),
        "length alone": torch.tensor([float(len(one.text)) for one in others]),
    }
    return [judges.row(name, 0, seed, rewards, 0.0) for name, rewards in rows.items()]


def words(judges: Judges, some: list[Rated], seed: int) -> list[dict]:
    """A bag of words: its columns as they are, and standardised."""
    began = time.process_time()
    reward = reward_model.fit_words(some, RewardConfig(seed=seed))
    rows = [judges.row("words", len(some), seed, reward(judges.texts), time.process_time() - began)]
    began = time.process_time()
    columns = reward.columns([one.text for one in some])
    deviation = columns.std(0) + 1e-3
    dials = reward_model.fit_columns(columns / deviation, some, RewardConfig(seed=seed))
    rewards = reward.columns(judges.texts) / deviation @ dials
    rows.append(judges.row("words, standardised", len(some), seed, rewards, time.process_time() - began))
    return rows


def linear(
    judges: Judges, name: str, read: torch.Tensor, unseen: torch.Tensor, each: float, some, seed: int
) -> dict:
    """One dial for each number of a model's vectors; `each` is how many seconds a sentence takes to be read."""
    began, deviation = time.process_time(), read.std(0)
    dials = reward_model.fit_columns(
        (read - read.mean(0)) / deviation, some, replace(COLUMNS[len(some)], seed=seed)
    )
    rewards = (unseen - read.mean(0)) / deviation @ dials
    return judges.row(name, len(some), seed, rewards, time.process_time() - began + each * len(some))


def dialogs(seed: int) -> list[dict]:
    """Chats that got one rating each: how often the longer wins, and what a reward knows besides length."""
    chats = [chat for chat in datasets.dialogs(2) if chat.ratings]
    order = torch.randperm(len(chats), generator=torch.Generator().manual_seed(seed)).tolist()
    found = []
    for axis in AXES:
        rated = [Rated("chat", " ".join(chats[i].turns), (chats[i].ratings[axis],)) for i in order]
        learned, judged = rated[: -len(rated) // 3], rated[-len(rated) // 3 :]
        lengths = torch.tensor([float(len(one.text.split())) for one in judged])
        rewards = reward_model.fit_words(learned, RewardConfig(l2=1e-3, seed=seed))(
            [one.text for one in judged]
        )
        without = reward_model.without_length(rewards, lengths)
        row = {"axis": axis, "seed": seed} | {
            name: preferences.judge(values, judged)
            for name, values in (
                ("length alone", lengths),
                ("words", rewards),
                ("words without length", without),
            )
        }
        print(row, flush=True)
        found.append(row)
    return found


def measure() -> dict:
    """All rows."""
    everyone, judges, rows, chats = preferences.rated(preferences.PROXY, 0), Judges(), [], []
    texts = [one.text for one in everyone]
    model, tokenizer = finetuning.reviewer()
    layers = range(1, model.config.n_layers + 1)
    began = time.process_time()
    real, real_unseen = features.features(texts), features.features(judges.texts)
    each = (time.process_time() - began) / (len(texts) + len(judges.texts))
    began = time.process_time()
    trunk, trunk_unseen = (
        features.of_model(model, tokenizer, some, layers) for some in (texts, judges.texts)
    )
    each_trunk = (time.process_time() - began) / (len(texts) + len(judges.texts))
    for seed in SEEDS:
        order = torch.randperm(len(everyone), generator=torch.Generator().manual_seed(seed))
        rows += bounds(judges, everyone, seed)
        for n in SIZES:
            chosen = order[:n]
            some = [everyone[i] for i in chosen.tolist()]
            rows += words(judges, some, seed)
            rows.append(linear(judges, "real model, frozen", real[chosen], real_unseen, each, some, seed))
            rows.append(
                linear(judges, "tiny model, frozen", trunk[chosen], trunk_unseen, each_trunk, some, seed)
            )
        chats += dialogs(seed)
    for seed in SEEDS:
        began = time.process_time()
        reward = reward_model.fit_model(
            first_layers(model, 2), tokenizer, everyone, replace(TUNED, seed=seed)
        )
        seconds = time.process_time() - began
        rows.append(judges.row("tiny model, tuned", len(everyone), seed, reward(judges.texts), seconds))
    return {"rewards": rows, "dialogs": chats}


def spread(values: list[float]) -> str:
    """The mean over the seeds, and the lowest and the highest."""
    return f"{statistics.mean(values):.3f} ({min(values):.3f} to {max(values):.3f})"


def page(found: dict) -> str:
    """The results as a page."""
    head = " ".join(__doc__.split("\n\n")[0].split())
    lines = [f"# {head}", "", "Made by `python benchmarks/rlhf_reward.py`. Accuracy on all pairs of "]
    lines[-1] += (
        "1,877 sentences that nobody learned from, judged by ratings that taught nobody: mean of four seeds, "
    )
    lines[-1] += "lowest and highest. ECE is by how much a reward's chances are off."
    lines += ["", "| reward | sentences | accuracy | ECE | seconds |", "|---|---|---|---|---|"]
    groups: dict = {}
    for row in found["rewards"]:
        groups.setdefault((row["name"], row["sentences"]), []).append(row)
    for (name, n), rows in sorted(groups.items(), key=lambda item: (item[0][1] > 0, item[0])):
        accuracy, ece = spread([row["accuracy"] for row in rows]), statistics.mean(row["ece"] for row in rows)
        said = (f"{ece:.3f}", f"{statistics.mean(row['seconds'] for row in rows):.1f}") if n else ("", "")
        lines.append(f"| {name} | {n or ''} | {accuracy} | {said[0]} | {said[1]} |")
    lines += ["", "Chats of two people, each rated once, a third of them judged:", ""]
    lines += ["| rated for | length alone | words | words without length |", "|---|---|---|---|"]
    for axis in AXES:
        rows = [row for row in found["dialogs"] if row["axis"] == axis]
        cells = [
            spread([row[name] for row in rows]) for name in ("length alone", "words", "words without length")
        ]
        lines.append(f"| {axis} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    torch.set_num_threads(1)
    path = RESULTS / "rlhf_reward.json"
    found = json.loads(path.read_text()) if "--page" in sys.argv else measure()
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    path.with_suffix(".md").write_text(page(found), encoding="utf-8")


if __name__ == "__main__":
    main()
