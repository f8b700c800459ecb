"""Rung `speculative`: whoever guesses, what is written is distributed as if the target had written alone."""

import math
from collections import Counter

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nextword import generation, sampling, speculative
from nextword.generation import SamplingConfig
from nextword.speculative import LookupDraft, ModelDraft
from nextword.transformer import ModelConfig, Transformer

SMALL = ModelConfig(vocab_size=30, d_model=24, n_layers=2, n_heads=2, d_mlp=40, context=80)
TINY = ModelConfig(vocab_size=4, d_model=8, n_layers=1, n_heads=2, d_mlp=8, context=16)
N = 10_000
CHANCE = (
    1e-6  # that a test of exactness fails although all is exact: seeds are fixed, so it never does by chance
)


def lively(config, seed, std=0.3):
    """A model that does not say the same word for ever."""
    generator = torch.Generator().manual_seed(seed)
    model = Transformer(config, generator)
    with torch.no_grad():
        for dials in model.parameters():
            dials.normal_(std=std, generator=generator)
    return model.eval()


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def p_value(chi_squared, freedom):
    """The chance of so large a chi-squared, or larger."""
    half = torch.tensor([freedom / 2, chi_squared / 2], dtype=torch.float64)
    return float(torch.special.gammaincc(*half))


def chi_squared(came: Counter, chances: dict, n: int):
    """How far counts are from what chances say, and by how many degrees of freedom; the rare ones go together."""
    large = [key for key, chance in chances.items() if n * chance >= 5]
    rest = 1 - sum(chances[key] for key in large)
    pairs = [(came[key], n * chances[key]) for key in large]
    if n * rest >= 5:
        pairs.append((n - sum(came[key] for key in large), n * rest))
    return sum((seen - needed) ** 2 / needed for seen, needed in pairs), len(pairs) - 1


ROWS = [
    ([0.2, 0.5, 0.3], [0.6, 0.3, 0.1]),
    ([0.7, 0.1, 0.1, 0.1], [0.1, 0.7, 0.1, 0.1]),
    ([0.5, 0.5, 0.0], [0.0, 0.5, 0.5]),
    ([0.25, 0.25, 0.5], [0.25, 0.25, 0.5]),
    ([1.0, 0.0], [0.0, 1.0]),
    ([0.9, 0.1, 0.0], [0.0, 0.0, 1.0]),
]


@pytest.mark.parametrize("target, draft", ROWS)
def test_a_token_comes_as_often_as_the_target_says(target, draft):
    """Guess, keep or refuse, draw again: chi-squared over 10,000 rounds."""
    target, draft, generator, came = torch.tensor(target), torch.tensor(draft), seeded(), Counter()
    rows = torch.stack([target, target])
    for _ in range(N):
        guess = int(sampling.draw(draft, generator))
        came[speculative.verify(rows, draft[None], [guess], generator)[0]] += 1
    chances = {i: chance for i, chance in enumerate(target.tolist()) if chance > 0}
    assert set(came) <= set(chances)
    assert p_value(*chi_squared(came, chances, N)) > CHANCE if len(chances) > 1 else True


def test_without_the_residual_it_would_be_seen():
    """The test above is sharp enough: drawing from the target itself after a refusal does not pass."""
    target, draft, generator, came = torch.tensor(ROWS[0][0]), torch.tensor(ROWS[0][1]), seeded(), Counter()
    for _ in range(N):
        guess = sampling.draw(draft, generator)[None]
        kept = speculative.accept(target[None], draft[None], guess, torch.rand(1, generator=generator))
        came[int(guess) if kept else int(sampling.draw(target, generator))] += 1
    assert p_value(*chi_squared(came, dict(enumerate(target.tolist())), N)) < 1e-20


@st.composite
def distributions(draw, n_rows):
    vocab = draw(st.integers(2, 6))
    numbers = st.lists(st.floats(0.01, 1), min_size=vocab, max_size=vocab)
    rows = torch.tensor([draw(numbers) for _ in range(n_rows)], dtype=torch.float64)
    return rows / rows.sum(dim=1, keepdim=True)


@settings(max_examples=60, deadline=None)
@given(distributions(2))
def test_in_closed_form_what_is_kept_and_what_is_drawn_again_make_up_the_target(rows):
    """sum over x of draft(x) * (kept? x : residual) = target, by arithmetic and without chance."""
    target, draft = rows
    kept = torch.minimum(target, draft)  # draft(x) * min(1, target(x) / draft(x))
    made = kept + (1 - kept.sum()) * speculative.residual(target, draft)
    assert torch.allclose(made, target, atol=1e-9)


