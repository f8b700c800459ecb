"""`nextword doctor` with every fault: it says what is wrong, and never faints."""

import importlib.metadata
import os
from pathlib import Path

import pytest

from classroom import paths
from classroom.app import doctor, health


@pytest.fixture(autouse=True)
def healthy(monkeypatch, tmp_path):
    """A reader's folder of its own, and a torch that answers at once."""
    monkeypatch.setenv("NEXTWORD_MY", str(tmp_path / "my"))
    monkeypatch.delenv("PYTHONPATH", raising=False)
    answers = {health.ASK_TORCH: '{"threads": 1, "gpu": null}', health.ASK_KERNELS: "interpreted"}
    monkeypatch.setattr(health, "said_by", lambda command, seconds=0: answers.get(command[-1], ""))


def test_a_report_has_what_a_bug_report_needs():
    report = doctor.report()
    for look in health.ALL:
        assert look.__doc__.rstrip(".") in report
    assert "could not look" not in report
    for package in health.PACKAGES:
        assert f"  {package} " in report


def test_torch_missing(monkeypatch):
    real = importlib.metadata.version

    def version(package):
        if package == "torch":
            raise importlib.metadata.PackageNotFoundError(package)
        return real(package)

    monkeypatch.setattr(importlib.metadata, "version", version)
    assert "torch is not installed: delete the folder .venv" in doctor.report()


def test_torch_that_does_not_start(monkeypatch):
    monkeypatch.setattr(health, "said_by", lambda command, seconds=0: None)
    report = doctor.report()
    assert "torch is there but does not start" in report
    assert "unknown (no git" in report  # git does not answer either


@pytest.mark.parametrize(
    "answer, told",
    [
        ("interpreted", "they run here, interpreted on the CPU"),
        ("compiled", "they run here, compiled for the GPU"),
        ("Triton is made for Linux.", "kernels        Triton is made for Linux."),
        (None, "they do not run here, and nothing but their lessons needs them"),
    ],
)
def test_whether_kernels_run_and_how(monkeypatch, answer, told):
    answers = {health.ASK_TORCH: '{"threads": 1, "gpu": null}', health.ASK_KERNELS: answer}
    monkeypatch.setattr(health, "said_by", lambda command, seconds=0: answers.get(command[-1], ""))
    report = doctor.report()
    assert told in report and "does not start" not in report


def test_another_version_than_tested(monkeypatch):
    monkeypatch.setattr(health, "tested_versions", lambda: {"numpy": "1.0"})
    assert "(tested with 1.0)" in doctor.report()


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs a folder that not even root can write to")
def test_a_place_that_cannot_be_written_to(monkeypatch):
    monkeypatch.setenv("NEXTWORD_MY", "/proc/my")
    assert "/proc can't be written to" in doctor.report()


def test_a_text_that_is_not_here(monkeypatch, tmp_path):
    monkeypatch.setenv("NEXTWORD_CACHE", str(tmp_path / "nothing"))
    assert "`nextword data fairy_tales` fetches it" in doctor.report()


def test_a_file_of_the_readers_that_hides_a_module():
    paths.my().mkdir()
    (paths.my() / "random.py").write_text("")
    (paths.my() / "random_walk.py").write_text("")
    report = doctor.report()
    assert "random.py hides the Python module" in report and "random_walk.py hides" not in report


def test_whatever_hides_a_module_that_notebooks_need_is_named():
    my = paths.my()
    for name in ("regex.py", "tqdm.py", "safetensors.py", "torch.py", "nextword.py", "typing.py"):
        (my / name).parent.mkdir(exist_ok=True)
        (my / name).write_text("")
    for folder in ("random", "yaml", "my_words"):
        (my / folder).mkdir()
        (my / folder / "__init__.py").write_text("")
    for name in ("words.py", "test.py", "functions/regex.py", "anyio/notes.txt", "tqdm (1).py", "._numpy.py"):
        (my / name).parent.mkdir(exist_ok=True)
        (my / name).write_text("")
    assert {path.name for path in health.shadows()} == {
        *("regex.py", "tqdm.py", "safetensors.py", "torch.py", "nextword.py", "typing.py", "random", "yaml")
    }
    assert f"{my / 'random'} hides the Python module of that name" in doctor.report()


def test_a_changed_library(monkeypatch):
    monkeypatch.setattr(health, "said_by", lambda command, seconds=0: " M lib/nextword/text.py\n M README.md")
    report = doctor.report()
    assert "lib/nextword/text.py: changed here" in report and "git stash push lib" in report


def test_an_examination_that_fails_does_not_end_the_report(monkeypatch):
    def broken():
        """Broken."""
        yield "first", "seen"
        raise OSError("it went wrong")

    def after():
        """After."""
        yield "second", "seen"

    monkeypatch.setattr(health, "ALL", (broken, after))
    report = doctor.report()
    assert "first" in report and "OSError: it went wrong" in report and "second" in report


def test_every_examination_fails(monkeypatch):
    def refuse(*args, **kwargs):
        raise RuntimeError("no")

    for name in ("platform", "shutil", "os", "json"):
        monkeypatch.setattr(health, name, None)
    monkeypatch.setattr(paths, "my", refuse)
    assert doctor.report().count("could not look") >= 4


def test_secrets_and_the_home_stay_at_home(monkeypatch):
    monkeypatch.setenv("JUPYTER_TOKEN", "hush")
    monkeypatch.setenv("HOME", str(paths.root().parent))
    report = doctor.report()
    assert "JUPYTER_TOKEN" in report and "hush" not in report
    assert f"~/{paths.root().name}" in report
    assert f"{paths.root()} " not in report


def test_a_home_is_shortened_only_where_it_ends(monkeypatch):
    monkeypatch.setenv("HOME", "/home/ann")
    assert (
        doctor.without_home("/home/ann/course /home/annette/course /home/ann")
        == "~/course /home/annette/course ~"
    )


def test_no_git_at_all(monkeypatch):
    monkeypatch.undo()
    monkeypatch.setenv("PATH", os.devnull)
    assert health.said_by(["git", "--version"]) is None
