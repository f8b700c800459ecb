"""Rung `verifiable`: questions that code can check, the reward, and pass@k against an estimate by brute force."""

import itertools
import math
import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nextword import finetuning, rollouts, verifiable
from nextword.rollouts import Rollouts

G = torch.Generator


def seeded(seed=0):
    return G().manual_seed(seed)


def by_eval(question):
    """The last digit by Python's own arithmetic: brackets make it work from left to right."""
    parts = re.findall(r"[+*]\d|\d", question)
    text = parts[0]
    for part in parts[1:]:
        text = f"({text}{part})"
    return eval(text) % 10


def test_what_is_shown_is_what_python_works_out():
    for question in verifiable.questions(300, seeded()):
        assert verifiable.shown(question)[-1] == by_eval(question)
        beginnings = [question[: 3 + 2 * i] for i in range(5)]
        assert verifiable.shown(question) == [by_eval(one) for one in beginnings]


def test_questions_follow_their_generator_and_are_of_their_form():
    assert verifiable.questions(20, seeded()) == verifiable.questions(20, seeded())
    assert verifiable.questions(20, seeded()) != verifiable.questions(20, seeded(1))
    found = verifiable.questions(500, seeded(), operations=3)
    assert len(found) == 500 and len(set(found)) > 450
    assert all(re.fullmatch(r"\d(\+[1-9]|\*[379]){3}=", question) for question in found)
    digits = torch.tensor([verifiable.shown(question)[-1] for question in found])
    assert torch.bincount(digits, minlength=10).min() > 25  # no digit is a good guess


def test_what_is_put_aside_comes_only_where_it_is_asked_for():
    learned, aside = (verifiable.questions(300, seeded(2), put_aside=aside) for aside in (False, True))
    assert not set(learned) & set(aside)
    assert {finetuning.tenth(question) for question in aside} == {0}
    assert len({finetuning.tenth(question) for question in learned}) == 9


@pytest.mark.parametrize("is_worked", [False, True])
def test_the_reward_takes_every_right_form_and_no_wrong_one(is_worked):
    asked = verifiable.questions(50, seeded(3))
    texts = [question + verifiable.answer(question, is_worked) for question in asked]
    assert verifiable.reward(texts).tolist() == [1.0] * 50
    assert verifiable.is_worked(texts).tolist() == [is_worked] * 50
    off = [text[:-1] + str((int(text[-1]) + 1) % 10) for text in texts]
    assert verifiable.reward(off).tolist() == [0.0] * 50


def test_the_reward_is_not_cheated_by_an_answer_elsewhere():
    right = "7*3+8="  # shows 1, then 9
    cheats = ["9,1", "19", "9,", "", ",", "1,9,", " 9", "9.", "-9", "0,1,2,3,4,5,6,7,8,9,0", "09"]
    assert verifiable.reward([right + cheat for cheat in cheats]).sum() == 0
    assert verifiable.reward([right + "5,5,9"]) == 1  # how it got there is not asked


def test_only_the_answer_of_an_example_is_learned():
    asked = verifiable.questions(200, seeded(4))
    made = verifiable.examples(asked, 0.25, seeded(5))
    ids, mask = finetuning.batch(made, verifiable.END)
    for question, row, counts in zip(asked, ids, mask, strict=True):
        learned = verifiable.TOKENIZER.decode(row[1:][counts].tolist())
        assert learned in {verifiable.answer(question, worked) + "<|end|>" for worked in (False, True)}
    worked = sum("," in verifiable.TOKENIZER.decode(list(example.ids)) for example in made)
    assert 30 < worked < 70
    assert not any(len(example.ids) > verifiable.SEQ_LEN for example in made)


def test_what_is_cut_off_is_not_right():
    rows = [
        [verifiable.END, *b"1+1=2", verifiable.END],
        [verifiable.END, *b"1+1=22"],
        [verifiable.END, *b"1+1=3", 256],
    ]
    rows.append([verifiable.END, *b"1+1=2", ord(",")])
    rows[1][-1] = ord("2")
    written = Rollouts(
        torch.tensor([row[:7] for row in rows]), torch.full((4,), 5), torch.full((4,), 7), verifiable.END
    )
    assert verifiable.judged(written)[0].tolist() == [True, False, False, False]
    cut = Rollouts(written.ids[:1], written.starts[:1], torch.tensor([6]), verifiable.END)
    assert not verifiable.judged(cut)[0].any() and verifiable.reward(cut.texts(verifiable.TOKENIZER)).all()
    assert verifiable.judged(written)[1].tolist() == [False, False, False, True]


def test_a_new_model_is_small_and_its_own():
    model, other = (verifiable.new_model(seeded(seed)) for seed in (0, 1))
    assert 100_000 < sum(matrix.numel() for matrix in model.parameters()) < 200_000
    assert not torch.equal(model.embedding.weight, other.embedding.weight)
    longest = len(verifiable.prompts(["1+1+1+1+1+1="])[0]) + len("1,1,1,1,1") + 1
    assert longest < verifiable.SEQ_LEN <= model.config.context


@given(st.integers(1, 12), st.data())
def test_pass_at_k_is_the_share_of_choices_that_hold_a_right_one(n, data):
    n_right, k = data.draw(st.integers(0, n)), data.draw(st.integers(1, n))
    choices = list(itertools.combinations([True] * n_right + [False] * (n - n_right), k))
    assert math.isclose(
        verifiable.pass_at_k(n, n_right, k), sum(map(any, choices)) / len(choices), abs_tol=1e-12
    )


def test_pass_at_k_is_right_on_average_where_the_plain_formula_is_not():
    n, k, p = 8, 4, 0.1
    chances = [math.comb(n, c) * p**c * (1 - p) ** (n - c) for c in range(n + 1)]
    unbiased = sum(chance * verifiable.pass_at_k(n, c, k) for c, chance in enumerate(chances))
    plain = sum(chance * (1 - (1 - c / n) ** k) for c, chance in enumerate(chances))
    truth = 1 - (1 - p) ** k
    assert math.isclose(unbiased, truth) and plain < truth - 0.01


@pytest.mark.parametrize("k", [0, 5])
def test_pass_at_k_of_too_few_attempts_is_refused(k):
    with pytest.raises(ValueError, match=f"pass@{k} cannot be told from 4 attempts"):
        verifiable.pass_at_k(4, 2, k)


def test_a_model_answers_each_question_in_its_own_rows():
    from tests.library.test_grpo import a_model

    asked = verifiable.questions(3, seeded(6))
    written = verifiable.attempt(a_model(), asked, 2, seeded())
    assert isinstance(written, Rollouts) and len(written) == 6
    for text, question in zip(
        written.texts(verifiable.TOKENIZER), [q for q in asked for _ in range(2)], strict=True
    ):
        assert text.startswith(question)
    assert rollouts.log_probs(a_model(), written.ids).shape == written.mask.shape
