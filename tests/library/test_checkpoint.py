"""Rung `checkpoint`: killed at any moment and taken up again, a run is bitwise the one that was never killed."""

import errno
import os
import random
import signal
import time
from pathlib import Path

import pytest
import torch

from nextword import checkpoint, training
from nextword.pretrained_parts import model_file
from nextword.pretrained_parts.model_file import ModelFileError
from nextword.tokenizer import Tokenizer
from nextword.training import TrainingConfig
from tests.library.test_training import TEXT, a_model

CONFIG = TrainingConfig(steps=60, batch=4, context=8, seed=5)


def run_on(path: Path) -> list[float]:
    """Train to the end, keeping the run after every step."""
    run = checkpoint.begin_or_restore(path, a_model, CONFIG, TEXT)
    training.train(run, TEXT, lambda run: checkpoint.save(run, path, TEXT))
    return run.losses, [p.detach() for p in run.model.parameters()]


def test_killed_at_twenty_random_moments_it_goes_on_to_the_last_bit(tmp_path):
    losses, dials = run_on(tmp_path / "never killed")
    path, chance, killed = tmp_path / "killed", random.Random(0), 0
    steps = set()
    while killed < 20:
        child = os.fork()
        if child == 0:
            try:
                run_on(path)
            finally:
                os._exit(0)
        time.sleep(chance.uniform(0.01, 0.12))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        killed += 1
        if path.exists():
            steps.add(checkpoint.restore(path, CONFIG, TEXT).step)
            if steps == {CONFIG.steps}:
                break
    again, others = run_on(path)
    assert again == losses and all(map(torch.equal, dials, others))
    assert len(steps) > 1  # it was killed at different steps, not at its end only


def test_a_checkpoint_holds_all_that_the_next_step_needs(tmp_path):
    whole = training.train(training.begin(a_model(), CONFIG), TEXT)
    half = training.begin(a_model(), CONFIG)
    for _ in range(30):
        training.turn(half, TEXT)
    checkpoint.save(half, tmp_path / "half", TEXT)
    torch.manual_seed(99)  # torch's own generator is none of a run's business
    rest = training.train(checkpoint.restore(tmp_path / "half", CONFIG, TEXT), TEXT)
    assert rest.losses == whole.losses


def test_what_does_not_belong_is_refused_by_name(tmp_path):
    run = training.begin(a_model(), CONFIG)
    training.turn(run, TEXT)
    path = tmp_path / "run"
    checkpoint.save(run, path, TEXT)
    other = TrainingConfig(steps=60, batch=8, context=8, seed=5)
    with pytest.raises(ModelFileError, match="batch: 4 then, 8 now"):
        checkpoint.restore(path, other, TEXT)
    with pytest.raises(ModelFileError, match="another text"):
        checkpoint.restore(path, CONFIG, TEXT.flip(0))
    with pytest.raises(ModelFileError, match="there is no file"):
        checkpoint.restore(tmp_path / "nothing", CONFIG, TEXT)
    model_file.save_model(tmp_path / "model", run.model, Tokenizer([]), {})
    with pytest.raises(ModelFileError, match="finished model"):
        checkpoint.restore(tmp_path / "model", CONFIG, TEXT)


@pytest.mark.parametrize("damage", [b"", b"hello", b"\xff" * 400])
def test_a_foreign_or_damaged_file_is_refused_and_left_alone(tmp_path, damage):
    path = tmp_path / "run"
    path.write_bytes(damage)
    with pytest.raises(ModelFileError, match="damaged, or no model file"):
        checkpoint.restore(path, CONFIG, TEXT)
    assert path.read_bytes() == damage


def test_a_file_cut_short_is_refused(tmp_path):
    path = tmp_path / "run"
    checkpoint.save(training.begin(a_model(), CONFIG), path, TEXT)
    whole = path.read_bytes()
    for length in (7, len(whole) // 3, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(ModelFileError):
            checkpoint.restore(path, CONFIG, TEXT)


def test_a_full_disk_leaves_the_last_checkpoint(tmp_path, monkeypatch):
    run, path = training.begin(a_model(), CONFIG), tmp_path / "run"
    checkpoint.save(run, path, TEXT)
    before = path.read_bytes()
    training.turn(run, TEXT)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ModelFileError, match="No space left.*untouched"):
        checkpoint.save(run, path, TEXT)
    assert path.read_bytes() == before and [p.name for p in tmp_path.iterdir()] == ["run"]


def test_one_training_at_a_time(tmp_path):
    def ask() -> int:
        """What another process is told: 7 if it must wait."""
        child = os.fork()
        if child == 0:
            try:
                with checkpoint.lock(tmp_path):
                    os._exit(0)
            except ModelFileError as error:
                os._exit(7 if "another training" in str(error) else 1)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    with checkpoint.lock(tmp_path):
        assert ask() == 7
    assert ask() == 0


def test_a_run_of_another_model_does_not_go_on(tmp_path):
    checkpoint.save(training.begin(a_model(), CONFIG), tmp_path / "run", TEXT)
    with pytest.raises(ModelFileError, match="another model .d_mlp: 32 then, 48 now"):
        checkpoint.begin_or_restore(tmp_path / "run", lambda: a_model(d_mlp=48), CONFIG, TEXT)


def test_seconds_are_added_up_over_all_its_processes(tmp_path):
    run = training.begin(a_model(), CONFIG)
    training.turn(run, TEXT)
    assert run.seconds > 0
    checkpoint.save(run, tmp_path / "run", TEXT)
    again = checkpoint.restore(tmp_path / "run", CONFIG, TEXT)
    assert again.seconds == run.seconds
    training.turn(again, TEXT)
    assert again.seconds > run.seconds


def test_a_model_file_gives_back_model_tokenizer_and_card(tmp_path):
    tokenizer = Tokenizer.train("swan swan swim", 260, special=("<|end|>",))
    model = a_model(vocab_size=tokenizer.vocab_size)
    model_file.save_model(tmp_path / "m", model, tokenizer, {"about": "a test", "n": [1, 2.5]})
    again, same, card = model_file.load_model(tmp_path / "m")
    assert same == tokenizer and card == {"about": "a test", "n": [1, 2.5]} and again.config == model.config
    for one, other in zip(model.parameters(), again.parameters(), strict=True):
        assert torch.equal(one.half().float(), other)
