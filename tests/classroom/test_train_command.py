"""`nextword train`, from the shell: makes a model and its card, is stopped and goes on, and loses nothing."""

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from click.testing import CliRunner

from classroom.app.cli import main
from classroom.app.commands import train
from nextword import recipes
from nextword.pretrained_parts import model_file
from nextword.training import TrainingConfig
from tests import pace

pytestmark = pytest.mark.network
TINY = recipes.Recipe("a test", 300, recipes.shape(16, 1, 2, 32), TrainingConfig(6, batch=2, context=16))


@pytest.fixture
def shell(my, monkeypatch):
    read, aside = ([tale[:4000] for tale in part[:2]] for part in recipes.tales())
    monkeypatch.setattr(recipes, "texts", lambda recipe: read)
    monkeypatch.setattr(recipes, "tales", lambda: (read, aside))
    monkeypatch.setitem(recipes.PRESETS, "minute", TINY)
    before = signal.getsignal(signal.SIGINT)
    yield lambda *words: CliRunner().invoke(main, ["train", *words])
    signal.signal(signal.SIGINT, before)


def test_the_presets_are_the_recipes():
    assert set(train.PRESETS) == set(recipes.PRESETS)


def test_it_makes_a_model_and_its_card(shell, my):
    done = shell("--preset", "minute", "--precision", "float32")
    assert done.exit_code == 0, done.output
    assert "step 6 of 6" in done.output and "unseen tales, bits per byte" in done.output
    _, _, card = model_file.load_model(my / "models/minute.safetensors")
    assert card["steps"] == 6 and card["tokens read"] == 6 * 2 * 16 and len(card["samples"]) == 20
    assert card["training"]["precision"] == "float32"
    assert (my / "models/minute.md").read_text(encoding="utf-8").count("\n> ") == 20


def test_what_is_there_is_not_overwritten(shell, my):
    assert shell("--precision", "float32").exit_code == 0
    again = shell()
    assert again.exit_code == 1 and "is finished: choose another --name, or --again" in again.output
    (my / "models/minute.safetensors").rename(my / "models/other.safetensors")
    begun = shell()
    assert begun.exit_code == 1 and "--resume to go on with it, or --again" in begun.output
    (my / "models/other.safetensors").rename(my / "models/minute.safetensors")
    first = (my / "models/minute.safetensors").read_bytes()
    assert shell("--again", "--precision", "float32").exit_code == 0
    [kept] = (my / "models").glob("minute.safetensors.*")
    assert kept.read_bytes() == first
    outside = shell("--name", "../elsewhere")
    assert outside.exit_code == 1 and "not of a folder" in outside.output


def test_the_vocabulary_is_learned_once(shell, monkeypatch):
    learned, own = [], recipes.make_tokenizer
    monkeypatch.setattr(recipes, "make_tokenizer", lambda recipe: learned.append(recipe) or own(recipe))
    monkeypatch.setattr("nextword.training.faster_precision", lambda *_: "float32")  # as where it is probed
    assert shell().exit_code == 0
    assert len(learned) == 1


def test_again_with_nothing_there_leaves_nothing_behind(shell, my):
    assert shell("--again", "--precision", "float32").exit_code == 0
    assert {path.name for path in (my / "models").iterdir()} == {
        "minute.run",
        "minute.safetensors",
        "minute.md",
    }


def test_a_damaged_checkpoint_is_told_in_a_sentence(shell, my):
    folder = my / "models/minute.run"
    folder.mkdir(parents=True)
    (folder / "run.safetensors").write_bytes(b"not a run")
    told = shell("--resume")
    assert told.exit_code == 1 and "damaged" in told.output and "Traceback" not in told.output


def test_rates_that_are_too_high_are_told_in_a_sentence(shell, my, monkeypatch):
    wild = replace(TINY.training, steps=50, lr_unembedding=1e4, lr_matrices=1e4)
    monkeypatch.setitem(recipes.PRESETS, "minute", replace(TINY, training=wild))
    told = shell("--precision", "float32")
    assert told.exit_code == 1 and "learning rates are too high" in told.output


SLOWLY = """
import sys
from classroom.app.cli import main
from nextword import recipes
from nextword.training import TrainingConfig
read, aside = ([tale[:4000] for tale in part[:2]] for part in recipes.tales())
recipes.texts, recipes.tales = (lambda recipe: read), (lambda: (read, aside))
recipes.PRESETS["minute"] = recipes.Recipe(
    "a test", 300, recipes.shape(16, 1, 2, 32), TrainingConfig(600, batch=2, context=16)
)
sys.argv = ["nextword", "train", "--precision", "float32", *sys.argv[1:]]
main()
"""


def test_ctrl_c_leaves_a_run_that_goes_on(tmp_path):
    environment = os.environ | {"NEXTWORD_MY": str(tmp_path), "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
    line = [sys.executable, "-c", SLOWLY]
    process = subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, text=True, bufsize=1)
    told, limit = "", time.monotonic() + pace.seconds(60)
    while "loss" not in told and time.monotonic() < limit:
        told += process.stdout.read(40)
    process.send_signal(signal.SIGINT)
    told += process.communicate(timeout=pace.seconds(60))[0]
    assert process.returncode == 130, told
    stopped = int(re.search(r"Stopped after step (\d+)", told)[1])
    assert 0 < stopped < 600
    done = subprocess.run([*line, "--resume"], env=environment, capture_output=True, text=True)
    assert done.returncode == 0 and "step 600 of 600" in done.stdout, done.stdout + done.stderr
