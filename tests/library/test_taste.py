"""Rung `taste`: against torch's own derivatives and a search, by properties, and on readers whose taste is known."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from nextword import finetuning, rollouts, taste, text
from nextword.base import datasets
from nextword.taste import Choice
from nextword.taste_parts import readers, readings

SEEDS = range(4)
EACH = 32  # texts of each opening: 16 to choose between, and 16


def noise(*shape, seed=4):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


# Reading


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("", [0, 0, 0, 0, 0, 0, 0, 0]),
        ("...!?!", [0, 0, 2, 1, 0, 0, 0, 0]),
        ("It's NOT no good; I can't, I won't.", [8, 4, 0, 0, 2, 0, 0, 2]),
        ("He who knows their nothing (isn’t nobody)", [7, 3, 0, 0, 0, 0, 3, 1]),
        ("You know you're my knot", [5, 0, 0, 0, 1, 2, 0, 0]),
        ("12 apples - not 13: eleven", [5, 1, 0, 0, 0, 0, 0, 2]),
    ],
)
def test_counts_are_those_of_a_patient_reader(written, expected):
    assert readings.counts([written]).tolist() == [list(map(float, expected))]


def test_no_text_at_all_has_no_rows(features):
    assert features([]).shape == (0, len(taste.READABLE) + 50)


def test_a_mean_vector_is_that_of_the_words_which_say_something(features):
    glove = features.glove
    middle = glove.vectors.mean(0)
    found = readings.mean_vectors(["The river, the GARDEN!", "", "xqzzt of the"], glove)
    both = (glove["river"] + glove["garden"]) / 2 - middle
    assert torch.allclose(found[0], both, atol=1e-5)
    assert not found[1:].any()  # nothing known: nothing said


def test_features_are_measured_in_spreads_from_the_mean_over_the_samples(features, samples):
    found = features([one for _, one in samples])
    names = len(taste.READABLE)
    assert torch.allclose(found.mean(0), torch.zeros(found.shape[1]), atol=1e-4)
    assert torch.allclose(found[:, :names].std(0), torch.ones(names), atol=1e-3)
    assert torch.allclose(found[:, names:].std(0), torch.full((50,), taste.GLOVE_SCALE), atol=1e-3)


def test_what_no_sample_has_does_not_break_the_scale(kindness):
    found = taste.features(["a film", "the good film", "a tale"], kindness)(["why? why not?"])
    assert found.isfinite().all() and found[0, 3] == 2


def test_a_reward_that_is_no_number_is_named(samples):
    with pytest.raises(ValueError, match="'bad one'"):
        taste.features(
            ["good", "bad one"],
            lambda texts: torch.tensor([math.nan if "bad" in one else 0.0 for one in texts]),
        )
    with pytest.raises(ValueError, match="no spread"):
        taste.features(["one"], lambda texts: torch.zeros(1))


# Learning: the loss, its derivatives and its minimum


@pytest.mark.parametrize("prior", [0.01, 1.0, 30.0])
def test_the_loss_and_its_derivatives_are_torchs(prior):
    differences, weights = noise(7, 5), noise(5, seed=5)

    def loss(weights):
        """From its definition: each choice's chance by a softmax over the two texts."""
        chances = torch.stack([differences @ weights, torch.zeros(7).double()], dim=1).softmax(1)[:, 0]
        normal = torch.distributions.Normal(*torch.tensor([0, 1 / math.sqrt(prior)], dtype=torch.float64))
        densest = normal.log_prob(torch.zeros(()).double())
        return -chances.log().sum() - (normal.log_prob(weights) - densest).sum()

    close = dict(atol=1e-10, rtol=1e-8)
    assert torch.allclose(taste.loss(weights, differences, prior), loss(weights), **close)
    slope = torch.autograd.functional.jacobian(loss, weights)
    assert torch.allclose(taste.slope(weights, differences, prior), slope, **close)
    curvature = torch.autograd.functional.hessian(loss, weights)
    assert torch.allclose(taste.curvature(weights, differences, prior), curvature, **close)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_weights_are_where_torchs_own_search_ends(seed):
    differences = noise(48, 59, seed=seed)
    weights = torch.zeros(59, dtype=torch.float64, requires_grad=True)
    search = torch.optim.LBFGS([weights], max_iter=500, tolerance_grad=1e-12, tolerance_change=1e-14)

    def turn():
        search.zero_grad()
        loss = functional.softplus(-(differences @ weights)).sum() + weights.square().sum() / 2
        loss.backward()
        return loss

    for _ in range(3):
        search.step(turn)
    assert torch.allclose(taste.fit_weights(differences), weights.detach(), atol=1e-6)


