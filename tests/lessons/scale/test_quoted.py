"""What the lesson quotes of eight seeds, and of memory, is what the benchmark found."""

import functools
import json
import statistics
from pathlib import Path

import numpy as np

from classroom.lessons.scale import ladder, published
from nextword import scaling
from tests.lessons import quotes

ROOT = Path(__file__).parents[3]


def results():
    return json.loads((ROOT / "benchmarks" / "results" / "scaling.json").read_text(encoding="utf-8"))


quoted = functools.partial(quotes.quoted, "scale")


def test_the_benchmark_has_eight_seeds_of_all_six():
    losses = results()["losses"]
    assert sorted(map(int, losses)) == sorted((*ladder.WIDTHS, ladder.NEXT))
    assert all(len(row) == ladder.SEEDS == 8 for row in losses.values())
    assert ladder.measured()[24] == losses["24"]


def test_the_laws_foretell_too_little_and_are_sure():
    kept, sixth = results(), ladder.measured()[ladder.NEXT]
    low, high = quoted(r"a hundredth of a nat: (\d\.\d+) to (\d\.\d+)\.")
    told = kept["laws"]["a straight line"]["foretold"]
    assert abs(low - told[1]) < 0.001 and abs(high - told[2]) < 0.001
    assert [round(min(sixth), 2), round(max(sixth), 2)] == quoted(r"all lie at (\d\.\d\d) to (\d\.\d\d)")
    assert all(law["inside"] == 0 and law["floor"] == 0 for law in kept["laws"].values())
    [percent] = quoted(r"to \d\.\d\d, (\d) % above")
    assert round(100 * (statistics.fmean(sixth) / told[0] - 1)) == percent
    fifth = statistics.fmean(ladder.measured()[ladder.WIDTHS[-1]])
    missing = 1 - (fifth - statistics.fmean(sixth)) / (fifth - told[0])
    assert 0.2 < missing < 0.3 and "about a quarter did not come" in quotes.prose("scale")


def test_the_laws_are_those_of_the_losses():
    kept = results()
    compute = [ladder.flops(width) for width in ladder.WIDTHS]
    rows = [kept["losses"][str(width)] for width in ladder.WIDTHS]
    law = scaling.fit(compute, [statistics.fmean(row) for row in rows])
    at = ladder.flops(ladder.NEXT)
    assert abs(law.at(at) - kept["laws"]["a straight line"]["foretold"][0]) < 1e-3
    assert abs(law.exponent - kept["laws"]["a straight line"]["exponent"]) < 1e-3
    [factor] = quoted(r"with (\d\.\d) times the operations of the fifth")
    assert round(at / compute[-1], 1) == factor
    [span, whole] = quoted(r"spans a factor of (\d+) in compute, or (\d+) with")
    assert round(compute[-1] / compute[0]) == span and abs(at / compute[0] - whole) < 1


def test_memory_at_its_peak():
    shares = [row["peak"] / (row["state"] + row["activations"]) for row in results()["memory"].values()]
    assert [round(min(shares), 2), round(max(shares), 2)] == quoted(
        r"(\d\.\d\d) to (\d\.\d\d) times the count"
    )


def test_the_years_of_one_gpu():
    [gpt3, llama] = quoted(r"would need (\d+) years for GPT-3 and (\d),000 for Llama")
    flops = {model.name: model.flops for model in published.MODELS}
    years = {name: scaling.computing_years(n, 0.4 * scaling.H100) for name, n in flops.items()}
    assert round(years["GPT-3"]) == gpt3 and round(years["Llama 3.1 405B"], -3) == 1000 * llama


def test_the_sixth_reads_much_again():
    """Passages are drawn anywhere: which share of the tokens that were read had been read before?"""
    n_tokens = len(ladder.texts().read)
    n_passages = ladder.steps(ladder.NEXT) * ladder.BATCH
    starts = np.random.default_rng(0).integers(n_tokens - ladder.CONTEXT, size=n_passages)
    n_new = len(np.unique(starts[:, None] + np.arange(ladder.CONTEXT)))
    assert "more than a quarter it had read before" in quotes.prose("scale")
    assert 0.25 < 1 - n_new / (n_passages * ladder.CONTEXT) < 0.33
