"""Rung `rollouts`: texts are what the model alone would write, and their chances are its own."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nextword import rollouts, sampling
from nextword.rollouts import Rollouts
from nextword.tokenizer import Tokenizer
from nextword.transformer import ModelConfig, Transformer

END = 11
PROMPTS = [[END, 3], [END, 4, 5, 6], [END], [END, 1, 2]]


def a_model(seed: int = 0, **options) -> Transformer:
    sizes = {"vocab_size": 12, "d_model": 16, "n_layers": 2, "n_heads": 2, "d_mlp": 32, "context": 24}
    model = Transformer(ModelConfig(**sizes | options), torch.Generator().manual_seed(seed))
    with torch.no_grad():  # far from even: a wrong place would show
        for parameter in model.parameters():
            parameter.mul_(6 if parameter.dim() == 2 else 1)
    return model


def a_chance(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("seed", range(6))
def test_a_text_is_what_reading_all_of_it_anew_at_each_step_would_write(seed):
    model, chance, ids = a_model(seed), a_chance(seed), [END, 3]
    written = rollouts.sample(model, [ids], END, 20, a_chance(seed))
    with torch.no_grad():
        while len(ids) < 20 and (len(ids) == 2 or ids[-1] != END):
            ids.append(int(sampling.sample(model(torch.tensor([ids]))[:, -1], generator=chance)))
    assert written.ids.tolist() == [ids] and written.ends.tolist() == [len(ids)]
    assert written.finished.tolist() == [ids[-1] == END]


@pytest.mark.parametrize("seed", range(6))
def test_texts_with_prompts_of_several_lengths_are_what_each_would_be_alone(seed):
    model = a_model(seed)
    together = rollouts.sample(model, PROMPTS, END, 16, temperature=0)
    for i, prompt in enumerate(PROMPTS):
        alone = rollouts.sample(model, [prompt], END, 16, temperature=0)
        assert together.ids[i, : together.ends[i]].tolist() == alone.ids[0, : alone.ends[0]].tolist()
        assert together.ids[i, : len(prompt)].tolist() == prompt and together.starts[i] == len(prompt)
        assert (together.ids[i, together.ends[i] :] == END).all()


def test_tokens_come_as_often_as_the_model_says():
    model, n = a_model(3), 8000
    written = rollouts.sample(model, [[END, 3]] * n, END, 3, a_chance())
    expected = n * model(torch.tensor([[END, 3]]))[0, -1].softmax(-1)
    found = torch.bincount(written.ids[:, 2], minlength=12)
    rare = expected < 5
    assert found[rare].sum() <= 5 * rare.sum()
    squares = ((found - expected) ** 2 / expected)[~rare].sum()
    assert squares < 31.3  # chi-squared with 11 degrees of freedom: 1 of 1,000 by chance


@given(st.integers(0, 30))
def test_what_counts_is_what_the_model_chose(seed):
    written = rollouts.sample(a_model(seed % 5), PROMPTS, END, 12, a_chance(seed))
    for i, (row, start, end) in enumerate(zip(written.ids, written.starts, written.ends, strict=True)):
        chosen = row[1:][written.mask[i]]
        assert chosen.tolist() == row[start:end].tolist() and len(chosen) >= 1
        assert END not in chosen[:-1].tolist()
        assert bool(written.finished[i]) == (int(chosen[-1]) == END)
    some = written[torch.tensor([2, 0])]
    assert torch.equal(some.mask, written.mask[[2, 0]]) and len(some) == 2


def test_the_same_seed_writes_the_same():
    once, again, other = (rollouts.sample(a_model(), PROMPTS, END, 16, a_chance(s)) for s in (1, 1, 2))
    assert torch.equal(once.ids, again.ids) and once.ids.tolist() != other.ids.tolist()


def test_a_text_as_people_read_it_has_no_marks():
    letters = Tokenizer([], special=("<|end|>",))
    end = letters.id_of("<|end|>")
    row = [end, *letters.encode("hi!"), end, end]
    written = Rollouts(torch.tensor([row, row]), torch.tensor([2, 2]), torch.tensor([5, 3]), end)
    assert written.texts(letters) == ["hi!", "hi"]
    assert written.finished.tolist() == [True, False]


def test_log_probs_are_those_of_each_token_that_came_and_have_a_gradient():
    model, ids = a_model(1), torch.randint(12, (3, 9), generator=a_chance())
    found = rollouts.log_probs(model, ids)
    logs = model(ids[:, :-1]).double().log_softmax(-1)
    for text in range(3):
        for place in range(8):
            assert abs(found[text, place] - logs[text, place, ids[text, place + 1]]) < 1e-5
    found.sum().backward()
    assert all(parameter.grad is not None for parameter in model.parameters())


def test_what_is_masked_does_not_reach_a_mean_or_its_gradient():
    values = torch.tensor([1.0, float("nan"), 3.0, float("inf")], requires_grad=True)
    mask = torch.tensor([True, False, True, False])
    mean = rollouts.masked_mean(values, mask)
    mean.backward()
    assert mean == 2 and values.grad.tolist() == [0.5, 0, 0.5, 0]
    assert rollouts.masked_mean(values, ~torch.ones(4, dtype=torch.bool)) == 0


@pytest.mark.parametrize(
    ("prompts", "seq_len", "says"),
    [
        ([], 8, "a prompt is empty"),
        ([[END], []], 8, "a prompt is empty"),
        ([[END, 1, 2]], 3, "a prompt has 3 tokens, and texts are to have 3 at most"),
        ([[END]], 26, "texts of 26 tokens are too long: this model reads 24 before the last"),
    ],
)
def test_what_cannot_be_written_on_from_is_refused(prompts, seq_len, says):
    with pytest.raises(ValueError, match=says):
        rollouts.sample(a_model(), prompts, END, seq_len)
    assert rollouts.sample(a_model(), [[END]], END, 25).ids.shape[1] <= 25
