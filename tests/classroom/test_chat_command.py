"""`nextword chat` and `nextword finetune`: replies stream, Ctrl-C stops one, bad input is a sentence."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest
import torch
from click.testing import CliRunner

from classroom.app.cli import main
from classroom.app.commands import chat as command
from nextword import chat, finetuning, recipes
from nextword.pretrained_parts import model_file
from nextword.tokenizer import Tokenizer
from nextword.training import TrainingConfig
from nextword.transformer import ModelConfig, Transformer
from tests import pace

LETTERS = Tokenizer([], special=("<|end|>", chat.START, chat.END))
CONFIG = ModelConfig(vocab_size=LETTERS.vocab_size, d_model=16, n_layers=1, n_heads=2, d_mlp=16, context=220)


@pytest.fixture
def shell(my):
    """The command, with a tiny model kept as the reader's own."""
    finetuning.keep(Transformer(CONFIG, torch.Generator().manual_seed(0)), LETTERS, "talker")
    return lambda typed, *words: CliRunner().invoke(main, ["chat", *words], input=typed)


def test_it_answers_each_line_and_the_seed_settles_what(shell):
    first, again, other = (
        shell("Hello!\nAnd you?\n/quit\n", "--model", "mine", "--seed", seed, "--max-new", "9").output
        for seed in ("1", "1", "2")
    )
    assert first == again != other
    assert first.startswith("talker.") and first.count("you> ") == 3 and first.endswith("Goodbye.\n")


def test_lines_that_are_no_talk(shell):
    done = shell("\n   \n/again\n/dance now\n/help\n", "--model", "mine")  # and Ctrl-D
    assert done.exit_code == 0 and done.output.endswith("Goodbye.\n")
    assert "A new chat." in done.output and "There is no /dance." in done.output
    assert done.output.count(command.HELP) == 3


def test_again_forgets_what_was_said(shell, monkeypatch):
    begun = []
    own = chat.Chat
    monkeypatch.setattr(chat, "Chat", lambda *given: begun.append(own(*given)) or begun[-1])
    shell("Hello!\n/again\nHi\n", "--model", "mine", "--max-new", "3")
    assert [talk.turns[1] for talk in begun] == [("user", "Hello!"), ("user", "Hi")]


