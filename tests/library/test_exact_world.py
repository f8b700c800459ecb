"""The exact world: every story is the grammar's, worth is what the rules say, and judges err as they ought."""

import math
from random import Random

import pytest
import torch

from nextword import exact_world, rollouts
from nextword.exact_world_parts import grammar
from nextword.recipes import END

FIRST = "One day a hen went to the sea."
LAST = "Then the hen slept and was"


def worth(*middle: str, last: str = f"{LAST} happy.") -> float:
    return exact_world.gold([" ".join((FIRST, *middle, last))]).item()


def told(n: int, seed: int = 0) -> list[str]:
    random = Random(seed)
    return [exact_world.tell(random) for _ in range(n)]


def test_the_grammar_is_small_and_whole():
    rules = exact_world.rules()
    assert 20 <= len(exact_world.GRAMMAR.strip().splitlines()) <= 30
    named = {name for options in rules.values() for one in options for name in grammar.RULE.findall(one)}
    assert named | {"STORY"} == set(rules)
    words = {word for story in told(3000) for word in story.replace(".", " .").split()}
    assert 80 <= len(words) <= 120


def test_every_story_is_known_to_the_grammar_and_short_enough():
    tokenizer = exact_world.make_tokenizer()
    for story in told(600):
        assert exact_world.points(story)["broken sentences"] == 0
        assert 3 <= len(exact_world.sentences(story)) <= 5
        assert len(tokenizer.encode(story)) + 2 <= exact_world.SEQ_LEN + 1
        assert tokenizer.decode(tokenizer.encode(story)) == story


def test_every_word_is_one_token():
    tokenizer = exact_world.make_tokenizer()
    for story in told(200):
        assert len(tokenizer.encode(story)) == len(story.replace(".", " .").split())


def test_worth_is_what_anyone_would_count():
    """Counted once more, by hand, over told stories: a story's deeds are the second or third words of its sentences."""
    rules = exact_world.rules()
    for story in told(500, seed=1):
        deeds = [sentence.split()[2] for sentence in story.split(". ") if len(sentence.split()) > 2]
        kind = len([deed for deed in deeds if deed in rules["KIND"]])
        cruel = len([deed for deed in deeds if deed in rules["CRUEL"]])
        glad = story.rstrip(".").split()[-1] in rules["GLAD"]
        again = len(story.split(". ")) - len(set(story.rstrip(".").split(". ")))
        expected = {0: 0, 1: 1, 2: 2, 3: 1}[kind] - cruel + (1 if glad else -1) - again
        assert exact_world.gold([story]).item() == expected, story


@pytest.mark.parametrize(
    ("middle", "expected"),
    [
        ((), 1),
        (("The hen fed the cat.",), 2),
        (("The hen fed the cat.", "The cat helped the hen."), 3),
        (("The hen fed the cat.", "The cat helped the hen.", "The hen washed the pig."), 2),
        (("The hen fed the cat.",) * 2, 2),  # said again
        (("The hen bit the cat.", "The hen fed the cat."), 1),
        (("The hen happy happy.",), 0),
        (("The hen were all happy",), 0),
    ],
)
def test_worth_of_stories_that_a_model_might_tell(middle, expected):
    assert worth(*middle) == expected


def test_an_ending_counts_once_however_loudly_it_is_said():
    assert worth(last=f"{LAST} happy merry proud.") == 0  # 1 for its end, -1 for a broken sentence
    assert worth(last=f"{LAST} sad.") == -1  # "sad" is no word of this world
    assert worth(last=f"{LAST} sorry.") == -1
    assert worth(last=f"{LAST} ") == -1  # cut off


def test_what_is_no_story_is_worth_nothing_or_less():
    assert exact_world.gold(["", " ", "."]).tolist() == [0, 0, -1]
    sermon = " ".join(["The hen fed the cat."] * 8)
    assert exact_world.gold([sermon]).item() == (4 - 8) - 7
    assert exact_world.gold([]).shape == (0,)