@given(
    st.integers(1, 6),
    st.integers(1, 12),
    st.floats(-3, 4),
    st.floats(-4, 2),
    st.integers(0, 10_000),
)
def test_the_slope_vanishes_whatever_the_choices(n_features, n_choices, scale, prior, seed):
    """Also where all choices agree, where one outweighs all others, and where the prior is weak."""
    differences = noise(n_choices, n_features, seed=seed) * 10**scale
    differences[0] *= 30
    weights = taste.fit_weights(differences, 10**prior)
    assert weights.isfinite().all()
    least = taste.loss(weights, differences, 10**prior)
    for nudge in noise(20, n_features, seed=seed + 1) * (weights.abs().max() + 1e-6) * 0.01:
        assert taste.loss(weights + nudge, differences, 10**prior) > least - 1e-9 * (1 + least.abs())


def test_choices_turned_round_turn_the_weights_round():
    differences = noise(20, 6)
    assert torch.allclose(taste.fit_weights(-differences), -taste.fit_weights(differences), atol=1e-9)


def test_without_a_choice_the_weights_are_0_and_a_strong_prior_holds_them_there():
    assert not taste.fit_weights(noise(0, 4)).any()
    differences = noise(9, 4)
    sizes = [taste.fit_weights(differences, prior).norm() for prior in (0.1, 1, 10, 1000)]
    assert sizes == sorted(sizes, reverse=True) and sizes[-1] < 0.05


# A head


def test_choices_that_contradict_each_other_cancel_out(features):
    one = Choice("The film is", "The film is not good.", "The film is a comedy, and it is long!")
    head = taste.fit([one, Choice(one.opening, one.rejected, one.chosen)], features)
    assert head.weights.abs().max() < 1e-6
    assert head.says().startswith("nothing for sure (")


def test_without_choices_it_says_what_to_do(features):
    with pytest.raises(ValueError, match="answer some pairs first"):
        taste.fit([], features)


def test_a_difference_of_rewards_is_the_log_odds_of_a_choice(features, samples):
    texts = [one for _, one in samples]
    choices = [Choice("", a, b) for a, b in zip(texts[:40:2], texts[1:40:2], strict=True)]
    head = taste.fit(choices, features)
    rewards = head.reward(texts)
    assert rewards.shape == (len(texts),) and abs(rewards.mean()) < 1e-3
    odds = head.chance(texts[0], texts[1]) / head.chance(texts[1], texts[0])
    assert math.log(odds) == pytest.approx((rewards[0] - rewards[1]).item(), abs=1e-3)
    assert torch.allclose(head.reward(texts[:3]), rewards[:3], atol=1e-4)  # whatever stands beside it


