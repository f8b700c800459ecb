"""Rung `training`: the loss, the passages, one step, and a loop that learns."""

import math
from dataclasses import replace

import pytest
import torch
from torch.nn import functional

from nextword import training
from nextword.training import TrainingConfig
from nextword.transformer import ModelConfig, Transformer

SIZES = {"vocab_size": 11, "d_model": 16, "n_layers": 2, "n_heads": 2, "d_mlp": 32, "context": 16}
FORM = {"norm_weights": False, "tied": False, "qk_norm": True, "embedding_norm": True, "init": "fan_in"}
TEXT = torch.arange(400) % 11  # each token tells the next


def a_model(seed=0, **more):
    return Transformer(ModelConfig(**SIZES | FORM | more), torch.Generator().manual_seed(seed))


def a_run(steps=20, **more):
    settings = {"batch": 4, "context": 8, "lr_matrices": 0.02, "lr_embedding": 0.05} | more
    return training.begin(a_model(), TrainingConfig(steps=steps, **settings))


def test_the_loss_is_torchs_on_shifted_tokens():
    logits, ids = torch.randn(3, 5, 7), torch.randint(7, (3, 6))
    needed = functional.cross_entropy(logits.transpose(1, 2), ids[:, 1:])
    assert torch.allclose(training.loss(logits, ids), needed)
    certain = 100 * functional.one_hot(ids[:, 1:], 7).float()  # the *next* token
    assert training.loss(certain, ids) < 1e-6 < 1 < training.loss(certain, ids.flip(-1))


def test_passages_are_runs_of_the_text_from_everywhere():
    text = torch.arange(50, dtype=torch.int32)
    found = training.passages(text, 2000, 8, torch.Generator().manual_seed(0))
    assert found.shape == (2000, 9) and found.dtype == torch.int64
    assert (found[:, 1:] - found[:, :-1] == 1).all()
    assert set(found[:, 0].tolist()) == set(range(42))  # the last that fits begins at 41
    with pytest.raises(ValueError, match="has 8 tokens"):
        training.passages(text[:8], 1, 8, torch.Generator())


def test_a_run_learns_what_can_be_learned():
    run = training.train(a_run(steps=150), TEXT)
    assert math.isclose(
        run.losses[0], math.log(11), rel_tol=1e-4
    )  # a new model writes nothing into its logits
    assert run.losses[-1] < 0.1 and run.step == 150


def test_the_same_seed_gives_the_same_run_and_another_another():
    first, again, other = (training.train(a_run(seed=seed), TEXT).losses for seed in (0, 0, 1))
    assert first == again != other


def test_a_batch_read_in_parts_turns_the_dials_as_the_whole():
    config = TrainingConfig(steps=1, batch=4, context=8)
    ids = training.passages(TEXT, 4, 8, torch.Generator().manual_seed(3))
    whole, parts = a_model(), a_model()
    training.loss(whole(ids[:, :-1]), ids).backward()
    for two in ids.split(2):
        (training.loss(parts(two[:, :-1]), two) / 2).backward()
    for one, other in zip(whole.parameters(), parts.parameters(), strict=True):
        assert torch.allclose(one.grad, other.grad, atol=1e-6)
    run = training.begin(a_model(), TrainingConfig(steps=1, batch=4, context=8, accumulate=2))
    assert math.isclose(
        training.turn(run, TEXT), training.turn(training.begin(a_model(), config), TEXT), rel_tol=1e-5
    )


def test_every_parameter_is_in_one_group():
    for model in (
        a_model(),
        a_model(tied=True, init="gpt2", norm_weights=True, biases=True, positions="learned"),
    ):
        optimizer = training.make_optimizer(model, TrainingConfig(steps=1))
        rules = {name: group.rule for group, name, _ in optimizer.all}
        assert set(rules) == {name for name, _ in model.named_parameters()}
        assert rules["layers.0.attention.query.weight"] == "muon" and rules["embedding.weight"] == "adamw"


def test_a_run_that_diverges_stops_with_the_step_and_the_cause():
    run = a_run(steps=200, lr_matrices=1e3, lr_unembedding=1e3)
    with pytest.raises(training.Diverged, match=r"step \d+: the loss is .* learning rates are too high"):
        training.train(run, torch.randint(11, (400,), generator=torch.Generator().manual_seed(0)))
    assert all(map(math.isfinite, run.losses))
    run = a_run()
    run.model.embedding.weight.data[3] = math.nan
    with pytest.raises(training.Diverged, match="step 0: the loss is nan.*No dial was turned yet"):
        training.turn(run, TEXT)


@pytest.mark.parametrize(
    "settings, says",
    [
        ({"batch": 0}, "batch is 0"),
        ({"steps": 0}, "steps is 0"),
        ({"context": -1}, "context is -1"),
        ({"batch": 4, "accumulate": 3}, "in 3 equal parts"),
        ({"decay": 1.5}, "0 to 1"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings, says):
    with pytest.raises(ValueError, match=says):
        TrainingConfig(**{"steps": 1} | settings)


def test_passages_longer_than_the_model_reads_are_refused():
    with pytest.raises(ValueError, match="the model reads 16"):
        training.begin(a_model(), TrainingConfig(steps=1, context=17))


def test_an_empty_text_is_refused():
    with pytest.raises(ValueError, match="the text has 0 tokens"):
        training.turn(a_run(), TEXT[:0])


def test_bfloat16_learns_the_same_and_the_faster_is_named():
    config = TrainingConfig(steps=40, batch=4, context=8, lr_matrices=0.02, lr_embedding=0.05)
    coarse = training.begin(a_model(), replace(config, precision="bfloat16"))
    fine = training.begin(a_model(), config)
    for run in (coarse, fine):
        training.train(run, TEXT)
    assert coarse.losses != fine.losses
    assert torch.allclose(torch.tensor(coarse.losses), torch.tensor(fine.losses), atol=0.1)
    assert all(p.dtype == torch.float32 for p in coarse.model.parameters())
    model = a_model()
    before = [p.clone() for p in model.parameters()]
    assert training.faster_precision(model, config, TEXT, n_steps=1) in training.PRECISIONS
    assert all(map(torch.equal, before, model.parameters()))
    with pytest.raises(ValueError, match="precision is 'half'"):
        replace(config, precision="half")


def test_what_a_broken_off_step_left_is_not_added_to_the_next():
    broken, whole = a_run(), a_run()
    ids = training.passages(TEXT, 4, 8, torch.Generator().manual_seed(1))
    training.loss(broken.model(ids[:, :-1]), ids).backward()  # and then the stop button
    assert training.turn(broken, TEXT) == training.turn(whole, TEXT)
    for one, other in zip(broken.model.parameters(), whole.model.parameters(), strict=True):
        assert torch.equal(one, other)


def test_where_bfloat16_breaks_float32_is_taken(monkeypatch):
    def turn(run, tokens):
        if run.config.precision == "bfloat16":
            raise training.Diverged("nan")
        return 1.0

    monkeypatch.setattr(training, "turn", turn)
    assert training.faster_precision(a_model(), TrainingConfig(2, context=8), TEXT) == "float32"
