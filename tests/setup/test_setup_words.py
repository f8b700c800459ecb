"""What set-up says: to an old Python, about each failure, and while it works."""

import ast
import doctest
import os
import subprocess
import sys
from pathlib import Path

import pytest
import setup
from setting_up import causes, running
from setting_up.places import ROOT

SOURCE = (ROOT / "tools" / "setup.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("version, much", [((2, 7, 18), "old"), ((3, 10, 4), "old"), ((3, 14, 0), "new")])
def test_a_python_that_will_not_do(version, much):
    said = setup.wrong_python(version)
    assert f"Python {version[0]}.{version[1]}, which is too {much}" in said
    assert "make lab PYTHON=python3.12" in said and "py -3.12 tools/setup.py lab" in said


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 1), (3, 13, 9)])
def test_a_python_that_will_do(version):
    assert setup.wrong_python(version) is None


def test_an_old_python_says_so_and_stops(monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 6, 15))
    monkeypatch.setenv("PATH", os.devnull)  # and no better one is at hand
    assert setup.main(["lab"]) == 1
    assert "Python 3.6, which is too old" in capsys.readouterr().out


def test_an_old_python_hands_over_to_a_better_one(monkeypatch, capsys):
    calls = []
    monkeypatch.setattr(sys, "version_info", (3, 6, 15))
    monkeypatch.setattr(setup, "another_python", lambda: "python3.12")
    monkeypatch.setattr(subprocess, "call", lambda command: calls.append(command) or 7)
    assert setup.main(["lab", "--port", "9"]) == 7
    assert calls == [["python3.12", os.path.abspath(setup.__file__), "lab", "--port", "9"]]
    assert "going on with python3.12" in capsys.readouterr().out


TOO_MODERN = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Nonlocal, ast.Starred, ast.YieldFrom)
TOO_MODERN += (ast.AsyncFunctionDef, ast.Await, ast.MatMult, ast.Match)


def too_modern(source: str) -> list[str]:
    """What an old Python could not read in this program, Python 2.7 included."""
    found = [] if source.isascii() else ["a character beyond ASCII"]
    for node in ast.walk(ast.parse(source, feature_version=(3, 4))):
        if isinstance(
            node, ast.JoinedStr | ast.AnnAssign | ast.NamedExpr | ast.Nonlocal | ast.Starred | ast.YieldFrom
        ):
            found.append(type(node).__name__)
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.MatMult | ast.Match):
            found.append(type(node).__name__)
        if isinstance(node, ast.Raise) and node.cause:
            found.append("raise from")
        if isinstance(node, ast.FunctionDef):
            arguments = node.args.args + node.args.kwonlyargs
            annotated = node.returns or any(argument.annotation for argument in arguments)
            found += ["annotation"] * bool(annotated) + ["keyword-only"] * bool(node.args.kwonlyargs)
        if isinstance(node, ast.ClassDef) and node.keywords:
            found.append("class keyword")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            found.append("print")  # in Python 2 it is a statement
    return found


def test_an_old_python_can_read_the_way_in():
    assert too_modern(SOURCE) == []


MODERN = """
f"{1}"
x: int = 1
def f(a: int): pass
def f() -> int: pass
def f(*, a): pass
print(1, end="")
"—"
raise ValueError from None
[*a]
class A(metaclass=B): pass
"""


@pytest.mark.parametrize("source", MODERN.strip().splitlines())
def test_what_an_old_python_cannot_read_is_noticed(source):
    try:
        assert too_modern(source)
    except SyntaxError:
        pass  # noticed even earlier


SAID = {  # what pip, uv or venv say: a piece of the sentence that should be made of it
    "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device": "disk is full",
    "error: Failed\n  Caused by: There is not enough space on the disk. (os error 112)": "disk is full",
    "Error: Command '['python3', '-m', 'ensurepip']' returned non-zero exit status 1.": "lacks venv",
    "/usr/bin/python3: No module named venv": "lacks venv",
    "/usr/bin/python3: No module named pip": "lacks pip",
    "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError('<pip._vendor.urllib3."
    "connection.HTTPSConnection>: Failed to establish a new connection: [Errno -3] Temporary failure in name "
    "resolution')': /simple/click/\nERROR: No matching distribution found for click": "can't be reached",
    "error: Request failed after 3 retries\n  Caused by: error sending request for url": "can't be reached",
    "Could not fetch URL: There was a problem confirming the ssl certificate: HTTPSConnectionPool: (Caused "
    "by SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]')))": "not trusted",
    "ERROR: Could not find a version that satisfies the requirement torch==2.13.0 (from versions: none)\n"
    "ERROR: No matching distribution found for torch==2.13.0": "no build for this machine",
    "PermissionError: [Errno 13] Permission denied: '/course/.venv'": "can't be written to",
}


@pytest.mark.parametrize("output, piece", SAID.items())
def test_each_failure_gets_its_sentence(output, piece):
    sentence = causes.sentence_for(output)
    assert piece in sentence.splitlines()[0]
    assert "setup.log" in sentence


def test_an_unknown_failure_shows_the_end_of_what_was_said():
    said = "\n".join(f"line {number}" for number in range(100))
    sentence = causes.sentence_for(said)
    assert "line 99" in sentence and "line 1\n" not in sentence


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a file on which nothing can be written")
def test_a_log_on_a_full_disk_hides_nothing(monkeypatch):
    monkeypatch.setattr(running, "LOG", Path("/dev/full"))
    with pytest.raises(running.Stop, match="The disk is full"):
        running.run(["sh", "-c", "echo '[Errno 28] No space left on device'; exit 1"], "filling")


def test_examples_in_the_tools():
    results = doctest.testmod(running)
    assert results.attempted >= 3 and results.failed == 0