def test_doubts_shrink_with_choices_and_are_those_of_the_prior_where_nothing_was_said(features):
    told = Choice("I", "I do not.", "I do.")
    few, many = (taste.fit([told] * n, features) for n in (2, 40))
    place = taste.READABLE.index("not")
    assert many.doubts[place] < few.doubts[place] < 1
    assert few.doubts[taste.READABLE.index("!")] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("name", "learned", "win"),
    [
        ("plain", "not -", 0.6),
        ("people", "people +", 0.65),
        ("kind", "kind +", 0.85),
        ("short", "length -", 0.85),
    ],
)
@pytest.mark.parametrize("n", [24, 48])
def test_a_plain_taste_is_learned_and_shows_at_once(
    n, name, learned, win, features, samples, fresh, kindness
):
    """By all but one of four seeds: the taste stands first, and the best of 16 texts is better than any text."""
    reader = readers.all_readers(kindness)[name]
    openings, texts = map(list, zip(*samples, strict=True))
    named, wins, decided = 0, [], []
    for seed in SEEDS:
        generator = torch.Generator().manual_seed(seed)
        offers = taste.offers(openings, texts, features, generator)
        head = taste.fit(readers.choices(reader, offers[:n], texts, generator), features)
        named += learned in head.says(2 if n == 24 else 1)
        best = reader.score(taste.best_of(16, fresh, head.reward))[:, None]
        usual = reader.score(fresh).reshape(-1, 16)
        wins.append(float(((best > usual) + 0.5 * (best == usual)).mean()))
        decided.append(float((best > usual).sum() / (best != usual).sum()))
    assert named >= 3
    assert min(sorted(wins)[1:]) > win - 0.05 and min(sorted(decided)[1:]) > 0.85


def test_of_readers_who_toss_a_coin_nothing_is_said_for_sure(features, samples, kindness):
    reader = readers.all_readers(kindness)["noisy"]
    openings, texts = map(list, zip(*samples, strict=True))
    heads, hits = [], []
    for seed in range(12):
        generator = torch.Generator().manual_seed(seed)
        offers = taste.offers(openings, texts, features, generator)
        choices = readers.choices(reader, offers[:48], texts, generator)
        heads.append(taste.fit(choices, features))
        hits.append(taste.foretold(choices, features) if seed in SEEDS else 24)
    assert sum(head.says().startswith("nothing for sure") for head in heads) >= 9
    assert 20 < sum(hits) / len(hits) < 28


def test_choices_of_a_taste_are_foretold_and_those_turned_round_as_well(features, samples, kindness):
    reader = readers.all_readers(kindness)["short"]
    openings, texts = map(list, zip(*samples, strict=True))
    generator = torch.Generator().manual_seed(0)
    offers = taste.offers(openings, texts, features, generator)
    choices = readers.choices(reader, offers[:48], texts, generator)
    assert taste.foretold(choices, features) >= 34
    turned = [Choice(one.opening, one.rejected, one.chosen) for one in choices]
    assert taste.foretold(turned, features) == taste.foretold(choices, features)
    assert taste.foretold(choices[:1], features) == 0  # nothing to learn from: nothing foretold


# Pairs, and the best of some


@given(st.lists(st.lists(st.integers(-3, 3), min_size=2, max_size=2), min_size=2, max_size=7))
def test_the_two_most_unlike_are_the_farthest_apart(points):
    first, second = taste.most_unlike(torch.tensor(points, dtype=torch.float32))
    assert first < second
    farthest = max(math.dist(a, b) for a in points for b in points)
    assert math.dist(points[first], points[second]) == pytest.approx(farthest)


def test_a_choice_needs_two_texts():
    with pytest.raises(ValueError, match="two texts"):
        taste.most_unlike(torch.zeros(1, 3))


