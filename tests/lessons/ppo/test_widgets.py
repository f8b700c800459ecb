"""Learning is shown as it goes on, lambda shares out credit, and texts are set side by side."""

import pytest
import torch

from classroom.lessons.ppo import compare, widgets
from classroom.lessons.ppo.shared import END, SIZES, TOKENIZER
from nextword import ppo, rollouts
from nextword.ppo_parts.records import Config
from nextword.transformer import ModelConfig, Transformer

WORDS = ["dull", "then", "wonderful", "."]
FORESEEN = torch.tensor([0.0, -1.0, -0.9, 0.8])


def a_run(**options):
    model, end = Transformer(ModelConfig(**SIZES), torch.Generator().manual_seed(0)), TOKENIZER.id_of(END)
    config = Config(texts=8, minibatch=4, seq_len=12, **options)
    with torch.no_grad():
        model.embedding.weight += 1
        model.unembedding.weight[end] += 0.6
    prompts = [[end, 65]]
    return ppo.begin(model, TOKENIZER, end, prompts, lambda texts: torch.zeros(len(texts)), config)


def test_rounds_show_four_curves_and_how_far_it_is():
    run = a_run(rounds=3, max_kl=99)
    bar = widgets.Rounds(run)
    ppo.train(run, bar)
    assert bar.view.value.count("<svg") == 4
    for says in (*widgets.SHOWN.values(), "rounds: 3 of 3", "done", "nats from the reference"):
        assert says in bar.view.value


def test_rounds_that_stop_early_are_done():
    run = a_run(rounds=30, max_kl=-1.0)
    bar = widgets.Rounds(run)
    ppo.train(run, bar)
    assert "rounds: 1 of 1" in bar.view.value
    assert "done" in bar.view.value
    assert bar._repr_mimebundle_()["text/plain"] == "rounds: 1 steps"


def test_lambda_shares_out_the_credit():
    dial = widgets.credit(WORDS, FORESEEN, score=1.0, start=0.0)
    assert dial.says == "Most credit goes to “wonderful” (+1.70), most blame to “dull” (-1.00)."
    assert "for one step" in dial.still
    dial.slider.index = len(dial.slider.options) - 1
    assert dial.text.value.startswith("Most credit goes to “then” (+2.00)")
    assert "blame" not in dial.text.value
    assert "all to come" in dial.view.value


def test_texts_are_set_side_by_side():
    after, before = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([0.0, 2.0, 4.0])
    assert compare.wins(after, before) == 0.5
    assert compare.decided(after, before) == (1, 2)
    assert compare.decided(before, before) == (0, 0)
    assert compare.distinct(["a b c d e", "a b c d e"]) == 0.5
    assert compare.distinct(["a b"]) == 0


def test_the_distance_is_0_for_a_policy_that_has_not_moved_and_grows_with_it():
    run = a_run()
    given = [run.prompts[0]] * 8
    written = rollouts.sample(run.policy, given, run.end, 12, torch.Generator().manual_seed(0))
    assert compare.distance(run.policy, run.reference, written) == pytest.approx(0, abs=1e-6)
    with torch.no_grad():
        run.policy.unembedding.weight[97] += 0.2
    near = compare.distance(run.policy, run.reference, written)
    with torch.no_grad():
        run.policy.unembedding.weight[97] += 0.6
    assert 0 < near < compare.distance(run.policy, run.reference, written)