def test_a_long_chat_goes_on_and_a_line_too_long_is_told(shell):
    done = shell("Hello, hello!\n" * 12, "--model", "mine", "--max-new", "20", "--seed", "0")
    assert done.exit_code == 0 and done.output.count("you> ") == 13 and "cannot" not in done.output
    told = shell("x" * 300 + "\nHello!\n", "--model", "mine", "--max-new", "20").output
    assert "That cannot be answered: a text of" in told and told.endswith("Goodbye.\n")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--model", "no/such.file"], "there is no file"),
        (["--model", "{damaged}"], "damaged, or no model file"),
        (["--model", "{silent}"], "no special token"),
        (["--model", "mine", "--max-new", "400"], "this model reads 220 tokens"),
        (["--model", "mine", "--temperature", "hot"], "not a valid float"),
        (["--model", "mine", "--temperature", "-1"], "not in the range"),
        (["--model", "mine", "--temperature", "nan"], "temperature"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(shell, my, words, says):
    (my / "damaged").write_bytes(b"not a model")
    silent = Tokenizer([], special=("<|end|>",))
    model = Transformer(replace(CONFIG, vocab_size=257))
    model_file.save_model(my / "silent", model, silent, {})
    done = shell("", *[one.format(damaged=my / "damaged", silent=my / "silent") for one in words])
    assert done.exit_code in (1, 2) and says in done.output and "Traceback" not in done.output, done.output


def test_without_a_model_of_ones_own_it_is_said_how_to_make_one(my):
    told = CliRunner().invoke(main, ["chat", "--model", "mine"])
    assert told.exit_code == 1 and "lesson 17 makes one" in told.output


def test_a_reply_moves_no_cursor():
    assert command.harmless("a\x1b[31m\x07b\tc\nd\u202e") == "a[31mb\tc\nd"


SLOWLY = """
import sys, time
from classroom.app.cli import main
from nextword import generation
choose = generation.choose
def slowly(*given):
    time.sleep(0.05)
    return 97
generation.choose = slowly
sys.argv = ["nextword", "chat", "--model", "mine", "--max-new", "90"]
main()
"""


def test_ctrl_c_stops_a_reply_and_the_chat_goes_on(my):
    finetuning.keep(Transformer(CONFIG, torch.Generator().manual_seed(0)), LETTERS, "talker")
    environment = os.environ | {"NEXTWORD_MY": str(my), "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
    line = [sys.executable, "-c", SLOWLY]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    process = subprocess.Popen(line, env=environment, text=True, bufsize=0, **pipes)
    process.stdin.write("Hello!\n")
    process.stdin.flush()
    told, limit = "", time.monotonic() + pace.seconds(60)
    while "aaa" not in told and time.monotonic() < limit:
        told += process.stdout.read(1)
    process.send_signal(signal.SIGINT)
    while "(stopped)" not in told and time.monotonic() < limit:
        told += process.stdout.read(1)
    told += process.communicate("/quit\n", timeout=pace.seconds(60))[0]
    assert process.returncode == 0 and told.endswith("Goodbye.\n"), told
    assert 3 <= told.split("(stopped)")[0].count("a", told.index("you> ")) < 90


# ---- nextword finetune ----


@pytest.fixture
def learn(my, monkeypatch):
    from classroom.app.commands import finetune

    film = (["A film of swans."] * 9, ["A film of ducks."] * 3)
    monkeypatch.setattr(finetuning, "film_sentences", lambda: film)
    monkeypatch.setattr(recipes, "tales", lambda: (["once"], ["Once there was a duck. " * 20]))
    tokenizer = Tokenizer([], special=("<|end|>",))
    form = {"tied": False, "norm_weights": False, "qk_norm": True}
    model = Transformer(replace(CONFIG, vocab_size=257, **form), torch.Generator().manual_seed(0))
    model_file.save_model(my / "models/tiny.safetensors", model, tokenizer, {})
    monkeypatch.setitem(finetune.PRESETS, "lesson", (3, 2, False))
    return lambda *words: CliRunner().invoke(main, ["finetune", "--preset", "lesson", *words])


def test_it_makes_the_readers_reviewer_and_its_card(learn, my):
    done = learn()
    assert done.exit_code == 0 and "step 3 of 3" in done.output, done.output
    _, _, card = model_file.load_model(my / "models/assistants/reviewer.safetensors")
    assert card["steps"] == 3 and card["sentences read"] == 6 and len(card["samples"]) == 32
    assert (my / "models/assistants/reviewer.md").read_text(encoding="utf-8").count("\n> ") == 32
    model, _ = finetuning.reviewer()
    assert model.config.d_model == CONFIG.d_model
    refused = learn()
    assert refused.exit_code == 1 and "--again" in refused.output
    assert learn("--again").exit_code == 0
    assert len(list((my / "models/assistants").iterdir())) == 4


def test_a_stop_keeps_nothing(learn, my, monkeypatch):
    def stopped(*_):
        raise recipes.Stopped

    monkeypatch.setattr(finetuning, "make_reviewer", stopped)
    done = learn()
    assert done.exit_code == 130 and "nothing kept" in done.output
    assert not (my / "models/assistants").exists()


def test_rates_that_run_away_are_told(learn, monkeypatch):
    monkeypatch.setattr(finetuning, "RATES", {"lr_matrices": 1e4, "lr_unembedding": 1e4})
    from classroom.app.commands import finetune

    monkeypatch.setitem(finetune.PRESETS, "lesson", (30, 2, False))
    told = learn()
    assert told.exit_code == 1 and "learning rates are too high" in told.output


def test_the_shipped_preset_is_the_recipe():
    from classroom.app.commands.finetune import PRESETS

    steps, batch, is_shipped = PRESETS["shipped"]
    assert is_shipped and finetuning.SHIPPED == TrainingConfig(steps, batch=batch, **finetuning.RATES)
