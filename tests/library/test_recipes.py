"""Rung `recipes`: what is read, what is never read, and a run that is stopped and goes on."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from nextword import checkpoint, pretrained, recipes, text
from nextword.base import models
from nextword.pretrained_parts import model_file
from nextword.pretrained_parts.model_file import ModelFileError
from nextword.recipes import END, Recipe
from nextword.training import TrainingConfig

pytestmark = pytest.mark.network
TINY = Recipe("a test", 300, recipes.shape(16, 1, 2, 16), TrainingConfig(6, batch=2, context=16))


@pytest.fixture
def little(monkeypatch):
    """The beginnings of two tales in the place of all: while tests run, every call is checked, and that is slow."""
    read = [tale[:4000] for tale in recipes.tales()[0][:2]]
    monkeypatch.setattr(recipes, "texts", lambda recipe: read)


@pytest.fixture
def tokenizer(little):
    return recipes.make_tokenizer(TINY)


def test_the_tales_put_aside_are_in_no_recipe():
    read, aside = recipes.tales()
    _, unseen = text.split(text.tales())
    assert "\n".join(aside) == unseen and len(read) + len(aside) == 127
    for recipe in recipes.PRESETS.values():
        given = "\n".join(recipes.texts(recipe))
        for tale in aside:
            middle = tale[len(tale) // 2 :][:200]
            assert middle not in given and tale[:200] not in given
    assert len(recipes.texts(recipes.PRESETS["shipped"])) == len(read) + 7


def test_tokens_are_the_texts_and_come_from_a_file(tmp_path, tokenizer):
    ids = recipes.encode(["One swan.", "Two."], tokenizer)
    end = tokenizer.id_of(END)
    assert ids[0] == ids[-1] == end and (ids == end).sum() == 3
    parts = " ".join(map(str, ids)).split(str(end))
    assert [tokenizer.decode(map(int, part.split())) for part in parts] == ["", "One swan.", "Two.", ""]
    tokens = recipes.open_tokens(tmp_path, TINY, tokenizer)
    assert np.array_equal(tokens.numpy(), recipes.encode(recipes.texts(TINY), tokenizer))
    [file] = tmp_path.iterdir()
    assert file.stat().st_size == 4 * len(tokens)
    other = recipes.Tokenizer(tokenizer.merges[:9], special=(END,))  # of another vocabulary: another file
    again = recipes.open_tokens(tmp_path, TINY, other)
    assert np.array_equal(again.numpy(), recipes.encode(recipes.texts(TINY), other)) and len(again) > len(
        tokens
    )


@pytest.mark.parametrize("name", recipes.PRESETS)
def test_every_preset_makes_a_model_that_reads_what_it_is_given(name):
    recipe = recipes.PRESETS[name]
    assert recipe.training.context <= recipe.model["context"]
    model = recipes.new_model(recipe, recipes.Tokenizer([(97, 98)], special=(END,)))
    assert model(torch.zeros(1, 4, dtype=torch.long)).shape == (1, 4, 258)


def test_a_run_that_is_stopped_goes_on_as_if_it_had_not_been(tmp_path, little):
    def stop(run):
        if run.step == 3:
            raise recipes.Stopped

    whole, _ = recipes.make(TINY, tmp_path / "whole")
    half, _ = recipes.make(TINY, tmp_path / "half", stop)
    assert half.step == 3 and whole.step == 6
    rest, _ = recipes.make(TINY, tmp_path / "half")
    assert rest.losses == whole.losses
    other = replace(TINY, training=replace(TINY.training, seed=1))
    with pytest.raises(ModelFileError, match="seed: 0 then, 1 now"):
        recipes.make(other, tmp_path / "half")


def test_a_checkpoint_is_never_made_in_the_midst_of_a_step(tmp_path, monkeypatch, little):
    """An interrupt while dials are turned leaves the checkpoint of before."""
    monkeypatch.setattr(recipes, "SECONDS_BETWEEN", 0)
    from nextword.optim import Optimizer

    steps, turn = [], Optimizer.step

    def interrupted(self, *options):
        steps.append(1)
        turn(self, *options)
        if len(steps) == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr(Optimizer, "step", interrupted)
    with pytest.raises(KeyboardInterrupt):
        recipes.make(TINY, tmp_path)
    tokenizer = recipes.make_tokenizer(TINY)
    tokens = recipes.open_tokens(tmp_path, TINY, tokenizer)
    assert checkpoint.restore(tmp_path / "run.safetensors", TINY.training, tokens).step == 3


def test_the_readers_own_storyteller_comes_first(tmp_path, monkeypatch, tokenizer):
    monkeypatch.setenv("NEXTWORD_MY", str(tmp_path))
    monkeypatch.setattr(pretrained, "STORYTELLER", tmp_path / "ours.safetensors")
    with pytest.raises(ModelFileError, match="no storyteller yet"):
        pretrained.storyteller()
    for place, unseen in (
        ("ours.safetensors", 1.0),
        ("models/good.safetensors", 2.0),
        ("models/bad.safetensors", 3.0),
    ):
        recipe = replace(TINY, model=TINY.model | {"d_mlp": int(16 * unseen)})
        model_file.save_model(
            tmp_path / place, recipes.new_model(recipe, tokenizer), tokenizer, {pretrained.UNSEEN: unseen}
        )
    assert models.folder() == tmp_path / "models"
    model, same = pretrained.storyteller()
    assert model.config.d_mlp == 32 and same == tokenizer
    (tmp_path / "models/notes.safetensors").write_bytes(b"no model")
    with pytest.warns(UserWarning, match="left aside.*notes.safetensors"):
        assert pretrained.storyteller()[0].config.d_mlp == 32
    (tmp_path / "models/notes.safetensors").unlink()
    for name in ("good", "bad"):
        (tmp_path / f"models/{name}.safetensors").unlink()
    assert pretrained.storyteller()[0].config.d_mlp == 16
