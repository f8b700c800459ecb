"""Over-optimisation: best-of-n against exact distributions and brute force, proxies combined, and climbs measured."""

import itertools
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nextword import kl, overoptimization, ppo, rollouts
from nextword.overoptimization import Point
from nextword.ppo import Config
from nextword.recipes import shape
from nextword.tokenizer import Tokenizer
from nextword.transformer import ModelConfig, Transformer

numbers = st.integers(-3, 3)


def uniform(m: int) -> torch.Tensor:
    return torch.full((m,), 1 / m, dtype=torch.float64)


def exact_kl(chances, proxy, n):
    best = overoptimization.best_of_n_chances(chances, proxy, n)
    assert best.sum().item() == pytest.approx(1)
    return kl.exact(best.log(), chances.log()).item()


@pytest.mark.parametrize("n", [1, 2, 4, 16, 100])
def test_the_formula_is_the_integral_over_the_quantile_of_the_best(n):
    quantile = (torch.arange(100_000, dtype=torch.float64) + 0.5) / 1e5
    density = n * quantile ** (n - 1)  # of the best's place among all texts, which are uniform
    integral = torch.special.xlogy(density, density).mean().item()
    assert overoptimization.best_of_n_kl(n) == pytest.approx(integral, abs=1e-3)


@pytest.mark.parametrize("n", [1, 2, 4, 16])
def test_the_formula_is_what_many_different_texts_come_to(n):
    few, many = (exact_kl(uniform(m), torch.arange(float(m)), n) for m in (20, 1000))
    formula = overoptimization.best_of_n_kl(n)
    assert many == pytest.approx(formula, abs=2e-2)
    assert few < many < formula or n == 1


@given(st.lists(st.tuples(st.integers(1, 9), numbers), min_size=1, max_size=6), st.integers(1, 5))
def test_with_ties_the_formula_is_an_upper_bound(drawn, n):
    chances = torch.tensor([float(chance) for chance, _ in drawn], dtype=torch.float64)
    chances, proxy = chances / chances.sum(), torch.tensor([float(one) for _, one in drawn])
    assert exact_kl(chances, proxy, n) <= overoptimization.best_of_n_kl(n) + 1e-9


def test_a_reward_of_two_values_cannot_take_anyone_farther_than_its_share():
    passes = torch.tensor([0.0, 1.0])
    assert exact_kl(uniform(2), passes, 1000) == pytest.approx(math.log(2))
    assert exact_kl(uniform(2), torch.zeros(2), 1000) == pytest.approx(0)  # a constant reward moves nothing


@given(st.lists(st.tuples(st.integers(1, 4), numbers), min_size=1, max_size=4), st.integers(1, 4))
def test_chances_of_the_best_are_those_of_all_ways_to_draw(drawn, n):
    total = sum(chance for chance, _ in drawn)
    chances = [chance / total for chance, _ in drawn]
    expected = [0.0] * len(drawn)
    for ways in itertools.product(range(len(drawn)), repeat=n):
        best = max(ways, key=lambda i: drawn[i][1])  # the first of equals
        expected[best] += math.prod(chances[i] for i in ways)
    found = overoptimization.best_of_n_chances(
        torch.tensor(chances, dtype=torch.float64), torch.tensor([float(one) for _, one in drawn]), n
    )
    assert found.tolist() == pytest.approx(expected)


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=7), st.data())
def test_expected_best_is_the_mean_over_all_ways_to_choose(texts, data):
    n = data.draw(st.integers(1, len(texts)))
    values = []
    for chosen in itertools.combinations(texts, n):
        best = [value for proxy, value in chosen if proxy == max(chosen)[0]]
        values.append(sum(best) / len(best))
    proxy, value = (torch.tensor([float(one[i]) for one in texts]) for i in range(2))
    expected = sum(values) / len(values)
    assert overoptimization.expected_best(proxy, value, n) == pytest.approx(expected)


