"""The course's own reviewer: what its card says of it is so, and its learning begins as it began."""

import copy
from dataclasses import replace

import pytest
import torch

from nextword import finetuning, pretrained, recipes, rollouts, training
from nextword.finetuning_parts import assistants
from nextword.pretrained_parts import model_file

pytestmark = [pytest.mark.network, pytest.mark.slow]


@pytest.fixture(scope="module")
def kept():
    return model_file.load_model(finetuning.REVIEWER)


@pytest.fixture(scope="module")
def aside(kept):
    _, tokenizer, _ = kept
    return finetuning.sentence_examples(
        finetuning.film_sentences()[1][:400], tokenizer, tokenizer.id_of(recipes.END)
    )


def test_its_learning_begins_as_it_began(kept):
    _, _, card = kept
    base, tokenizer, _ = model_file.load_model(pretrained.STORYTELLER)
    end = tokenizer.id_of(recipes.END)
    examples = finetuning.sentence_examples(finetuning.film_sentences()[0], tokenizer, end)
    run = training.begin(base, finetuning.SHIPPED)
    for then in card[assistants.FIRST][:8]:
        assert abs(finetuning.turn(run, examples, end) - then) < 0.02
    settings = card["training"]
    assert {name: settings[name] for name in finetuning.RATES} == finetuning.RATES
    assert settings == vars(finetuning.SHIPPED) and card["steps"] == finetuning.SHIPPED.steps


def test_it_is_as_good_as_its_card_says(kept, aside):
    model, tokenizer, card = kept
    end = tokenizer.id_of(recipes.END)
    learned = copy.deepcopy(model)
    finetuning.sharpen(learned, 1 / finetuning.READABLE)  # the card is of the model as it learned
    found = finetuning.bits_per_byte(learned, aside, tokenizer, end)
    assert abs(found - card[f"{assistants.FILMS}, after"]) < 0.06  # these are two thirds of them
    base, _, _ = model_file.load_model(pretrained.STORYTELLER)
    assert finetuning.bits_per_byte(base, aside, tokenizer, end) > found + 0.9
    tales, before = card[f"{assistants.TALES}, after"], card[f"{assistants.TALES}, before"]
    assert before == model_file.card_of(pretrained.STORYTELLER)[pretrained.UNSEEN] and tales > before + 0.2


def test_its_card_is_whole_and_its_file_small(kept):
    model, _, card = kept
    assert finetuning.REVIEWER.stat().st_size < 10_000_000
    assert card["dials"] == sum(p.numel() for p in model.parameters()) and len(card["samples"]) == 32
    assert card["logits divided by"] == finetuning.READABLE
    page = finetuning.REVIEWER.with_suffix(".md").read_text(encoding="utf-8")
    assert all(" ".join(sample.split()) in page for sample in card["samples"])


def test_it_writes_sentences_that_end(kept):
    model, tokenizer, _ = kept
    end = tokenizer.id_of(recipes.END)
    prompts = [[end, *tokenizer.encode(one)] for one in finetuning.OPENINGS * 4]
    found = rollouts.sample(model, prompts, end, 56, torch.Generator().manual_seed(0))
    assert found.finished.float().mean() > 0.9


def test_a_reader_makes_one_of_their_own(my):
    """With one short piece of learning; it writes as it did at the lower temperature."""
    base, tokenizer, _ = model_file.load_model(pretrained.STORYTELLER)
    plain = copy.deepcopy(base)
    run = finetuning.make_reviewer(base, tokenizer, replace(finetuning.SHIPPED, steps=2, batch=4))
    assert run.step == 2 and run.losses[1] > 3
    ids = torch.tensor([tokenizer.encode("The film is")])
    assert base(ids).std() > 1.2 * plain(ids).std()
    finetuning.keep(run.model, tokenizer)
    again, _ = finetuning.reviewer()
    assert torch.allclose(again.eval()(ids), base(ids), atol=0.05)