@settings(max_examples=60, deadline=None)
@given(distributions(4), st.integers(0, 9999))
def test_guesses_stay_up_to_the_first_that_is_refused(rows, seed):
    target, draft = rows[:2], rows[2:]
    guessed = torch.randint(rows.shape[1], (2,), generator=seeded(seed))
    pins = torch.rand(2, generator=seeded(seed + 1), dtype=torch.float64)
    needed = 0
    for place, token in enumerate(guessed.tolist()):
        if pins[place] >= min(1, target[place, token] / draft[place, token]):
            break
        needed += 1
    assert speculative.accept(target, draft, guessed, pins) == needed


def test_residual_of_equal_rows_is_the_target():
    row = torch.tensor([0.2, 0.0, 0.8])
    assert speculative.residual(row, row).tolist() == row.tolist()
    assert speculative.residual(torch.stack([row, row]), torch.stack([row, row.flip(0)])).shape == (2, 3)


def test_no_guesses_give_one_token_of_the_target():
    assert speculative.verify(torch.eye(3)[[2]], torch.zeros(0, 3), []) == [2]


TARGET, OTHER = lively(SMALL, 0), lively(SMALL, 1)


def drafts():
    return {
        "another model": ModelDraft(OTHER),
        "the target itself": ModelDraft(TARGET),
        "its first layer": ModelDraft(speculative.early_exit(TARGET, 1)),
        "what stood before": LookupDraft(30),
    }


@pytest.mark.parametrize("who", drafts())
@pytest.mark.parametrize("n_guesses", [1, 3, 8])
def test_greedy_text_is_that_of_the_target_alone(who, n_guesses):
    draft = drafts()[
        who
    ]  # one draft for all texts, as in a chat: what it has read of the last one must not matter
    for seed in range(5):
        ids = torch.randint(30, (1 + 3 * seed,), generator=seeded(seed)).tolist()
        config, rounds = SamplingConfig(40, temperature=0), []
        needed = list(generation.generate(TARGET, ids, config))
        got = speculative.generate(TARGET, draft, ids, config, n_guesses, rounds=rounds)
        assert list(got) == needed
        assert sum(len(one.tokens) for one in rounds) == 40
        assert [token for one in rounds for token in one.tokens] == needed
        assert all(one.guessed[: one.n_kept] == one.tokens[:-1] for one in rounds)
        if who == "the target itself":
            assert all(one.n_kept == len(one.guessed) for one in rounds)
            assert len(rounds) == math.ceil(40 / (n_guesses + 1))


def test_the_targets_own_early_exit_with_all_layers_is_the_target():
    ids = torch.arange(20)[None]
    assert torch.equal(speculative.early_exit(TARGET, 2)(ids), TARGET(ids))
    part = speculative.early_exit(TARGET, 1)
    assert part.layers[0].mlp.up.weight.data_ptr() == TARGET.layers[0].mlp.up.weight.data_ptr()  # no copy
    with pytest.raises(ValueError, match="3 layers are not possible: this model has 1 to 2"):
        speculative.early_exit(TARGET, 3)


class Pairs(Transformer):
    """A language of 6 tokens, whose chances are a table of the last two; the one before comes out of the KV cache.

    What the cache still holds of refused guesses would be seen at once.
    """

    config = ModelConfig(vocab_size=6, d_model=6, n_layers=1, n_heads=1, d_mlp=1, context=20_000)

    def __init__(self, seed):
        torch.nn.Module.__init__(self)  # all that it has of a Transformer is how it is called
        self.embedding = torch.nn.Embedding(1, 1)  # says where the model is
        self.table = 1.5 * torch.randn(6, 6, 6, generator=seeded(seed))
        self.final_norm = torch.nn.Identity()

    def stream(self, ids, cache):
        past, _ = cache.extend(0, ids[:, None, :, None].float(), ids[:, None, :, None].float())
        n = ids.shape[1] + 1
        known = torch.cat([torch.zeros(1), past[0, 0, -n:, 0]]).long()[-n:]
        cache.advance(ids.shape[1])
        return self.table[known[:-1], known[1:]][None]

    def unembed(self, x):
        return x

    forward = stream


