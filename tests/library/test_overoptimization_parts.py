"""The proxy of the exact world, the climbs on films, and the page that the benchmark writes, which lesson 22 quotes."""

import importlib.util
import json
import re
from pathlib import Path
from random import Random

import pytest
import torch

from classroom import course
from nextword import exact_world, finetuning
from nextword.overoptimization_parts import films, judged

ROOT = Path(__file__).parents[2]


def benchmark():
    spec = importlib.util.spec_from_file_location("climbs", ROOT / "benchmarks/rlhf_overoptimization.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def told():
    random = Random(0)
    return [exact_world.tell(random) for _ in range(2400)]


def test_a_proxy_learns_what_judges_like(told):
    proxy = judged.learn(told[:800], told[800:1600], seed=0)
    fresh = told[1600:]
    assert 0.75 < judged.agreement(proxy(fresh), exact_world.gold(fresh)) < 1
    weight = {word: proxy.weights[place].item() for word, place in proxy.places.items()}
    rules = exact_world.rules()
    kind, cruel, glad, sad = (
        sum(weight[word] for word in rules[name]) / len(rules[name])
        for name in ("KIND", "CRUEL", "GLAD", "SAD")
    )
    assert kind > 0.3 > -0.3 > cruel and glad > 0.3 > -0.3 > sad
    assert set(proxy.heaviest(5)) <= {*rules["KIND"], *rules["GLAD"]}
    sermon = "One day a hen met a fox. " + "The hen fed the fox. " * 6
    assert proxy([sermon]).item() > proxy([told[0]]).item() > exact_world.gold([sermon]).item()


def test_other_judges_make_another_proxy_and_the_same_the_same(told):
    first, again, other = (judged.learn(told[:100], told[100:200], seed) for seed in (0, 0, 1))
    assert torch.equal(first.weights, again.weights) and not torch.equal(first.weights, other.weights)


def test_agreement_leaves_out_what_is_equally_good():
    proxy, gold = torch.tensor([2.0, 1, 0, 5, 1, 2]), torch.tensor([1.0, 0, 3, 3, 1, 0])
    assert judged.agreement(proxy, gold) == 0.5
    assert judged.agreement(gold, gold) == 1 and judged.agreement(-gold, gold) == 0


def test_films_begin_with_all_openings():
    _, tokenizer = finetuning.reviewer()
    begun = films.prompts(tokenizer)
    assert [tokenizer.decode(ids[1:]) for ids in begun] == list(finetuning.OPENINGS)


def point(kl, proxy, gold, distinct=0.5):
    return {"kl": kl, "proxy": proxy, "gold": gold, "distinct": distinct, "finished": 1.0}


def test_the_benchmarks_page_by_hand():
    climbs = [
        [point(0, 0, 0), point(3, 1, 2), point(9, 4, -1)],
        [point(0, 0, 0), point(5, 2, 1), point(7, 3, 0)],
    ]
    made = {
        "exact world": [dict.fromkeys(("one", "kl", "mean", "minimum", "pooled"), one) for one in climbs],
        "films": climbs,
        "seconds": 7,
    }
    page = benchmark().page(made).splitlines()
    one, stopped = (
        next(line for line in page if name in line) for name in ("nothing else", "stopped at 6 nats")
    )
    assert "| 1.5 (1.0 to 2.0) | 4 (3 to 5) | -0.5 (-1.0 to 0.0) | 3.5 (3.0 to 4.0) | 8 (7 to 9) |" in one
    assert "| 1.5 (1.0 to 2.0) | 4 (3 to 5) | 1.5 (1.0 to 2.0) | 1.5 (1.0 to 2.0) | 4 (3 to 5) |" in stopped
    assert "| 3 | 4 (3 to 5) | 1.5 (1.0 to 2.0) | 1.5 (1.0 to 2.0) | 0.50 (0.50 to 0.50) |" in page


def test_the_lesson_quotes_what_was_measured():
    results = json.loads((ROOT / "benchmarks/results/rlhf_overoptimization.json").read_text())
    page = (ROOT / "benchmarks/results/rlhf_overoptimization.md").read_text()
    assert page == benchmark().page(results)
    lesson = next(one for one in course.written() if one.name == "reward_hacking")
    cells = json.loads(course.path("notebooks", lesson).read_text(encoding="utf-8"))["cells"]
    said = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    quoted = re.findall(r"^\|.*\(.* to .*\).*\|$", said, flags=re.MULTILINE)
    rows = [line for line in benchmark().table(results) + benchmark().film_table(results) if "(" in line]
    assert sorted(quoted) == sorted(rows) and len(rows) == 6 + 5


def test_what_the_lesson_concludes_is_so_in_each_seed():
    results = json.loads((ROOT / "benchmarks/results/rlhf_overoptimization.json").read_text())
    assert len(results["exact world"]) == len(results["films"]) == 4
    for climbs in results["exact world"]:
        one = climbs["one"]
        assert max(point["gold"] for point in one) - one[-1]["gold"] > 0.5  # the truth turns
        assert [point["proxy"] for point in one] == sorted(
            point["proxy"] for point in one
        )  # the proxy never does
        price = climbs["kl"]
        assert price[-1]["gold"] > 1.495 and max(point["kl"] for point in price) < 4
        before, behind = (  # the climb without a price, just before and just behind where the other ended
            [point["gold"] for point in one if is_far(point["kl"])][place]
            for is_far, place in ((price[-1]["kl"].__ge__, -1), (price[-1]["kl"].__le__, 0))
        )
        assert price[-1]["gold"] > max(before, behind)
        assert 1.8 < max(point["gold"] for point in climbs["mean"]) < 2.2
    ends = sorted(climbs["minimum"][-1]["gold"] for climbs in results["exact world"])
    assert ends[2] < -0.7 and ends[3] >= 1.8
    for climb in results["films"]:
        assert climb[-1]["distinct"] < 0.41 < climb[0]["distinct"]
        assert climb[-1]["gold"] == max(point["gold"] for point in climb)
        assert climb[-1]["distinct"] < climb[0]["distinct"] - 0.2
