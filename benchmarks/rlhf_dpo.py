"""DPO beside PPO at equal distance, four seeds in the exact world; on few labels; and a step's time beside trl's.

    OMP_NUM_THREADS=1 PYTHONPATH=lib:. python benchmarks/rlhf_dpo.py [--parts times worlds labels]

About eight minutes on one quiet core. What was measured is kept in `benchmarks/results/rlhf_dpo.json`, each part by
itself, and the tables, which lesson 20 quotes, go to `rlhf_dpo.md`.
"""

import argparse
import json
import statistics
import time
from pathlib import Path

import torch

from nextword import dpo, exact_world, finetuning, kl, ppo, reward_model, rollouts, taste
from nextword.recipes import END
from nextword.taste_parts import readers
from nextword.transformer import ModelConfig, Transformer
from tests.library import trl_dpo

SEEDS = (1, 2, 3, 4)
N_PAIRS = 1600
DISTANCES = (1.0, 2.0, 3.0)  # nats a story, at which both are compared
BY_DPO = {"steps": 100, "lr": 7e-4}  # the lesson's, set on seed 0
BY_PPO = {"rounds": 16, "texts": 64, "lr": 1e-3, "max_kl": 99.0}
RESULTS = Path(__file__).parent / "results"


def judged(model, tokenizer, n: int, chance: torch.Generator):
    """Pairs of stories of a model as a judge sees them, as tokens for DPO and as texts for a reward."""
    prompts, end = exact_world.prompts(tokenizer, n), tokenizer.id_of(END)
    told = [rollouts.sample(model, prompts, end, exact_world.SEQ_LEN, chance) for _ in range(2)]
    texts = [one.texts(tokenizer) for one in told]
    wins = exact_world.judge(*texts, chance).tolist()
    examples = zip(*(dpo.examples(one) for one in told), strict=True)
    pairs = [dpo.Pair(*(two if win else two[::-1])) for two, win in zip(examples, wins, strict=True)]
    seen = zip(*texts, strict=True)
    return pairs, [
        exact_world.Preference(*(two if win else two[::-1])) for two, win in zip(seen, wins, strict=True)
    ]


def at(curve: list[tuple[float, float]], distance: float) -> float | None:
    """The gold of a curve of (KL, gold) where it first reaches a distance, on the straight line between two looks."""
    for (before, low), (behind, high) in zip(curve, curve[1:], strict=False):
        if before <= distance <= behind:
            return low + (high - low) * (distance - before) / (behind - before)
    return None


def best_possible(model, tokenizer, seed: int) -> dict[float, float]:
    """The gold of the optimum at each distance: many stories of the reference, weighed as equation 4 says."""
    prompts, chance = exact_world.prompts(tokenizer, 3000), torch.Generator().manual_seed(seed)
    told = rollouts.sample(model, prompts, tokenizer.id_of(END), exact_world.SEQ_LEN, chance)
    gold, found = exact_world.gold(told.texts(tokenizer)), {}
    even = torch.full_like(gold, 1 / len(gold))
    for distance in DISTANCES:
        low, high = 1e-3, 1e3
        for _ in range(50):
            beta = (low * high) ** 0.5
            chances = dpo.optimum(even, gold, beta)
            far = kl.exact(chances.log(), even.log()).item()
            low, high = (beta, high) if far > distance else (low, beta)
        found[distance] = (chances * gold).sum().item()
    return found


def one_world(seed: int) -> dict:
    """Everything of one seed in the exact world."""
    model, tokenizer = exact_world.storyteller(seed=seed, steps=140)
    end = tokenizer.id_of(END)
    pairs, texts = judged(model, tokenizer, N_PAIRS, torch.Generator().manual_seed(1000 + seed))
    began = exact_world.measure(model, model, tokenizer, seed=7)
    curves, seconds = {"dpo": [(0.0, began.gold)], "ppo": [(0.0, began.gold)]}, {}

    def look(name: str, policy) -> None:
        found = exact_world.measure(policy, model, tokenizer, n=256, seed=7)
        curves[name].append((found.kl, found.gold))

    clock = time.process_time()
    by_dpo = dpo.begin(model, pairs, end, dpo.Config(**BY_DPO, seed=seed))
    seconds["dpo"] = time.process_time() - clock
    while len(by_dpo.history) < by_dpo.config.steps:
        clock = time.process_time()
        for _ in range(10):
            dpo.turn(by_dpo)
        seconds["dpo"] += time.process_time() - clock
        look("dpo", by_dpo.policy)
    clock = time.process_time()
    reward = exact_world.learned_reward(texts)
    config = ppo.Config(**BY_PPO, seq_len=exact_world.SEQ_LEN, seed=seed)
    by_ppo = ppo.begin(model, tokenizer, end, exact_world.prompts(tokenizer, 64), reward, config)
    seconds["ppo"] = time.process_time() - clock
    while len(by_ppo.history) < config.rounds:
        clock = time.process_time()
        for _ in range(2):
            ppo.iterate(by_ppo)
        seconds["ppo"] += time.process_time() - clock
        look("ppo", by_ppo.policy)
    last, best = by_dpo.history[-20:], best_possible(model, tokenizer, 50 + seed)
    return {
        "seed": seed,
        "gold before": began.gold,
        "curves": curves,
        "seconds": seconds,
        "at": {
            str(distance): {name: at(curve, distance) for name, curve in curves.items()}
            | {"best": best[distance]}
            for distance in DISTANCES
        },
        "chosen": statistics.mean(step.chosen for step in last),
        "rejected": statistics.mean(step.rejected for step in last),
    }