def test_offers_begin_alike_and_no_text_is_asked_about_twice(features, samples):
    openings, texts = map(list, zip(*samples, strict=True))
    found = taste.offers(openings, texts, features, torch.Generator().manual_seed(1))
    assert len(found) == sum(openings.count(opening) // 4 for opening in set(openings))
    known = set(samples)
    assert all((opening, a) in known and (opening, b) in known for opening, a, b in found)
    asked = [one for _, a, b in found for one in (a, b)]
    assert len(asked) <= len(texts) / 2 + 2 and max(map(asked.count, asked)) <= max(map(texts.count, texts))
    again = taste.offers(openings, texts, features, torch.Generator().manual_seed(1))
    other = taste.offers(openings, texts, features, torch.Generator().manual_seed(2))
    assert found == again and found != other
    assert len({opening for opening, *_ in found[:12]}) > 4  # they come mixed


def test_offers_take_the_farthest_of_four(features):
    texts = [
        "A film.",
        "A film!",
        "A film .",
        "A film that you could not like, nor would she, who knows them?",
    ]
    (offer,) = taste.offers(["A"] * 4, texts, features, torch.Generator().manual_seed(0))
    assert texts[3] in offer
    assert taste.offers(["A"] * 3, texts[:3], features, torch.Generator()) == []


@pytest.mark.parametrize("n", [1, 3, 4, 12])
def test_best_of_n_is_the_best_of_each_group(n):
    texts = [str(number) for number in noise(12).tolist()]
    best = taste.best_of(n, texts, lambda texts: torch.tensor([float(one) for one in texts]))
    groups = [texts[i : i + n] for i in range(0, 12, n)]
    assert best == [max(group, key=float) for group in groups]


@pytest.mark.parametrize("n", [0, 5])
def test_groups_that_do_not_come_out_even_are_refused(n):
    with pytest.raises(ValueError, match=f"groups of {n}"):
        taste.best_of(n, ["a"] * 12, lambda texts: torch.zeros(12))


# Simulated readers


def test_a_steady_reader_decides_by_taste_and_one_who_tosses_a_coin_does_not(kindness):
    everyone = readers.all_readers(kindness)
    plain, denying = ["It is good."] * 400, ["It is not good."] * 400
    generator = torch.Generator().manual_seed(0)
    right = sum(everyone["plain"].prefers_first(plain, denying, 1.0, generator)) / 400
    assert right == pytest.approx(1 / (1 + math.exp(-readers.STEADY)), abs=0.03)
    tossed = sum(everyone["noisy"].prefers_first(plain, denying, 1.0, generator)) / 400
    assert tossed == pytest.approx(0.5, abs=0.06)


def test_each_taste_scores_what_it_wants(kindness):
    everyone = readers.all_readers(kindness)
    better = {
        "plain": ("It is.", "It isn't."),
        "people": ("She knows him.", "It knows it."),
        "short": ("Short.", "This is longer."),
        "comedy": ("A funny comedy.", "A sad drama."),
        "kind": ("A wonderful, moving film.", "A dull, tired mess."),
    }
    for name, (good, bad) in better.items():
        score = everyone[name].score([good, bad])
        assert score[0] > score[1], name


# What the tests read: samples of the course's own model


@pytest.fixture(scope="module")
def kindness():
    """How kind people call a text, as a sum over its words of what sentences with them were rated."""
    sums, times = {}, {}
    for rated in datasets.human_ratings():
        for word in set(text.words(rated.text)) if rated.kind == "film" else ():
            sums[word] = sums.get(word, 0) + rated.mean
            times[word] = times.get(word, 0) + 1
    means = {word: sums[word] / (times[word] + 10) for word in sums}
    return lambda texts: torch.tensor(
        [float(sum(means.get(word, 0) for word in text.words(one))) for one in texts]
    )


@pytest.fixture(scope="module")
def written():
    """For each opening some texts that begin with it, each with its opening."""
    model, tokenizer = finetuning.reviewer()
    end = tokenizer.id_of("<|end|>")
    generator = torch.Generator().manual_seed(3)
    openings = [opening for opening in finetuning.OPENINGS for _ in range(EACH)]
    prompts = [[end, *tokenizer.encode(opening)] for opening in openings]
    found = []
    for i in range(0, len(prompts), 4 * EACH):
        found += rollouts.sample(model, prompts[i : i + 4 * EACH], end, 56, generator).texts(tokenizer)
    pairs = list(zip(openings, found, strict=True))
    return [pairs[i : i + EACH] for i in range(0, len(pairs), EACH)]


@pytest.fixture(scope="module")
def samples(written):
    return [one for group in written for one in group[:-16]]


@pytest.fixture(scope="module")
def fresh(written):
    """Sixteen more of each opening, of which nobody was asked."""
    return [one for group in written for _, one in group[-16:]]


@pytest.fixture(scope="module")
def features(samples, kindness):
    return taste.features([one for _, one in samples], kindness)