def test_expected_best_holds_for_thousands_of_texts():
    proxy = torch.arange(1.0, 4001)
    found = overoptimization.expected_best(proxy, proxy, 1000)
    assert found == pytest.approx(1000 * 4001 / 1001)  # the mean of the highest of n out of 1 ... N
    assert overoptimization.expected_best(proxy, -proxy, 1) == pytest.approx(-2000.5)
    assert overoptimization.expected_best(proxy, -proxy, 4000) == -4000


@pytest.mark.parametrize("n", [0, -1, 4])
def test_no_best_of_more_than_there_are(n):
    with pytest.raises(ValueError, match=f"best of {n} .* 3 texts"):
        overoptimization.expected_best(torch.zeros(3), torch.zeros(3), n)


def test_units_do_not_count_when_proxies_are_combined():
    generator = torch.Generator().manual_seed(0)
    rewards, samples = torch.randn(3, 5, generator=generator), torch.randn(3, 40, generator=generator)
    scale, shift = torch.tensor([[1.0], [100.0], [0.01]]), torch.tensor([[0.0], [50.0], [-3.0]])
    for how, reduce in (("mean", torch.mean), ("minimum", torch.amin)):
        found = overoptimization.combine(rewards, samples, how)
        moved = overoptimization.combine(rewards * scale + shift, samples * scale + shift, how)
        torch.testing.assert_close(found, moved, rtol=1e-4, atol=1e-4)
        standard = (rewards - samples.mean(1, True)) / samples.var(1, keepdim=True) ** 0.5
        torch.testing.assert_close(found, reduce(standard, dim=0))


def test_a_proxy_that_tells_nothing_apart_is_refused():
    with pytest.raises(ValueError, match="all 4 samples the same reward"):
        overoptimization.jury([lambda texts: torch.full((len(texts),), 0.1)], ["a", "b", "c", "d"])
    with pytest.raises(ValueError, match="a proxy gave nan for 'b'"):
        overoptimization.jury([lambda texts: torch.tensor([0.0, math.nan])], ["a", "b"])
    with pytest.raises(ValueError, match="and not by 'max'"):
        overoptimization.combine(torch.zeros(1, 2), torch.tensor([[0.0, 1.0]]), "max")


def length(texts):
    return torch.tensor([float(len(one)) for one in texts])


def test_a_jury_is_a_reward():
    reward = overoptimization.jury([length, lambda texts: -10 * length(texts)], ["a", "abc"], "minimum")
    assert reward(["ab", "abcd"]).tolist() == pytest.approx([0, -(2**0.5)])
    assert overoptimization.jury([length], ["a", "abc"])(["ab", "abcd"]).tolist() == pytest.approx(
        [0, 2**0.5]
    )


def test_distinct_by_hand():
    assert overoptimization.distinct(["a b c d"]) == 1
    assert overoptimization.distinct(["a b c", "a b c", "A B C"]) == pytest.approx(1 / 3)
    assert overoptimization.distinct(["a b", "c"]) == 1 and overoptimization.distinct([]) == 1
    assert overoptimization.distinct(["ha ha ha ha ha"]) == pytest.approx(1 / 3)
    assert overoptimization.distinct(["a b", "b a", "a b"], n=1) == pytest.approx(1 / 3)
    assert overoptimization.distinct(["a b", "c d"], n=2) == 1  # "b c" runs over the end of a text


def golds(*values):
    return [Point(float(i), -one, one, 1.0, 1.0) for i, one in enumerate(values)]


@pytest.mark.parametrize(
    "values, margin, place",
    [
        ((0, 1, 2, 1, -1), 0, 2),
        ((0, 1, 0.5, 3, 2), 0, 3),  # not the first dip
        ((0, 1, 2), 0, None),
        ((2, 1, 0), 0, 0),
        ((0, 2, 1.9, 1.5), 0.5, None),
        ((0, 2, 1.4, 1.9), 0.5, 1),
        ((0, 2, 2, 1), 0, 1),
        ((5,), 0, None),
        ((1, 1), 0, None),
    ],
)
def test_where_gold_turned(values, margin, place):
    assert overoptimization.turned(golds(*values), margin) == place


