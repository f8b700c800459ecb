"""What the lesson quotes of four seeds is what the benchmark found."""

import functools
import json
import statistics
from pathlib import Path

from tests.lessons import quotes

ROOT = Path(__file__).parents[3]


def seeds():
    return json.loads((ROOT / "benchmarks" / "results" / "rlhf_ppo.json").read_text(encoding="utf-8"))


def numbers(kind, what):
    return [found[kind][what] for found in seeds().values()]


quoted = functools.partial(quotes.quoted, "ppo")


def mean(kind, what):
    return statistics.fmean(numbers(kind, what))


def ends(kind, what):
    return [mean(kind, what), min(numbers(kind, what)), max(numbers(kind, what))]


def near(told, found, digit):
    return all(abs(one - other) <= digit * 0.51 for one, other in zip(told, found, strict=True))


def test_the_policy_that_learned_from_people():
    told = quoted(r"new text in (\d+) % of pairs on average \((\d+) to (\d+)\)")
    assert near(told, [100 * x for x in ends("people", "win")], 1)
    assert near(
        quoted(r"(\d\.\d) nats from the reference \((\d\.\d) to (\d\.\d)\)"), ends("people", "kl"), 0.1
    )
    assert near(quoted(r"old policy win (\d+) %"), [100 * mean("control", "win")], 1)


def test_the_judge_likes_what_the_first_idea_wrote():
    assert near(quoted(r"prefers its texts in (\d+) % of pairs"), [100 * mean("free", "win")], 1)


def test_the_must_of_the_lesson_is_met_at_every_seed():
    assert len(seeds()) == 4
    assert min(numbers("people", "win")) >= 0.75
    assert max(numbers("people", "kl")) <= 6


def test_the_first_idea():
    assert near(quoted(r"went (\d+) nats far"), [mean("free", "kl")], 1)
    told = quoted(r"only (\d+) % were different ones, against (\d+) %")
    assert near(told, [100 * mean("free", "distinct"), 100 * mean("control", "distinct")], 1)


def test_a_simulated_reader():
    told = quoted(r"wins (\d+) % of the decided pairs \((\d+) to (\d+)\)")
    assert near(told, [100 * x for x in ends("reader", "decided")], 1)
    told = quoted(r"says (\d?\.\d\d) \*not\*s a text, against (\d?\.\d\d)")
    assert near(told, [mean("reader", "rate"), mean("reader", "rate before")], 0.01)
    assert 0.4 < mean("control", "decided") < 0.6 < min(numbers("reader", "decided"))