def few_labels(seed: int, name: str) -> dict:
    """48 choices of a simulated reader: learned from directly, and through the head."""
    model, tokenizer = finetuning.reviewer()
    end, openings = tokenizer.id_of(END), finetuning.OPENINGS
    prompts = [[end, *tokenizer.encode(one)] for one in openings for _ in range(24)]
    told = rollouts.sample(model, prompts, end, 56, torch.Generator().manual_seed(seed))
    whole = [i for i in range(len(prompts)) if told.finished[i]]
    texts, examples = told.texts(tokenizer), dpo.examples(told)
    people = reward_model.people()
    features = taste.features([texts[i] for i in whole], people)
    chance = torch.Generator().manual_seed(seed)
    asked = [i for i in whole if i % 24 < 16]
    offers = taste.offers([openings[i // 24] for i in asked], [texts[i] for i in asked], features, chance)[
        :48
    ]
    reader = readers.all_readers(people)[name]
    spread = reader.score([texts[i] for i in whole]).std().item()
    wins = reader.prefers_first([one[1] for one in offers], [one[2] for one in offers], spread, chance)
    choices = [
        taste.Choice(opening, *((first, second) if win else (second, first)))
        for (opening, first, second), win in zip(offers, wins, strict=True)
    ]
    of_text = {texts[i]: examples[i] for i in whole}
    direct = [dpo.Pair(of_text[one.chosen], of_text[one.rejected]) for one in choices]
    rewards = taste.fit(choices, features).reward(texts).tolist()
    headed = []
    for start in range(0, len(texts), 8):
        group = sorted((i for i in whole if start <= i < start + 8), key=rewards.__getitem__)
        headed += [dpo.Pair(examples[group[-1 - i]], examples[group[i]]) for i in range(2) if len(group) > 3]
    found = {"seed": seed, "reader": name}
    for way, pairs in (("direct", direct), ("head", headed)):
        run = dpo.train(dpo.begin(model, pairs, end, dpo.Config(20, batch=12, lr=1e-4, seed=seed)))
        found[way] = compared(run.policy, model, tokenizer, reader, seed)
    return found


def compared(policy, model, tokenizer, reader, seed: int) -> dict:
    """What a changed model writes beside what it wrote before, from the same openings, as its reader sees it."""
    end = tokenizer.id_of(END)
    prompts = [[end, *tokenizer.encode(one)] for one in finetuning.OPENINGS for _ in range(12)]
    made = [
        rollouts.sample(one, prompts, end, 56, torch.Generator().manual_seed(99 + seed))
        for one in (model, policy)
    ]
    before, after = (reader.score(one.texts(tokenizer)) for one in made)
    ids = made[1].ids
    with torch.no_grad():
        apart = kl.exact(policy(ids[:, :-1]), model(ids[:, :-1]))
    return {
        "wins": (after > before).sum().item(),
        "losses": (after < before).sum().item(),
        "score": [before.mean().item(), after.mean().item()],
        "kl": torch.where(made[1].mask, apart, 0).sum(dim=1).mean().item(),
        "finished": [one.finished.float().mean().item() for one in made],
        "tokens": [one.mask.sum(dim=1).float().mean().item() for one in made],
    }


def times(n_steps: int = 12, batch: int = 32, rounds: int = 3) -> dict:
    """Milliseconds a step, ours and trl's, by turns on the same Llama and the same pairs; the middle of some rounds."""
    config = ModelConfig(vocab_size=498, d_model=96, n_layers=2, n_heads=2, d_mlp=256, context=64)
    model = Transformer(config, torch.Generator().manual_seed(0))
    tokenizer = exact_world.make_tokenizer()
    teller, chance = exact_world.storyteller(steps=40)[0], torch.Generator().manual_seed(0)
    pairs, _ = judged(teller, tokenizer, batch * n_steps, chance)
    end, found = tokenizer.id_of(END), {}
    options = {"per_device_train_batch_size": batch, "max_steps": n_steps, "learning_rate": 3e-4}

    def note(name: str, clock: float) -> None:
        found.setdefault(name, []).append(1000 * (time.process_time() - clock) / n_steps)

    for _ in range(rounds):
        began = time.process_time()
        run = dpo.begin(model, pairs, end, dpo.Config(n_steps, batch=batch))
        clock = time.process_time()
        dpo.train(run)
        note("ours, with what the reference is asked", began)
        note("ours, the reference asked before", clock)
        for name, before in (("trl, as it comes", False), ("trl, the reference asked before", True)):
            trainer = trl_dpo.trainer(model, model, pairs, end, precompute_ref_log_probs=before, **options)
            clock = time.process_time()
            trainer.train()
            note(name, clock)
    return {name: statistics.median(milliseconds) for name, milliseconds in found.items()}


def spread(values: list[float | None]) -> str:
    """The mean and the range; a seed that did not come so far is left out, and said."""
    there = [value for value in values if value is not None]
    if not there:
        return "not reached"
    said = f"{statistics.mean(there):.2f} ({min(there):.2f} to {max(there):.2f})"
    return said if len(there) == len(values) else f"{said}, {len(there)} seeds"


def report(found: dict) -> str:
    """The tables."""
    worlds, lines = (
        found["worlds"],
        ["# DPO", "", "Made by `benchmarks/rlhf_dpo.py`; settings stand there.", ""],
    )
    lines += ["## Gold at equal distance, in the exact world", ""]
    lines += [f"{len(SEEDS)} seeds; gold is {spread([one['gold before'] for one in worlds])} before.", ""]
    lines += [
        "| KL, nats a story | DPO | PPO | best possible | seeds in which DPO is ahead |",
        "|---|---|---|---|---|",
    ]
    for distance in map(str, DISTANCES):
        columns = {name: [one["at"][distance][name] for one in worlds] for name in ("dpo", "ppo", "best")}
        both = [
            (a, b)
            for a, b in zip(columns["dpo"], columns["ppo"], strict=True)
            if a is not None and b is not None
        ]
        ahead = f"{sum(a > b for a, b in both)} of {len(both)}"
        lines.append(f"| {distance} | {' | '.join(spread(one) for one in columns.values())} | {ahead} |")
    seconds = {name: [one["seconds"][name] for one in worlds] for name in ("dpo", "ppo")}
    lines += [
        "",
        f"Core-seconds: DPO {spread(seconds['dpo'])}, PPO with its reward {spread(seconds['ppo'])}.",
        "",
    ]
    lines += [
        f"At the end of DPO the chosen stories are {spread([one['chosen'] for one in worlds])} nats likelier than"
    ]
    lines += [f"before, the rejected ones {spread([one['rejected'] for one in worlds])}.", ""]
    lines += ["## 48 choices of a simulated reader, on the reviewer", ""]
    lines += [
        "| reader | way | pairs of texts won, of those decided | KL | finished before, after | tokens before, after |"
    ]
    lines += ["|---|---|---|---|---|---|"]
    for name in dict.fromkeys(one["reader"] for one in found["labels"]):
        for way in ("direct", "head"):
            some = [one[way] for one in found["labels"] if one["reader"] == name]
            won = ", ".join(f"{one['wins']} of {one['wins'] + one['losses']}" for one in some)
            pairs = (
                ", ".join(f"{statistics.mean(one[what][i] for one in some):.{digits}f}" for i in range(2))
                for what, digits in (("finished", 2), ("tokens", 1))
            )
            lines.append(
                f"| {name} | {way} | {won} | {spread([one['kl'] for one in some])} | {' | '.join(pairs)} |"
            )
    lines += ["", "## Milliseconds a step", "", "| | ours | trl | trl / ours |", "|---|---|---|---|"]
    whole, before, theirs, theirs_before = found["times"].values()
    for name, ours, other in (("all", whole, theirs), ("the reference asked before", before, theirs_before)):
        lines.append(f"| {name} | {ours:.0f} | {other:.0f} | {other / ours:.2f} |")
    return "\n".join([*lines, ""])


def keep(part: str, measured) -> None:
    """Write one part to the file of all."""
    file = RESULTS / "rlhf_dpo.json"
    found = json.loads(file.read_text()) if file.exists() else {}
    file.write_text(json.dumps(found | {part: measured}, indent=1) + "\n")


def keep_world(world: dict) -> None:
    """Write one seed's world in the place of what stands there of that seed."""
    file = RESULTS / "rlhf_dpo.json"
    worlds = json.loads(file.read_text()).get("worlds", []) if file.exists() else []
    others = [one for one in worlds if one["seed"] != world["seed"]]
    keep("worlds", sorted([*others, world], key=lambda one: one["seed"]))


if __name__ == "__main__":
    torch.set_num_threads(1)
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--parts", nargs="+", default=["times", "worlds", "labels"])
    parser.add_argument("--seeds", nargs="+", type=int, default=SEEDS, help="of the exact world")
    parts, seeds = parser.parse_args().parts, parser.parse_args().seeds
    if "times" in parts:
        keep("times", times())
    if "worlds" in parts:
        for seed in seeds:
            keep_world(one_world(seed))
    if "labels" in parts:
        keep("labels", [few_labels(seed, "plain") for seed in SEEDS])
    found = json.loads((RESULTS / "rlhf_dpo.json").read_text())
    if len(found) == 3:
        (RESULTS / "rlhf_dpo.md").write_text(report(found))
        print(report(found))