@pytest.mark.parametrize("temperature, k, who", [(0.7, 4, "other"), (1.0, None, "lookup")])
def test_a_long_text_is_distributed_as_the_target_writes_them(temperature, k, who):
    """After each pair of tokens the next comes as often as the target's row says: chi-squared, 36 rows together."""
    target, draft = Pairs(0), ModelDraft(Pairs(1)) if who == "other" else LookupDraft(6)
    rounds, config = [], SamplingConfig(3000, temperature, k)
    text = [0, 1, *speculative.generate(target, draft, [0, 1], config, 3, seeded(7), rounds)]
    assert len(text) == 3002
    kept = sum(one.n_kept for one in rounds) / sum(len(one.guessed) for one in rounds)
    assert 0.05 < kept < 0.95  # both ways are tried
    total, freedom = 0.0, 0
    followers = {}
    for first, second, third in zip(text, text[1:], text[2:], strict=False):
        followers.setdefault((first, second), Counter())[third] += 1
    for (first, second), came in followers.items():
        row = sampling.distribution(target.table[first, second], temperature, k).tolist()
        chances = {token: chance for token, chance in enumerate(row) if chance > 0}
        assert set(came) <= set(chances)
        found = chi_squared(came, chances, sum(came.values()))
        total, freedom = total + found[0], freedom + max(0, found[1])
    assert freedom > 50 and p_value(total, freedom) > CHANCE


def test_a_cache_that_is_not_cut_back_would_be_seen(monkeypatch):
    """The tests above are sharp enough: with refused guesses left in the cache the text becomes another."""
    monkeypatch.setattr(speculative.KVCache, "truncate", lambda cache, length: None)
    ids, config = [3, 1, 4], SamplingConfig(40, 0)
    needed = list(generation.generate(TARGET, ids, config))
    assert list(speculative.generate(TARGET, LookupDraft(30), ids, config)) != needed


def test_two_tokens_of_transformers_are_distributed_as_the_target_writes_them():
    """All 16 texts of two tokens, with their exact chances by the target."""
    target, draft, chances = lively(TINY, 0, 0.6), ModelDraft(lively(TINY, 3, 0.6)), {}
    for first in range(4):
        with torch.no_grad():
            before, after = target(torch.tensor([[1, first]]))[0].softmax(-1)
        chances |= {(first, second): float(before[first] * after[second]) for second in range(4)}
    generator, came, n = seeded(7), Counter(), 1500
    for _ in range(n):
        came[tuple(speculative.generate(target, draft, [1], SamplingConfig(2), 1, generator))] += 1
    assert p_value(*chi_squared(came, chances, n)) > CHANCE


def test_it_stops_where_it_is_told_to_even_inside_a_round():
    ids = [3, 1, 4]
    whole = list(generation.generate(TARGET, ids, SamplingConfig(30, 0)))
    for token in set(whole):
        config = SamplingConfig(30, 0, stop=(token,))
        got = list(speculative.generate(TARGET, ModelDraft(TARGET), ids, config, 5))
        assert got == whole[: whole.index(token)]


def test_lookup_takes_the_longest_and_latest_match():
    assert speculative.look_up([1, 2, 9, 1, 2, 8, 1, 2], 3) == [8, 1, 2]
    assert speculative.look_up([5, 1, 2, 9, 7, 1, 2, 8, 5, 1, 2], 3) == [9, 7, 1, 2, 8, 5, 1, 2]
    assert (
        speculative.look_up([1, 2, 3], 3) == [] == speculative.look_up([1], 3) == speculative.look_up([], 2)
    )
    assert speculative.look_up([4, 4], 3) == [4]


def test_bad_input_gets_a_sentence():
    with pytest.raises(
        ValueError, match="the draft guesses among 4 tokens, and the target knows 30: both need"
    ):
        speculative.generate(TARGET, ModelDraft(lively(TINY, 0)), [1])
    with pytest.raises(ValueError, match="there is no text to go on from"):
        speculative.generate(TARGET, LookupDraft(30), [])
    with pytest.raises(ValueError, match="n_guesses is 0, and is 1 or more"):
        speculative.generate(TARGET, LookupDraft(30), [1], SamplingConfig(5), n_guesses=0)
    with pytest.raises(ValueError, match="more tokens than the 80"):
        speculative.generate(TARGET, LookupDraft(30), [1], SamplingConfig(80))


def test_expected_tokens_against_the_closed_form_and_against_chance():
    for acceptance in (0.0, 0.3, 0.8):
        needed = (1 - acceptance**5) / (1 - acceptance)
        assert math.isclose(speculative.expected_tokens(acceptance, 4), needed)
    assert speculative.expected_tokens(1.0, 4) == 5
