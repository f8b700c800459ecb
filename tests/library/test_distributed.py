"""Rung `distributed`: ranks that learn together learn what one process learns; kept, lost and taken up again."""

import contextlib
import json
import math
import os
import re
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from nextword import distributed, recipes, train, training
from nextword.distributed_parts import launch, measuring, sharded_checkpoint, threads, world
from nextword.distributed_parts.world import RankLost, Refused, World
from nextword.pretrained_parts import model_file
from tests import pace
from tests.library import two_ranks
from tests.library.two_ranks import KEPT, PLAIN, STEPS, TEXT, a_model

ROOT = Path(__file__).resolve().parents[2]
LAUNCHED = {"OMP_NUM_THREADS": "1", "PYTHONPATH": f"{ROOT}/lib{os.pathsep}{ROOT}"}
needs_two = pytest.mark.skipif(world.n_cores() < 2, reason="two processes want two cores")


# Ranks as threads: the arithmetic


@given(st.integers(1, 5), st.integers(1, 9))
def test_a_batch_is_shared_out_whole(size, n):
    ids = torch.arange(2 * n).view(n, 2)
    shares = [distributed.share(ids, World(rank, size)) for rank in range(size)]
    assert torch.equal(torch.cat(shares), ids)
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


@pytest.mark.parametrize("counts", [(2, 2), (3, 2), (5, 1), (1, 2, 4), (4,)])
def test_averaged_gradients_are_those_of_all_examples_together(counts):
    generator = torch.Generator().manual_seed(len(counts))
    x, y = torch.randn(sum(counts), 3, generator=generator), torch.randn(sum(counts), 2, generator=generator)

    def gradients(rows, world=None):
        torch.manual_seed(0)  # threads share it; the weights are set below
        model = nn.Linear(3, 2)
        with torch.no_grad():
            model.weight.copy_(torch.arange(6.0).view(2, 3) / 6)
            model.bias.fill_(0.5)
        (model(x[rows]) - y[rows]).square().mean().backward()
        if world is not None:
            distributed.average_gradients(model, world, len(x[rows]))
        return [p.grad for p in model.parameters()]

    ends = np.cumsum(counts)
    found = threads.together(
        len(counts), lambda w: gradients(slice(ends[w.rank] - counts[w.rank], ends[w.rank]), w)
    )
    for one in found:
        for gradient, needed in zip(one, gradients(slice(None)), strict=True):
            assert torch.allclose(gradient, needed, atol=1e-6) and needed.any()


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_ranks_that_are_threads_learn_what_one_process_learns(size):
    config = replace(PLAIN, batch=5)
    run = training.begin(a_model(), config)
    alone = [training.turn(run, TEXT) for _ in range(4)]
    found = threads.together(size, lambda w: two_ranks.turns(distributed.begin(a_model(), config, w), 4))
    for losses in found:
        assert losses == found[0] and np.allclose(losses, alone, atol=1e-5)
    assert alone[-1] < alone[0] - 0.05


