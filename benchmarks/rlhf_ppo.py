"""Four seeds of what lesson 19 runs once: `python benchmarks/rlhf_ppo.py [--seeds 0 1 2 3]`, about eight minutes.

For each seed, on one thread: the course's reviewer learns by PPO from what people prefer (`reward_model.people`), and
is judged by other people on other sentences (`reward_model.gold`); the same with nothing that holds it back; and by
the 48 choices of a simulated reader, who wants no *not*, *no* or *never*. Each is set beside 256 texts of the reviewer
with the same openings, and so are 256 others of the reviewer itself, as a control. Results go to
results/rlhf_ppo.json, the table to results/rlhf_ppo.md.
"""

import argparse
import json
import platform
import statistics
import time
from pathlib import Path

import torch

from classroom.lessons.ppo import compare, settings
from classroom.lessons.reward_model import own_samples
from nextword import finetuning, ppo, reward_model, rollouts, taste, text
from nextword.taste_parts import readers

RESULTS = Path(__file__).parent / "results"
TEXTS = 256
COLUMNS = {
    "kl": "KL, nats a text",
    "win": "wins",
    "gold": "gold",
    "proxy": "proxy",
    "decided": "decided pairs won",
    "rate": "rate a text",
    "distinct": "distinct",
    "words": "words",
    "finished": "finished",
    "rounds": "rounds",
    "seconds": "core-s",
}


class Setting:
    """The reviewer, its openings, and what one seed's policies are set beside."""

    def __init__(self, seed: int):
        self.model, self.tokenizer = finetuning.reviewer()
        self.end = self.tokenizer.id_of("<|end|>")
        self.prompts = [[self.end, *self.tokenizer.encode(opening)] for opening in finetuning.OPENINGS]
        self.seed = seed
        self.before = self.write(self.model, 1000 + seed)[1]
        self.people = reward_model.people()
        self.proxy = reward_model.standardised(self.people, self.before)
        self.gold = reward_model.standardised(reward_model.gold(), self.before)
        self.gold_before = self.gold(self.before)

    def write(self, model, seed: int):
        """256 rollouts, and their texts."""
        prompts = [self.prompts[i % len(self.prompts)] for i in range(TEXTS)]
        written = rollouts.sample(model, prompts, self.end, 56, torch.Generator().manual_seed(seed))
        return written, written.texts(self.tokenizer)

    def learn(self, reward, config):
        """A run of PPO, and the processor's seconds that it took."""
        began = time.process_time()
        run = ppo.begin(self.model, self.tokenizer, self.end, self.prompts, reward, config)
        return ppo.train(run), time.process_time() - began

    def judged(self, model, seed: int, score=None) -> dict[str, float]:
        """What is measured of a model's texts; with `score` a reader's taste as well."""
        written, texts = self.write(model, seed)
        gold = self.gold(texts)
        found = {
            "kl": compare.distance(model, self.model, written),
            "win": compare.wins(gold, self.gold_before),
            "gold": gold.mean().item(),
            "proxy": self.proxy(texts).mean().item(),
            "distinct": compare.distinct(texts),
            "words": statistics.fmean(len(text.words(one)) for one in texts),
            "finished": written.finished.float().mean().item(),
        }
        if score is not None:
            won, of = compare.decided(score(texts), score(self.before))
            found |= {"decided": won / max(1, of), "rate": score(texts).abs().mean().item()}
            found["rate before"] = score(self.before).abs().mean().item()
        return found


def measured(seed: int) -> dict[str, dict[str, float]]:
    """All runs of a seed."""
    setting = Setting(seed)
    reader = readers.all_readers(setting.people)["plain"]
    found = {"control": setting.judged(setting.model, 2000 + seed, reader.score)}
    for name, config in (("people", settings.PEOPLE), ("free", settings.FREE)):
        run, seconds = setting.learn(setting.proxy, settings.seeded(config, seed))
        found[name] = setting.judged(run.policy, 3000 + seed)
        found[name] |= {"seconds": seconds, "rounds": len(run.history)}
    samples = own_samples.samples(setting.model, setting.tokenizer, settings.SAMPLES, seed)
    texts = [one for _, one in samples]
    features = taste.features(texts, setting.people)
    chance = torch.Generator().manual_seed(seed)
    offers = taste.offers([opening for opening, _ in samples], texts, features, chance)[: settings.CHOICES]
    head = taste.fit(readers.choices(reader, offers, texts, chance), features)
    reward = reward_model.standardised(head.reward, setting.before)
    run, seconds = setting.learn(reward, settings.seeded(settings.READER, seed))
    found["reader"] = setting.judged(run.policy, 3000 + seed, reader.score)
    found["reader"] |= {"seconds": seconds, "rounds": len(run.history), "says": head.says()}
    return found


def spread(numbers: list[float]) -> str:
    """The mean, and the lowest and the highest."""
    low, high = min(numbers), max(numbers)
    digits = 0 if high > 20 else 1 if high > 10 else 2
    return f"{statistics.fmean(numbers):.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def table(seeds: dict[str, dict]) -> str:
    """Everything as Markdown: a row for each kind of run, the mean over the seeds and its ends."""
    kinds = list(next(iter(seeds.values())))
    rows = [f"| | {' | '.join(COLUMNS.values())} |", f"|---|{'---|' * len(COLUMNS)}"]
    for kind in kinds:
        cells = []
        for column in COLUMNS:
            numbers = [found[kind][column] for found in seeds.values() if column in found[kind]]
            cells.append(spread(numbers) if numbers else "")
        rows.append(f"| {kind} | {' | '.join(cells)} |")
    return "\n".join(rows)


def main() -> None:
    torch.set_num_threads(1)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3])
    seeds = {}
    for seed in parser.parse_args().seeds:
        seeds[str(seed)] = measured(seed)
        print(seed, json.dumps(seeds[str(seed)]), flush=True)
        RESULTS.joinpath("rlhf_ppo.json").write_text(json.dumps(seeds, indent=1) + "\n")
    says = [
        f"# PPO over {len(seeds)} seeds",
        "`python benchmarks/rlhf_ppo.py`: what it does stands at its head. Each cell is the mean over the seeds, with "
        "the lowest and the highest. `people` learns from people's ratings and is judged by others (*gold*, in spreads "
        "of the reviewer's own texts; *wins* are pairs, a tie is half). `free` is the same with no price on distance "
        "and no stop. `reader` learns from 48 choices of a simulated reader; *decided pairs* are those that are no tie "
        "by their taste, and the *rate* counts their *not*s. `control` is the reviewer itself, other samples. "
        f"One thread; {platform.machine()}, torch {torch.__version__}.",
        table(seeds),
    ]
    RESULTS.joinpath("rlhf_ppo.md").write_text("\n\n".join(says) + "\n")


if __name__ == "__main__":
    main()