def test_judges_err_as_often_as_bradley_and_terry_say():
    kind, cruel = f"{FIRST} The hen fed the cat. {LAST} happy.", f"{FIRST} {LAST} happy."
    n, chance = 6_000, 1 / (1 + math.exp(-1))  # one point apart
    wins = exact_world.judge([kind] * n, [cruel] * n, torch.Generator().manual_seed(0)).float().mean().item()
    assert abs(wins - chance) < 4 * math.sqrt(chance * (1 - chance) / n)
    turned = (
        exact_world.judge([cruel] * n, [kind] * n, torch.Generator().manual_seed(0)).float().mean().item()
    )
    assert abs(turned - (1 - chance)) < 4 * math.sqrt(chance * (1 - chance) / n)


def test_preferences_keep_both_stories_of_a_pair_and_lean_to_the_better():
    first, second = told(600, seed=2), told(600, seed=3)
    pairs = exact_world.preferences(first, second, torch.Generator().manual_seed(1))
    assert [{pair.chosen, pair.rejected} for pair in pairs] == [
        set(pair) for pair in zip(first, second, strict=True)
    ]
    margin = exact_world.gold([p.chosen for p in pairs]) - exact_world.gold([p.rejected for p in pairs])
    assert 0.7 < (margin[margin != 0] > 0).float().mean() < 0.9  # noisy, not blind
    again = exact_world.preferences(first, second, torch.Generator().manual_seed(1))
    assert pairs == again


def test_a_storyteller_learns_this_world():
    model, tokenizer = exact_world.storyteller(steps=80)
    prompts = exact_world.prompts(tokenizer, 60)
    assert [tokenizer.decode(prompt[1:]) for prompt in prompts[:2]] == ["One day a hen", "One day a fox"]
    end = tokenizer.id_of(END)
    samples = rollouts.sample(model, prompts, end, exact_world.SEQ_LEN, torch.Generator().manual_seed(0))
    stories = samples.texts(tokenizer)
    broken = [exact_world.points(story)["broken sentences"] for story in stories]
    assert samples.finished.float().mean() > 0.9
    assert sum(value == 0 for value in broken) > 40
    assert len(set(stories)) > 55
    assert -0.8 < exact_world.gold(stories).mean() < 0.8  # good and bad alike


def test_the_learned_reward_agrees_with_judges_as_often_as_can_be():
    first, second = told(1600, seed=4), told(1600, seed=5)
    pairs = exact_world.preferences(first, second, torch.Generator().manual_seed(2))
    reward = exact_world.learned_reward(pairs[:1200])
    chosen, rejected = ([getattr(pair, which) for pair in pairs[1200:]] for which in ("chosen", "rejected"))
    assert (reward(chosen) > reward(rejected)).float().mean() > 0.68  # of .77, since the judges err
    words = dict(zip(reward.vocabulary, reward.dials.tolist(), strict=True))
    rules = exact_world.rules()
    good, bad = (
        [words[word] for rule in names for word in rules[rule]]
        for names in (("KIND", "GLAD"), ("CRUEL", "SAD"))
    )
    assert min(good) > 0.3 and max(bad) < -0.3
    turned = exact_world.learned_reward([exact_world.Preference(p.rejected, p.chosen) for p in pairs[:1200]])
    assert all(abs(turned.dials[turned.vocabulary[word]] + dial) < 1e-3 for word, dial in words.items())


def test_a_policy_is_measured_as_it_is():
    tokenizer = exact_world.make_tokenizer()
    reference = exact_world.new_model(tokenizer)
    other = exact_world.new_model(tokenizer, seed=1)
    with torch.no_grad():  # a new model holds all tokens equally likely: let one prefer the end
        other.unembedding.weight[tokenizer.id_of(END)] += 0.01 * torch.ones(96)
    same = exact_world.measure(reference, reference, tokenizer, n=12)
    assert same.kl == 0 and len(same.stories) == 12 and same.gold == exact_world.gold(same.stories).mean()
    apart = exact_world.measure(other, reference, tokenizer, n=12)
    assert apart.kl > 0 and 0 <= apart.finished <= 1 and apart.tokens <= exact_world.SEQ_LEN
