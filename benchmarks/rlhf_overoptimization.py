"""What becomes of the truth on four climbs up a proxy: `python benchmarks/rlhf_overoptimization.py [--seeds 4]`.

In the exact world five ways to climb, each with four seeds: of the judges' answers, of the proxy that is learned from
them, and of PPO's chance. Then the real ratings, four seeds. About nine minutes of one core. What was measured goes to
results/rlhf_overoptimization.json, the tables to results/rlhf_overoptimization.md, which lesson 22 quotes.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
NAME = "rlhf_overoptimization"
JUDGED = 200  # pairs of stories that each proxy is learned from
JURY = 3  # proxies
LIMIT = 6  # nats at which "stop at" stops
BETA = 0.2
EVERY, TEXTS = 6, 128  # rounds between measurements, and texts in one
FILM_EVERY, FILM_TEXTS = 3, 64

WAYS = {
    "one": "one proxy, nothing else",
    "limit": f"the same, stopped at {LIMIT} nats",
    "kl": f"the same, with a price of {BETA} for each nat",
    "mean": f"{JURY} proxies, their mean",
    "minimum": f"{JURY} proxies, their minimum",
    "pooled": f"one proxy from all {JURY}'s judgements",
}


def exact_world_climbs(seed: int, model, tokenizer) -> dict[str, list[dict]]:
    """All ways to climb in the exact world; the measurements of each."""
    from nextword import exact_world, overoptimization, ppo
    from nextword.overoptimization_parts import judged

    samples = judged.stories(model, tokenizer, 1000, seed=1)

    def proxy(number: int, pairs: int):
        told = judged.stories(model, tokenizer, 2 * pairs, seed=100 * (seed + 1) + number)
        return judged.learn(told[:pairs], told[pairs:], seed=number)

    proxies = [proxy(number, JUDGED) for number in range(JURY)]
    rewards = {
        "one": overoptimization.jury(proxies[:1], samples),
        "kl": overoptimization.jury(proxies[:1], samples),
        "mean": overoptimization.jury(proxies, samples),
        "minimum": overoptimization.jury(proxies, samples, "minimum"),
        "pooled": overoptimization.jury([proxy(JURY, JURY * JUDGED)], samples),
    }
    found = {}
    for way, reward in rewards.items():
        config = replace(judged.CLIMB, seed=seed, beta=BETA if way == "kl" else 0.0)
        begun = exact_world.prompts(tokenizer, 10)
        run = ppo.begin(model, tokenizer, tokenizer.id_of("<|end|>"), begun, reward, config)
        found[way] = climbed(run, exact_world.gold, EVERY, TEXTS)
        print(
            f"seed {seed}, {way}: gold {found[way][-1]['gold']:.2f} at {found[way][-1]['kl']:.0f} nats",
            flush=True,
        )
    return found


def film_climb(seed: int, model, tokenizer) -> list[dict]:
    """The climb on the real ratings, in the units of what the reviewer writes at first."""
    from nextword import ppo, reward_model
    from nextword.overoptimization_parts import films

    samples = films.sentences(model, tokenizer, 256, seed=1)
    people, gold = (
        reward_model.standardised(reward, samples)
        for reward in (reward_model.people(), reward_model.gold(quick=True))
    )
    config = replace(films.CLIMB, seed=seed)
    begun = films.prompts(tokenizer)
    run = ppo.begin(model, tokenizer, tokenizer.id_of("<|end|>"), begun, people, config)
    return climbed(run, gold, FILM_EVERY, FILM_TEXTS)


def climbed(run, gold: Callable, every: int, texts: int) -> list[dict]:
    """The measurements of a climb, with as many digits as they are good for."""
    from nextword import overoptimization

    points = overoptimization.climb(run, gold, every, texts)
    return [{name: round(value, 3) for name, value in asdict(point).items()} for point in points]


def limited(points: list[dict]) -> list[dict]:
    """A climb up to its last measurement before the limit, whatever gold is there."""
    return [point for point in points if point["kl"] <= LIMIT] or points[:1]


def all_ways(climbs: dict[str, list[dict]]) -> dict[str, list[dict]]:
    """The climbs of one seed by way, the one that is stopped early among them."""
    return {way: limited(climbs["one"]) if way == "limit" else climbs[way] for way in WAYS}


def spread(values: list[float], digits: int = 1) -> str:
    """A mean, and the lowest and highest in brackets."""
    low, mean, high = (f"{f(values):.{digits}f}" for f in (min, statistics.mean, max))
    return f"{mean} ({low} to {high})"


def table(results: dict) -> list[str]:
    """The lines of the table for the exact world: each way's gold at its top and its end, over all seeds."""
    lines = [
        "| way to climb | highest gold | nats there | gold at the end | proxy at the end | nats at the end |",
        "|---|---|---|---|---|---|",
    ]
    seeds = [all_ways(climbs) for climbs in results["exact world"]]
    for way, name in WAYS.items():
        ends = [climbs[way][-1] for climbs in seeds]
        tops = [max(climbs[way], key=lambda point: point["gold"]) for climbs in seeds]
        cells = [
            spread([point["gold"] for point in tops]),
            spread([point["kl"] for point in tops], 0),
            *(spread([point[name] for point in ends]) for name in ("gold", "proxy")),
            spread([point["kl"] for point in ends], 0),
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def film_table(results: dict) -> list[str]:
    """The lines of the table for the real ratings: measurement by measurement, over all seeds."""
    lines = ["| rounds | nats | proxy | learned gold | distinct |", "|---|---|---|---|---|"]
    for place, points in enumerate(zip(*results["films"], strict=True)):
        cells = [
            spread([point["kl"] for point in points], 0),
            *(spread([point[name] for point in points]) for name in ("proxy", "gold")),
            spread([point["distinct"] for point in points], 2),
        ]
        lines.append(f"| {place * FILM_EVERY} | {' | '.join(cells)} |")
    return lines


def page(results: dict) -> str:
    """What is written for people."""
    made = f"Made by `python benchmarks/{NAME}.py` in {results['seconds']:.0f} s of one core. "
    made += f"Means over {len(results['films'])} seeds, and in brackets the lowest and the highest of them."
    stories = f"A proxy is a weight for each word, learned from {JUDGED} judgements of pairs of stories. Its unit is "
    stories += "its spread over stories of the model before it learned. Gold is in points. "
    stories += f"Each measurement reads {TEXTS} stories."
    films = "The proxy is what a first half of the people likes, by words; gold is what the other half likes in other "
    films += "sentences, by words, too. Both are in their spread over what the reviewer writes at first. Distinct is "
    films += f"the share of different runs of three words. Each measurement reads {FILM_TEXTS} sentences."
    parts = [
        *("# Climbs up a proxy", "", made, ""),
        *("## The exact world", "", stories, "", *table(results), ""),
        *("## The real ratings", "", films, "", *film_table(results), ""),
    ]
    return "\n".join(parts)


def main() -> None:
    import torch

    from nextword import exact_world, finetuning

    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, default=4)
    options = parser.parse_args()
    torch.set_num_threads(1)
    began, results = time.process_time(), {"exact world": [], "films": []}
    model, tokenizer = exact_world.storyteller()
    for seed in range(options.seeds):
        results["exact world"].append(exact_world_climbs(seed, model, tokenizer))
    model, tokenizer = finetuning.reviewer()
    for seed in range(options.seeds):
        results["films"].append(film_climb(seed, model, tokenizer))
    results["seconds"] = round(time.process_time() - began)
    (RESULTS / f"{NAME}.json").write_text(json.dumps(results) + "\n")
    (RESULTS / f"{NAME}.md").write_text(page(results))


if __name__ == "__main__":
    main()