def test_without_measurements_nothing_turned():
    with pytest.raises(ValueError, match="no measurements"):
        overoptimization.turned([])


class Letters(Tokenizer):
    """A tokenizer that has a letter for each token."""

    def __init__(self):
        pass

    def decode(self, ids):
        return " ".join(chr(97 + i) for i in ids)


END = 5


def count_of_a(texts):
    return torch.tensor([float(one.count("a")) for one in texts])


def few_a(texts):
    """The truth: a's are good, three of them at most."""
    counts = count_of_a(texts)
    return torch.minimum(counts, 6 - counts)


def a_run(reward=count_of_a, **settings):
    sizes = {"vocab_size": 6, **shape(16, 1, 2, 16)}
    model = Transformer(ModelConfig(**sizes), torch.Generator().manual_seed(0)).eval()
    config = Config(
        **{"rounds": 30, "texts": 32, "seq_len": 12, "lr": 5e-3, "beta": 0.0, "max_kl": 1e9} | settings
    )
    return ppo.begin(model, Letters(), END, [[END]], reward, config)


def test_the_kl_of_texts_is_that_of_many_more_of_them():
    run = a_run()
    with torch.no_grad():
        run.policy.unembedding.weight += 0.3 * torch.randn(6, 16, generator=torch.Generator().manual_seed(1))
    few = rollouts.sample(run.policy, [[END]] * 500, END, 12, torch.Generator().manual_seed(2))
    many = rollouts.sample(run.policy, [[END]] * 20_000, END, 12, torch.Generator().manual_seed(3))
    logs, reference = (rollouts.log_probs(model, many.ids) for model in (run.policy, run.reference))
    drawn = (
        (kl.k1(logs, reference) * many.mask).sum(dim=1).mean().item()
    )  # unbiased: a mean over drawn tokens
    assert (
        overoptimization.mean_kl(run.policy, run.reference, few) == pytest.approx(drawn, rel=0.1)
        and drawn > 0.05
    )
    assert overoptimization.mean_kl(run.reference, run.reference, few) == pytest.approx(0, abs=1e-6)


def test_on_a_climb_the_proxy_rises_and_the_truth_turns():
    seen = []
    run = a_run()
    points = overoptimization.climb(
        run, few_a, every=5, n=64, after=lambda run, point, texts: seen.append(texts)
    )
    assert len(points) == 7 == len(seen) and len(seen[0]) == 64 and len(run.history) == 30
    assert points[0].kl == pytest.approx(0, abs=1e-6) and points[-1].kl > 2
    assert points[-1].proxy > points[0].proxy + 3
    assert 0 < overoptimization.turned(points) < 6
    assert points[-1].distinct < points[0].distinct
    assert points[-1].proxy == pytest.approx(count_of_a(seen[-1]).mean().item())
    assert points[-1].gold == pytest.approx(few_a(seen[-1]).mean().item())


def test_measuring_leaves_a_run_as_it_is():
    alone, watched = a_run(rounds=3), a_run(rounds=3)
    ppo.train(alone)
    overoptimization.climb(watched, few_a, every=1, n=16)
    assert alone.history == watched.history
    assert [point.kl for point in overoptimization.climb(a_run(rounds=3), few_a, 2, 16)][0] < 1e-6
    assert len(overoptimization.climb(a_run(rounds=3), few_a, every=2, n=16)) == 3  # 0, 2, and the end


def test_a_climb_ends_where_it_may_go_no_farther():
    points = overoptimization.climb(a_run(max_kl=0.5), few_a, every=100, n=16)
    assert len(points) == 2 and points[-1].kl > 0.3


def test_a_reward_that_is_no_number_is_named():
    def broken(texts):
        return torch.tensor([math.nan if "b" in one else 0.0 for one in texts])

    with pytest.raises(ValueError, match="gold gave nan for '.*b.*': a finite number"):
        overoptimization.measure(a_run(), broken, 32)
    with pytest.raises(ValueError, match="the proxy gave 1 rewards for 32 texts"):
        overoptimization.measure(a_run(lambda texts: torch.zeros(1)), few_a, 32)
