"""What the lesson quotes of four seeds is what the benchmark found."""

import functools
import json
import statistics
from pathlib import Path

from tests.lessons import quotes

ROOT = Path(__file__).parents[3]
FOUND = json.loads((ROOT / "benchmarks" / "results" / "rlhf_dpo.json").read_text(encoding="utf-8"))


quoted = functools.partial(quotes.quoted, "dpo")


def near(told, found, digit):
    return all(abs(one - other) <= digit * 0.51 for one, other in zip(told, found, strict=True))


def at(distance, name):
    values = [one["at"][distance][name] for one in FOUND["worlds"]]
    return [statistics.fmean(values), min(values), max(values)]


def test_gold_at_equal_distance():
    assert len(FOUND["worlds"]) == 4
    assert near(
        quoted(r"at 1 nat a story is worth (\d\.\d\d) by DPO \((\d\.\d\d) to (\d\.\d\d)\)"),
        at("1.0", "dpo"),
        0.01,
    )
    assert near(quoted(r"and (\d\.\d\d) by PPO \((\d\.\d\d) to (\d\.\d\d)\)"), at("1.0", "ppo"), 0.01)
    assert near(quoted(r"where (\d\.\d\d) would be possible"), at("1.0", "best")[:1], 0.01)
    ahead = sum(one["at"]["1.0"]["dpo"] > one["at"]["1.0"]["ppo"] for one in FOUND["worlds"])
    assert quoted(r"DPO is ahead in (\d) of the 4 seeds") == [ahead]


def test_where_ppo_leads_and_what_each_costs():
    there = {
        name: [one["at"]["1.5"][name] for one in FOUND["worlds"] if one["at"]["1.5"][name] is not None]
        for name in ("dpo", "ppo")
    }
    assert len(there["dpo"]) == 2 and "which DPO reached in two seeds only" in quotes.prose("dpo")
    means = [statistics.fmean(there[name]) for name in ("ppo", "dpo")]
    assert near(quoted(r"worth more \((\d\.\d\d), DPO's (\d\.\d\d)\)"), means, 0.01)
    seconds = [statistics.fmean(one["seconds"][name] for one in FOUND["worlds"]) for name in ("dpo", "ppo")]
    assert near(quoted(r"DPO took (\d+) seconds of a core, and PPO (\d+)"), seconds, 1)


def test_both_curves_fall_at_every_seed():
    assert all(one["rejected"] < one["chosen"] < 0 for one in FOUND["worlds"])


def test_48_choices_of_a_reader():
    assert len(FOUND["labels"]) == 4
    for way, says in (("direct", "Directly"), ("head", "through the head")):
        shares = [100 * one[way]["wins"] / (one[way]["wins"] + one[way]["losses"]) for one in FOUND["labels"]]
        told = quoted(says + r" (\d+) % of the decided pairs were won \((\d+) to (\d+)\)")
        assert near(told, [statistics.fmean(shares), min(shares), max(shares)], 1)


def test_the_heads_texts_came_out_shorter():
    before, after = (statistics.fmean(one["head"]["tokens"][i] for one in FOUND["labels"]) for i in range(2))
    assert near(quoted(r"shorter, (\d+) tokens instead of (\d+)"), [after, before], 1)


def test_a_step_is_no_slower_than_trls():
    ours, ours_asked, theirs, theirs_asked = FOUND["times"].values()
    assert theirs / ours > 1 and theirs_asked / ours_asked > 1
    told = quoted(r"a step takes it (\d\.\d) times as long as ours")
    assert near(told, [theirs / ours], 0.1)
