"""The course's own storyteller: what its card says of it is so, and its recipe begins as it began."""

import json
import subprocess
import sys

import pytest
import torch

from nextword import ngram, pretrained, recipes, text
from nextword.pretrained_parts import model_file

pytestmark = [pytest.mark.network, pytest.mark.slow]
REPLAYED = """
import json
from nextword import recipes, training
recipe = recipes.PRESETS["shipped"]
tokenizer = recipes.make_tokenizer(recipe)
import torch
tokens = torch.from_numpy(recipes.encode(recipes.texts(recipe), tokenizer))
run = training.begin(recipes.new_model(recipe, tokenizer), recipe.training)
while run.step < 20:
    training.turn(run, tokens)
from nextword.pretrained_parts import model_file
from nextword import pretrained
model, _, _ = model_file.load_model(pretrained.STORYTELLER)
unseen = recipes.bits_per_byte_aside(model, tokenizer)
print(json.dumps({"losses": run.losses, "merges": tokenizer.merges, "unseen": unseen}))
"""


@pytest.fixture(scope="module")
def kept():
    return model_file.load_model(pretrained.STORYTELLER)


@pytest.fixture(scope="module")
def replayed():
    """In a process of its own, in which calls are not checked: five million letters are read into tokens."""
    done = subprocess.run([sys.executable, "-c", REPLAYED], capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def test_its_recipe_begins_as_it_began(kept, replayed):
    """The course's run multiplied in bfloat16; this one need not, and agrees to two digits."""
    _, tokenizer, card = kept
    assert [tuple(pair) for pair in replayed["merges"]] == tokenizer.merges
    assert len(card[recipes.FIRST]) == 20
    for then, now in zip(card[recipes.FIRST], replayed["losses"], strict=True):
        assert abs(then - now) < 0.02


def test_it_is_as_good_as_its_card_says(kept, replayed):
    _, _, card = kept
    assert abs(replayed["unseen"] - card[pretrained.UNSEEN]) < 0.005
    assert card[pretrained.UNSEEN] < 1.7  # counts over tokens reach 1.77


def test_its_card_is_whole_and_its_file_small(kept):
    model, tokenizer, card = kept
    assert pretrained.STORYTELLER.stat().st_size < 10_000_000
    assert card["dials"] == sum(p.numel() for p in model.parameters())
    assert len(card["samples"]) == 20 and card["processor seconds"] < 3 * 3600
    page = pretrained.STORYTELLER.with_suffix(".md").read_text(encoding="utf-8")
    assert all(" ".join(sample.split()) in page for sample in card["samples"])
    source = text.words("\n".join(recipes.texts(recipes.PRESETS["shipped"])))
    words = [text.words(sample) for sample in card["samples"]]
    copied = sum(ngram.copied_share(one, source) * len(one) for one in words) / sum(map(len, words))
    assert abs(copied - card[recipes.COPIED]) < 0.001 and copied < 0.15


def test_it_writes_words_that_there_are(kept):
    """Nearly every word of what it writes stands in what it read."""
    model, tokenizer, _ = kept
    known = set(text.words("\n".join(recipes.texts(recipes.PRESETS["shipped"]))))
    written = recipes.write(model, tokenizer, "The duckling", 120, torch.Generator().manual_seed(3))
    words = text.words(written)[:-1]  # the last may be cut
    assert sum(word in known for word in words) / len(words) > 0.85
