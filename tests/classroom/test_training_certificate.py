"""The certificate of training: a model learns on the reader's functions, backward too, and it says at what cost."""

import re
import time

import nbformat
import pytest
import torch

from classroom import course
from classroom.mine import certification_of_training as certification
from classroom.mine import decorator, storage
from nextword import attention, training, transformer
from nextword.base import overrides
from nextword.training import TrainingConfig
from nextword.transformer import ModelConfig, Transformer

LESSONS = ("attention", "heads_and_positions", "transformer", "optimizers", "pretraining")
IN_TRAINING = {  # what a step of training calls, of all that was an exercise by then
    "attention.attend",
    "attention.scores",
    "attention.weighted_sum",
    "attention.mask_future",
    "attention.split_heads",
    "attention.merge_heads",
    "attention.repeat_kv",
    "attention.rope",
    "transformer.rms_norm",
    "transformer.mlp",
    "transformer.block",
    "training.passages",
    "training.loss",
    "training.turn",
    "optim.adamw",
    "optim.muon",
    "optim.newton_schulz",
    "optim.warmup_and_decay",
}
SIZES = ModelConfig(11, d_model=16, n_layers=2, n_heads=2, n_kv_heads=1, d_mlp=16, context=16, tied=False)
TEXT = torch.randint(11, (300,), generator=torch.Generator().manual_seed(3))


@pytest.fixture(autouse=True)
def as_it_was(monkeypatch):
    monkeypatch.setattr(decorator, "_showing", False)
    yield
    for target in overrides.replaced():
        overrides.restore(target)


@pytest.fixture
def run():
    model = Transformer(SIZES, torch.Generator().manual_seed(0))
    return training.train(training.begin(model, TrainingConfig(3, batch=4, context=12)), TEXT)


def keep_solutions():
    """Every solution of these lessons as a reader's kept file."""
    for lesson in map(course.find, LESSONS):
        for cell in nbformat.read(course.path("solutions", lesson), as_version=4).cells:
            if cell.source.startswith("@mine("):
                target = cell.source.split('"')[1]
                storage.keep(target, storage.with_imports(target, cell.source))


def ratio(card, row="cost of learning"):
    return float(re.match(r"([\d.]+) times the library's: ", card.rows[row])[1])


def test_without_functions_of_ones_own(run):
    card = certification.examined(run, TEXT, 2)
    assert card.kind == "note" and "library's own" in card.headline and not card.rows


def test_a_model_learns_on_the_readers_functions_backward_too(my, run, capsys):
    keep_solutions()
    decorator.use_mine()
    assert "not used" not in capsys.readouterr().out
    dials, losses = run.model.unembedding.weight.clone(), list(run.losses)
    card = certification.examined(run, TEXT, 3)
    assert card.kind == "right" and card.headline.endswith("learned on yours."), card
    assert IN_TRAINING <= set(card.rows["functions"].split(", "))
    assert 0.2 < ratio(card) < 20 and 0.2 < ratio(card, "cost of reading") < 20
    assert torch.equal(run.model.unembedding.weight, dials) and run.losses == losses, "the run stays as it is"
    assert set(decorator.yours()) >= IN_TRAINING, "and so does what is the reader's"


def test_a_slow_function_costs_what_it_costs(run, monkeypatch):
    def slow(x, layer):
        until = time.process_time() + 0.02
        while time.process_time() < until:
            pass
        return own(x, layer)

    own = transformer.mlp
    overrides.replace("transformer.mlp", slow)
    monkeypatch.setattr(decorator, "yours", lambda: ["transformer.mlp"])
    card = certification.examined(run, TEXT, 3)
    assert card.kind == "right" and ratio(card) > 2 and ratio(card, "cost of reading") > ratio(card)
    yours, theirs = map(float, re.findall(r"([\d.]+) ms", card.rows["cost of learning"]))
    assert yours - theirs > 35, "two layers wait 20 ms each"


def test_solutions_are_nobodys_and_store_no_seconds(run):
    overrides.replace("attention.weighted_sum", lambda weights, value: torch.matmul(weights, value))
    card = certification.examined(run, TEXT, 2)
    assert card.kind == "right" and "functions written here" in card.headline
    assert card.rows == {
        "functions": "attention.weighted_sum",
        "calls": "6",
    }  # 2 layers, 3 steps with the first


def test_a_function_that_reads_well_and_hides_its_blame_is_named(run):
    overrides.replace("attention.scores", lambda query, key: query @ key.mT * query.shape[-1] ** -0.5)
    overrides.replace("attention.weighted_sum", lambda weights, value: weights.detach() @ value)
    card = certification.examined(run, TEXT, 2)
    assert card.kind == "wrong" and "not as it should" in card.headline
    assert "through attention.weighted_sum is not" in card.sentences[0]
    assert attention.weighted_sum(torch.ones(1, 2), torch.ones(2, 3)).tolist() == [[2, 2, 2]]


def test_a_loss_without_gradient_is_named(run):
    own = training.loss
    overrides.replace("training.loss", lambda logits, ids: own(logits, ids).detach())
    card = certification.examined(run, TEXT, 2)
    assert card.kind == "wrong" and ("training.loss" in card.sentences[0] or "turn" in card.sentences[0])


def test_a_turn_that_does_not_turn_is_told(run):
    own_rate = overrides.original("training.rate")
    overrides.replace("training.rate", lambda step, config: -5 * own_rate(step, config))
    card = certification.examined(run, TEXT, 2)
    assert card.kind == "wrong" and "after one turn the loss is" in card.sentences[0]


def test_other_right_passages_are_no_fault(run):
    def passages(tokens, n, context, generator):
        starts = (torch.rand(n, generator=generator) * (len(tokens) - context)).long()
        return tokens.long().unfold(0, context + 1, 1)[starts]

    overrides.replace("training.passages", passages)
    card = certification.examined(run, TEXT, 2)
    assert card.kind == "right" and card.rows["functions"] == "training.passages"


def test_one_that_stops_is_named(run):
    def stops(x, weight=None, eps=1e-5):
        raise ZeroDivisionError("division by zero")

    overrides.replace("transformer.rms_norm", stops)
    card = certification.examined(run, TEXT, 2)
    assert card.kind == "wrong"
    assert card.sentences[0].startswith(
        "transformer.rms_norm stopped on what a training gives it: ZeroDivision"
    )


def test_no_steps_are_no_measurement(run):
    with pytest.raises(ValueError, match="at least one step"):
        certification.training_certificate(run, TEXT, 0)