def test_a_thread_that_waits_in_vain_is_told():
    with pytest.raises(RankLost, match="one of them does not come"):
        threads.together(2, lambda w: w.rank == 0 and w.all_reduce(torch.ones(1)))
    with pytest.raises(ZeroDivisionError):  # the cause, not what follows from it
        threads.together(2, lambda w: w.all_reduce(torch.ones(1)) if w.rank else 1 // 0)
    with pytest.raises(ValueError, match="different shapes"):
        threads.together(2, lambda w: w.all_reduce(torch.ones(1 + w.rank)))


def test_one_rank_that_diverges_stops_all():
    def spoiled(w):
        team = distributed.begin(a_model(), PLAIN, w)
        if w.rank == 1:
            team.read = lambda ids, model=team.run.model: model(ids) * math.nan
        with pytest.raises(training.Diverged, match="step 0: the loss is nan"):
            distributed.turn(team, TEXT)
        return True

    assert threads.together(2, spoiled) == [True, True]


# What it costs


def ring(rows: list[list[float]]) -> tuple[list[list[float]], list[int]]:
    """A ring all-reduce played out, piece by piece: what all have in the end, and how many numbers each has sent."""
    size = len(rows)
    pieces = [list(map(list, np.array_split(row, size))) for row in rows]
    sent = [0] * size
    for adds in (True, False):
        for turn in range(size - 1):
            first = [(rank - turn + (not adds)) % size for rank in range(size)]
            moving = [list(pieces[rank][first[rank]]) for rank in range(size)]
            for rank, piece in enumerate(moving):
                to, which = (rank + 1) % size, first[rank]
                there = pieces[to][which]
                pieces[to][which] = [a + b for a, b in zip(piece, there, strict=True)] if adds else piece
                sent[rank] += len(piece)
    return [[number for piece in row for number in piece] for row in pieces], sent


@pytest.mark.parametrize("size", [1, 2, 3, 4, 7])
def test_the_bytes_of_a_ring_are_those_that_one_sends(size):
    n = 12 * size
    rows = np.random.default_rng(size).normal(size=(size, n))
    ends, sent = ring(rows.tolist())
    assert np.allclose(ends, rows.sum(axis=0))  # it is an all-reduce
    assert sent == [round(distributed.ring_bytes(4 * n, size) / 4)] * size


def test_the_seconds_of_a_ring():
    rounds, piece = 2 * 3, 1e6 / 4
    assert math.isclose(distributed.ring_seconds(1e6, 4, 1e-3, 1e8), rounds * (1e-3 + piece / 1e8))
    assert distributed.ring_seconds(1e6, 1, 1e-3, 1e8) == 0  # nobody to send to
    no_latency = distributed.ring_seconds(1e6, 5, 0, 1e8)
    assert math.isclose(no_latency, distributed.ring_bytes(1e6, 5) / 1e8)
    assert distributed.step_seconds(3.0, 1e6, 1, 1e-3, 1e8) == 3.0


@given(st.floats(1e-6, 1e-2), st.floats(1e6, 1e11), st.integers(2, 16))
def test_latency_and_bandwidth_are_found_again(latency, bandwidth, size):
    n_bytes = [1e2, 1e4, 1e6, 1e9]
    seconds = [distributed.ring_seconds(n, size, latency, bandwidth) for n in n_bytes]
    found = measuring.latency_and_bandwidth(n_bytes, seconds, size)
    assert np.allclose(found, (latency, bandwidth), rtol=1e-4)


# What cannot be begun


@pytest.mark.parametrize(
    "config, size, way, says",
    [
        (replace(PLAIN, batch=5), 2, "ddp", "batch of 5 does not divide by 2 ranks.*batch of 4 or 6"),
        (replace(PLAIN, batch=9), 4, "fsdp", "batch of 9 does not divide by 4 ranks.*batch of 8 or 12"),
        (
            replace(PLAIN, batch=6, accumulate=2),
            2,
            "ddp",
            "batch of 6, read in 2 parts,.*by 2 ranks.*batch of 4 or 8",
        ),
        (replace(PLAIN, batch=2), 3, "by-hand", "batch of 2 leaves nothing for some of 3 ranks"),
        (PLAIN, 2, "by-foot", "no way 'by-foot'; there are: by-hand, ddp, fsdp"),
    ],
)
def test_what_cannot_be_shared_out_is_refused(config, size, way, says):
    with pytest.raises(Refused, match=says):
        distributed.begin(a_model(), config, World(0, size), way)


def test_more_processes_than_cores_are_refused_before_any_begins():
    with pytest.raises(Refused, match=r"\d+ processes are too many here.* start \d+ at most"):
        launch.launch(world.n_cores() + 1, "-c", "no script")
    with pytest.raises(Refused, match="there is 1 GPU: .* start 1 at most"):
        world.refuse_crowd(2, 1, "GPU")


def test_a_port_in_use_is_refused():
    with socket.socket() as other:
        other.bind(("", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Refused, match=f"port {port} of this machine is in use: choose another"):
            launch.launch(1, "-c", "no script", port=port)


def test_a_torch_without_its_engine_is_refused(monkeypatch):
    monkeypatch.setattr(launch.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Refused, match="torchrun is not here"):
        launch.command(2, "script.py")
    monkeypatch.setattr(world.distributed, "is_available", lambda: False)
    with pytest.raises(Refused, match="without torch.distributed"), world.join():
        pass


@pytest.mark.parametrize(
    "more, says", [(["--processes", "9999"], "too many here"), (["--processes", "0"], "start 1")]
)
def test_the_program_that_starts_others_says_why_it_cannot(more, says, capsys):
    with pytest.raises(SystemExit):
        train.main(more)
    assert says in (told := capsys.readouterr().err) and told.count("\n") == 1


def test_the_program_says_that_a_port_is_in_use(capsys, monkeypatch):
    monkeypatch.setattr(world, "n_cores", lambda: 2)
    with socket.socket() as other:
        other.bind(("", 0))
        other.listen()
        with pytest.raises(SystemExit):
            train.main(["--processes", "2", "--port", str(other.getsockname()[1])])
    told = capsys.readouterr().err
    assert "is in use: choose another" in told and told.count("\n") == 1


@pytest.mark.parametrize(
    "lines, says",
    [
        (["W noise", "nextword: the folder is full", "nextword: another"], "the folder is full"),
        (
            ["Traceback", "[rank0]: ValueError: no such thing", "ChildFailedError:"],
            "ValueError: no such thing",
        ),
        (["[rank1]: nextword.distributed_parts.world.Refused: 2 processes are too many"], "2 processes are"),
        (
            ["E11 api.py:1002] failed (exitcode: -11) local_rank: 1", "exitcode : -15"],
            "by signal 11: it crashed",
        ),
        (["E11 api.py:1002] failed (exitcode: 3) local_rank: 1"], "without a word (with exit code 3)"),
        ([], "without a word"),
    ],
)
def test_a_page_of_complaints_becomes_a_sentence(lines, says):
    assert says in launch.sentence(lines)


def test_a_process_that_ends_at_once_is_done_and_has_said_all(tmp_path):
    """Python's own end is not reached: what is registered for it does not run, and a crash there cannot come."""
    program = tmp_path / "program.py"
    program.write_text(
        "import atexit, os\n"
        "from nextword.distributed_parts import ending, world\n"
        "atexit.register(os.abort)  # as torch has crashed\n"
        "with world.join() as ranks:\n"
        "    if ranks.rank == 0:\n"
        "        print('all is written')\n"
        "LAST"
    )
    text = program.read_text()
    program.write_text(text.replace("LAST", "ending.at_once()"))
    assert launch.launch(2, str(program), seconds=pace.seconds(60)) == ["all is written"]
    program.write_text(text.replace("LAST", ""))
    with pytest.raises(launch.LaunchFailed, match="without a word .by signal 6: "):
        launch.launch(2, str(program), seconds=pace.seconds(60))


# A sharded checkpoint, in one process


def test_a_checkpoint_of_another_run_is_refused(tmp_path):
    team = distributed.begin(a_model(), PLAIN, World())
    assert not sharded_checkpoint.restore(team.run, tmp_path, TEXT)
    two_ranks.turns(team, 2)
    sharded_checkpoint.save(team.run, tmp_path, TEXT, World())
    for model, config, text, says in (
        (a_model(d_mlp=32), PLAIN, TEXT, "of another model .d_mlp: 33 then, 32 now."),
        (a_model(), replace(PLAIN, batch=8), TEXT, "of a run with other settings .batch: 4 then, 8 now."),
        (a_model(), PLAIN, TEXT.flip(0), "another text"),
    ):
        fresh = training.begin(model, config)
        with pytest.raises(Refused, match=says):
            sharded_checkpoint.restore(fresh, tmp_path, text)
        assert fresh.step == 0


def test_only_the_newest_whole_checkpoint_is_kept_and_half_of_one_is_no_checkpoint(tmp_path):
    team = distributed.begin(a_model(), PLAIN, World())
    for _ in range(3):
        two_ranks.turns(team, 1)
        sharded_checkpoint.save(team.run, tmp_path, TEXT, World())
    assert [place.name for place in sharded_checkpoint.kept(tmp_path)] == ["step-00000003"]
    (tmp_path / "step-00000004.partial").mkdir()  # a run was killed while it was kept
    fresh = distributed.begin(a_model(), PLAIN, World())
    assert sharded_checkpoint.restore(fresh.run, tmp_path, TEXT)
    assert two_ranks.turns(fresh, 3) == two_ranks.turns(team, 3)  # to the last bit
    sharded_checkpoint.save(fresh.run, tmp_path, TEXT, World())
    assert [place.name for place in sharded_checkpoint.kept(tmp_path)] == ["step-00000006"]


@pytest.mark.parametrize("file", [sharded_checkpoint.ABOUT, ".metadata", "__0_0.distcp"])
def test_a_damaged_checkpoint_is_refused(file, tmp_path):
    team = distributed.begin(a_model(), PLAIN, World())
    two_ranks.turns(team, 1)
    damaged = sharded_checkpoint.save(team.run, tmp_path, TEXT, World()) / file
    damaged.write_bytes(damaged.read_bytes()[:20])
    with pytest.raises(Refused, match="step-00000001 (is damaged|cannot be read).*delete it"):
        sharded_checkpoint.restore(training.begin(a_model(), PLAIN), tmp_path, TEXT)


# Two processes under torchrun


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What two ranks found, in one launch for all tests below."""
    folder = tmp_path_factory.mktemp("ranks")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in LAUNCHED.items():
            patch.setenv(name, value)
        launch.launch(2, two_ranks.__file__, str(folder), seconds=pace.seconds(120))
    answers = [json.loads((folder / f"rank-{rank}.json").read_text()) for rank in range(2)]
    assert answers[0]["losses"] == answers[1]["losses"]  # both ranks know the loss of the whole batch
    return answers[0] | {"folder": folder}


@needs_two
@pytest.mark.slow
@pytest.mark.parametrize("case", two_ranks.CASES)
def test_two_ranks_lose_what_one_loses(found, case):
    needed = two_ranks.alone(case)
    assert needed[-1] < needed[0] - 0.2 and len({round(loss, 4) for loss in needed}) == STEPS  # it learns
    for way in distributed.WAYS:
        assert np.abs(np.subtract(found["losses"][f"{case}, {way}"], needed)).max() < 1e-5, way


@needs_two
@pytest.mark.slow
def test_two_ranks_end_with_the_dials_of_one(found):
    run = training.begin(a_model(), PLAIN)
    for _ in range(STEPS):
        training.turn(run, TEXT)
    for way in distributed.WAYS:
        for name, parameter in run.model.named_parameters():
            dials = torch.tensor(found["dials"][way][name])
            assert torch.allclose(dials, parameter.detach().flatten()[::7], atol=1e-4), (way, name)


@needs_two
@pytest.mark.slow
def test_by_hand_a_batch_of_five_is_five_passages(found):
    run = training.begin(a_model(), replace(PLAIN, batch=5))
    alone = [training.turn(run, TEXT) for _ in range(STEPS)]
    assert np.abs(np.subtract(found["losses"]["uneven"], alone)).max() < 1e-5


@needs_two
@pytest.mark.slow
def test_fsdp_holds_half_of_the_rows(found):
    assert found["rows held"] == [17, 36]  # of 33: uneven


@needs_two
@pytest.mark.slow
def test_what_two_have_kept_two_take_up_in_any_way(found):
    for ways, losses in found["resumed"].items():
        from_way, way = ways.split(", ")
        unbroken = found["losses"][f"plain, {way}"]
        assert np.abs(np.subtract(losses, unbroken)).max() < 1e-5, ways
        if from_way == way:
            assert losses[KEPT:] == unbroken[KEPT:], f"{way} is not the same to the last bit"


@needs_two
@pytest.mark.slow
@pytest.mark.parametrize("way", distributed.WAYS)
def test_what_two_have_kept_one_takes_up(found, way):
    team = distributed.begin(a_model(), PLAIN, World())
    assert sharded_checkpoint.restore(team.run, found["folder"] / way, TEXT) and team.run.step == KEPT
    two_ranks.turns(team, STEPS - KEPT)
    assert np.abs(np.subtract(team.run.losses, two_ranks.alone("plain"))).max() < 1e-5


@needs_two
@pytest.mark.slow
def test_a_large_sum_takes_longer_than_a_small_one(found):
    small, _, large = found["seconds"]
    assert 0 < small < large


# The program


def started(*arguments, options=("--standalone", "--nproc-per-node=2")) -> subprocess.Popen:
    line = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        *options,
        "-m",
        "nextword.train",
        *map(str, arguments),
    ]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(line, env=os.environ | LAUNCHED, **pipes)


def end_all(*processes) -> None:
    """End what is left of them, with all that they started."""
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            for one in [*psutil.Process(process.pid).children(recursive=True), process]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    one.kill()
        process.communicate()


@pytest.fixture(scope="module")
def recipe():
    """What the program reads and learns by in these tests, and the losses of one process without any of this."""
    recipe = recipes.PRESETS["minute"]
    recipe = replace(recipe, training=replace(recipe.training, steps=12))
    tokenizer = recipes.make_tokenizer(recipe)
    tokens = torch.from_numpy(recipes.encode(recipes.texts(recipe), tokenizer))
    run = training.train(training.begin(recipes.new_model(recipe, tokenizer), recipe.training), tokens)
    return recipe, tokenizer, tokens, run.losses


def test_the_program_alone_keeps_its_run_and_its_model(recipe, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(
        recipes, "card", lambda recipe, run, tokenizer: {"steps": run.step}
    )  # a whole one takes long
    arguments = ["--steps", "12", "--keep-every", "5", "--folder", str(tmp_path)]
    train.main(arguments)
    said = capsys.readouterr().out
    assert "1 process on" in said and "from step 0" in said and f"loss {recipe[3][-1]:.4f}" in said
    _, tokenizer, card = model_file.load_model(tmp_path / "model.safetensors")
    assert tokenizer.vocab_size == 512 and card["steps"] == 12
    train.main([*arguments, "--way", "ddp"])  # a run that is done has nothing left to do
    assert "on from step 12" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        train.main([*arguments, "--batch", "4"])
    assert "nextword: " in (says := capsys.readouterr().err) and says.count("\n") == 1
    assert "batch: 8 then, 4 now" in says


@pytest.mark.parametrize(
    "arguments, says",
    [
        (["--keep-every", "0"], "--keep-every is 0"),
        (["--batch", "0"], "batch is 0, and is at least 1"),
        (["--accumulate", "3"], "in 3 equal parts"),
    ],
)
def test_the_program_says_what_it_cannot_do(arguments, says, tmp_path, capsys):
    with pytest.raises(SystemExit):
        train.main([*arguments, "--folder", str(tmp_path)])
    told = capsys.readouterr().err
    assert says in told and told.count("\n") == 1


@needs_two
@pytest.mark.slow
def test_a_rank_that_dies_ends_the_run_with_a_sentence_and_a_checkpoint(recipe, tmp_path):
    process = started("--steps", 4000, "--keep-every", 5, "--folder", tmp_path)
    try:
        for line in process.stdout:
            if line.startswith("step 10 "):
                break
        ranks = [
            one for one in psutil.Process(process.pid).children(recursive=True) if "RANK" in one.environ()
        ]
        victim = next(one for one in ranks if one.environ()["RANK"] == "0")
        victim.kill()
        killed = time.monotonic()
        _, complaints = process.communicate(timeout=pace.seconds(30))
        assert time.monotonic() - killed < pace.seconds(10)
        assert not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in ranks)
    finally:
        end_all(process)
    told = [line for line in complaints.splitlines() if line.startswith("nextword: ")]
    assert process.returncode and len(told) == 1
    assert re.search(
        r"another process has ended.*the run ends in step \d+; the same line goes on from", told[0]
    )
    settings, tokenizer, tokens, _ = recipe
    config = replace(settings.training, steps=4000)
    team = distributed.begin(recipes.new_model(settings, tokenizer), config, World())
    assert sharded_checkpoint.restore(team.run, tmp_path, tokens) and team.run.step >= 10
    for _ in range(3):
        distributed.turn(team, tokens)
    alone = training.begin(recipes.new_model(settings, tokenizer), config)
    while alone.step < team.run.step:
        training.turn(alone, tokens)
    assert np.abs(np.subtract(team.run.losses, alone.losses)).max() < 1e-5


@needs_two
@pytest.mark.slow
def test_two_torchruns_meet_as_two_machines_would(recipe, tmp_path):
    with socket.socket() as ours:
        ours.bind(("localhost", 0))
        port = ours.getsockname()[1]
    meet = ["--rdzv-backend=c10d", f"--rdzv-endpoint=localhost:{port}", f"--rdzv-id={port}"]
    options = ["--nnodes=2", "--nproc-per-node=1", "--local-addr=localhost", *meet]
    machines = [started("--steps", 12, "--folder", tmp_path, options=options) for _ in range(2)]
    try:
        said = [machine.communicate(timeout=pace.seconds(90)) for machine in machines]
    finally:
        end_all(*machines)
    assert [machine.returncode for machine in machines] == [0, 0], said
    first = next(out for out, _ in said if out)
    assert "2 processes on cpu, fsdp: from step 0" in first
    told = float(re.search(r"step 12 of 12 +loss ([\d.]+)", first)[1])
    assert abs(told - recipe[3][-1]) < 2e-4
    assert (tmp_path / "model.safetensors").exists()
