"""`mine`, from the reader's side: real cells, run in a real shell or a real kernel."""

import importlib.util
import os
import re
import subprocess
import sys
import time

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from nbclient import NotebookClient

from classroom import course, paths
from classroom.app import exercise_copies
from classroom.judge import registry, sandbox
from classroom.mine import decorator, progress, storage
from nextword import ngram
from nextword.base import overrides

IMPORTS = "import math\nfrom collections import Counter\nfrom classroom import *; from classroom.mine import *\nfrom nextword import ngram"
LOSS = """@mine("ngram.loss")
def loss(probabilities):
    surprises = [-math.log(p) if p > 0 else math.inf for p in probabilities]
    return sum(surprises) / len(surprises)
"""
OTHER_LOSS = LOSS.replace("surprises", "nats")
NO_LOG = """@mine("ngram.loss")
def loss(probabilities):
    return 1 - sum(probabilities) / len(probabilities)
"""
SHARES = """@mine("ngram.probabilities")
def probabilities(counts):
    total = sum(counts.values())
    return {token: count / total for token, count in counts.items()}
"""
BITS = """@mine("ngram.bits_per_byte")
def bits_per_byte(nats, n_bytes):
    return nats / math.log(2) / n_bytes
"""
LIBRARYS = {
    name: getattr(ngram, name) for name in ("loss", "probabilities", "bits_per_byte", "count_next", "smooth")
}


class Notebook:
    """Runs cells, and gives what each shows; one that lets an exception out fails the test."""

    def __init__(self):
        self.shell = InteractiveShell.instance()
        self.shell.user_ns.clear()
        self.shell.init_user_ns()
        self.run(IMPORTS)

    def run(self, cell):
        with capture_output(display=False) as shown:
            result = self.shell.run_cell(cell, store_history=True)
        assert result.success, f"{result.error_before_exec or result.error_in_exec}\n{shown.stdout}"
        assert "Traceback" not in shown.stdout + shown.stderr
        return shown.stdout + shown.stderr

    def __getitem__(self, name):
        return self.shell.user_ns[name]


@pytest.fixture
def notebook(my, monkeypatch):
    monkeypatch.setattr(decorator, "_showing", False)
    yield Notebook()
    for target in overrides.replaced():
        overrides.restore(target)


def body(*lines):
    return '@mine("ngram.loss")\ndef loss(probabilities):\n' + "".join(f"    {line}\n" for line in lines)


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


# ---- to do, wrong, right ----


def test_not_written_yet(notebook, my):
    said = notebook.run(body("raise NotImplementedError  # your turn"))
    assert said.strip() == "… ngram.loss: to do (the library's own stands in)"
    assert notebook["loss"] is ngram.loss is LIBRARYS["loss"]
    assert not my.exists()


def test_wrong(notebook, my):
    said = notebook.run(NO_LOG)
    assert "ngram.loss: not yet  [loss-one-minus-p]" in said and "this call" in said
    assert ngram.loss is LIBRARYS["loss"] and not storage.kept_targets()
    assert notebook["loss"]([0.25]) == 0.75, "the notebook goes on with the reader's, so that it can be tried"
    assert progress.read()["exercises"]["ngram.loss"]["attempts"] == 1


def test_right(notebook, my):
    model = ngram.NGram("the swan and the duck".split(), 1)
    before = model.surprise(["the", "duck"])
    said = notebook.run("heard = []\n" + LOSS.replace("    surp", "    heard.append(1)\n    surp", 1))
    assert "right. The library runs yours now." in said and "my/functions/ngram.loss.py" in said
    assert ngram.loss is not LIBRARYS["loss"] and storage.kept_targets() == ["ngram.loss"]
    heard = ngram.loss.__globals__["heard"]
    heard.clear()
    assert model.surprise(["the", "duck"]) == pytest.approx(before)
    assert heard == [1], "a model that was built before uses it at once"


def test_the_last_right_one_stays(notebook):
    notebook.run(LOSS)
    mine = ngram.loss
    assert "stays with your last right one" in notebook.run(NO_LOG) and ngram.loss is mine
    said = notebook.run(body("raise NotImplementedError"))
    assert "your last right one stands in" in said and notebook["loss"] is ngram.loss is mine
    assert "surprises" in storage.file("ngram.loss").read_text()


def test_a_newer_right_one_is_kept_and_the_older_saved(notebook, my):
    notebook.run(LOSS)
    notebook.run(LOSS)
    assert not (my / "saved").exists(), "the same again makes no copy"
    notebook.run(OTHER_LOSS)
    assert "nats" in storage.file("ngram.loss").read_text()
    [older] = (my / "saved").rglob("ngram.loss.py")
    assert "surprises" in older.read_text()


# ---- what is kept ----


def output(program):
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout


def imported(path):
    spec = importlib.util.spec_from_file_location("theirs", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_kept_file_can_be_imported_by_plain_python(notebook, capsys):
    notebook.run(LOSS)
    path = storage.file("ngram.loss")
    assert imported(path).loss([1.0]) == 0 and capsys.readouterr().out == ""
    program = f"import runpy; print(runpy.run_path({str(path)!r})['loss']([1.0, 1.0]))"
    assert output(program) == "0.0\n"
    assert path.read_text().endswith(storage.MARK + LOSS)


LOG = "def log(p):\n    return -math.log(p) if p else math.inf\n"
BESIDE = {
    "helper above": LOG + "{}",
    "helper below": "{}\n" + LOG,
    "helper of a helper": "def ln(x): return math.log(x)\n" + LOG.replace("math.log", "ln") + "{}",
    "in an if": "if True:\n    log = lambda p: -math.log(p) if p else math.inf\n{}",
    "in a try": "try:\n    import no_such_thing\nexcept ImportError:\n    ln = math.log\n"
    + LOG.replace("math.log", "ln")
    + "{}",
    "lambda": "log = lambda p: -math.log(p) if p else math.inf\n{}",
    "constant": "NEVER = math.inf\n" + LOG.replace("math.inf", "NEVER") + "{}",
    "own import": "from math import log as ln\n" + LOG.replace("math.log", "ln") + "{}",
    "star": "from math import *\nln = log\n" + LOG.replace("math.log", "ln") + "{}",
    "class": "class Log:\n    def __call__(self, p):\n        return -math.log(p) if p else math.inf\n"
    "log = Log()\n{}",
    "table": "table = {{}}\ntable['0'] = math.inf\n" + LOG.replace("math.inf", "table['0']") + "{}",
}


@pytest.mark.parametrize("cell", BESIDE.values(), ids=BESIDE)
def test_what_stands_in_the_same_cell_is_kept_with_it(notebook, cell):
    said = notebook.run(cell.format(body("return sum(map(log, probabilities)) / len(probabilities)")))
    assert "right" in said, said
    assert imported(storage.file("ngram.loss")).loss([0.5, 0.5]) == pytest.approx(0.693, abs=1e-3)
    decorator.give_back()
    assert decorator.bring_back("ngram.loss") is None


UNDER = {
    "print": "print(loss([0.5]))",
    "names of other cells": "mine_now = loss([p for p in elsewhere])\nprint(mine_now)",
    "magic": "%timeit -n1 -r1 loss([0.5])",
    "shell": "!echo hello",
    "plot": "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots()\naxes.plot([1, 2])",
    "loop": "for p in (0.5, 0.1):\n    print(loss([p]))",
    "await": "import asyncio\nslept = await asyncio.sleep(0)",
    "the name again": "value = loss\nloss_of_mine = value([0.5])",
}


@pytest.mark.parametrize("under", UNDER.values(), ids=UNDER)
def test_what_the_cell_merely_does_is_no_obstacle(notebook, under):
    notebook.run("elsewhere = [0.5, 0.5]\nimport matplotlib; matplotlib.use('agg')")
    assert "The library runs yours now" in notebook.run(LOSS + under)
    assert decorator.bring_back("ngram.loss") is None
    if under.startswith(("%", "!")):
        assert imported(storage.file("ngram.loss")).loss([1.0]) == 0, "magics do not stop a plain import"


def test_what_stands_under_a_function_is_not_run_twice(notebook):
    notebook.run("ran = []")
    notebook.run(LOSS + "x = ran.append(1)\n")
    assert notebook["ran"] == [1]


def test_two_in_one_cell(notebook):
    said = notebook.run(LOSS + "\n\n" + SHARES)
    assert said.count("right. The library") == 2
    assert storage.kept_targets() == ["ngram.loss", "ngram.probabilities"]
    decorator.give_back()
    decorator.use_mine()
    assert decorator.yours() == ["ngram.loss", "ngram.probabilities"]


def test_a_decorated_function(notebook):
    plain = "def plain(f):\n    def inner(*a, **k):\n        return f(*a, **k)\n    return inner\n"
    assert "right" in notebook.run(plain + LOSS.replace("def loss", "@plain\ndef loss"))
    assert "[wrong-arguments]" not in notebook.run(
        "import functools\n" + LOSS.replace("def", "@functools.cache\ndef")
    )


# ---- what else a cell may hold ----

SMOOTH = """@mine("ngram.smooth")
def smooth(counts, vocabulary, extra=1.0):
    n = sum(counts.values()) + extra * len(vocabulary)
    return {token: (counts.get(token, 0) + extra) / n for token in vocabulary}
"""
WRONG = {
    "another name": (LOSS.replace("def loss", "def losses"), "wrong-name", "named loss"),
    "misspelt": (body("return sum(probabilitis)"), "unknown-name", "for 'probabilities'?"),
    "unknown": (body("return zzqx(probabilities)"), "unknown-name", "This one cell must hold"),
    "same rung": (body("return smooth(probabilities)"), "unknown-name", "call it as ngram.smooth"),
    "same rung, from the cell of its own exercise": (
        body("return bits_per_byte(sum(probabilities), 1)"),
        "unknown-name",
        "call it as ngram.bits_per_byte",
    ),
    "helper in another cell": (
        body("return outside(probabilities)"),
        "needs-another-cell",
        "'outside' is made in",
    ),
    "import in another cell": (
        body("return statistics.mean(probabilities)"),
        "needs-another-cell",
        "'statistics'",
    ),
    "another cell, not reached": (
        body("if len(probabilities) == 99:", "    return outside(1)", "return 0"),
        "needs-another-cell",
        "'outside' is made in",
    ),
    "recursion": (body("return loss(probabilities)"), "raised", "RecursionError"),
    "exit": (body("exit()"), "unknown-name", "'exit'"),
    "sys.exit": ("import sys\n" + body("sys.exit('bye')"), "raised", "in its line 4 with SystemExit"),
    "base exception": (body("raise GeneratorExit"), "raised", "GeneratorExit"),
    "unbound": (body("total += 1", "return total"), "raised", "before it had a value"),
    "long message": (body("raise ValueError('x' * 10**6)"), "raised", " ... xxx"),
    "torch's not implemented": (body("raise NotImplementedError('for Long')"), "raised", "for Long"),
    "prints much": (
        body("for _ in range(10**4): print(probabilities)"),
        "returned-none",
        "print shows, return hands",
    ),
    "nan": (body("return float('nan')"), "not-a-number", "nan"),
    "generator": (body("yield 1"), "yields", "collect the values"),
    "async": (LOSS.replace("def", "async def"), "async", "plain `def`"),
    "class": ("@mine('ngram.loss')\nclass loss:\n    pass", "not-a-function", "A function is needed"),
    "number": ("loss = mine('ngram.loss')(3)", "not-a-function", "A function is needed"),
    "builtin": ("loss = mine('ngram.loss')(sum)", "not-a-function", "A function is needed"),
    "no arguments": (LOSS.replace("(probabilities)", "()", 1), "wrong-arguments", "take the same"),
    "other keyword": (
        BITS.replace("n_bytes", "n"),
        "wrong-arguments",
        "bits_per_byte(nats, n_bytes) too",
    ),
    "no default": (SMOOTH.replace("=1.0", ""), "wrong-arguments", "'extra'"),
    "other default": (
        SMOOTH.replace("=1.0", "=2"),
        "wrong-default",
        "extra is 2 where left out; 1 is needed",
    ),
    "changes the input": (
        body(
            "p = probabilities",
            "p[0] = p[0]",
            "x = [-math.log(q) if q else math.inf for q in p]",
            "p.clear()",
        )
        + "    return sum(x) / len(x)",
        "changed-input",
        "copy",
    ),
    "unprintable": (
        "class Odd:\n    def __repr__(self): return 1 / 0\n" + body("return Odd()"),
        "cannot-be-judged",
        "ZeroDivisionError",
    ),
    "deep answer": (body("a = []", "a.append(a)", "return a"), "cannot-be-judged", "RecursionError"),
    "syntax on reload": ("from __future__ import annotations\n" + NO_LOG, "loss-one-minus-p", "log"),
}


@pytest.mark.parametrize("cell, id, words", WRONG.values(), ids=WRONG)
def test_wrong_in_every_way(notebook, cell, id, words):
    notebook.run("import statistics\ndef outside(x): return x\ndef bits_per_byte(nats, n_bytes): return nats")
    said = notebook.run(cell)
    assert f"[{id}]" in said and words in said and "The library runs yours" not in said
    assert {name: getattr(ngram, name) for name in LIBRARYS} == LIBRARYS
    assert not storage.kept_targets() and len(said) < 1500


RIGHT = {
    "lambda": "loss = mine('ngram.loss')(lambda probabilities: sum(-math.log(p) if p else math.inf for p in "
    "probabilities) / len(probabilities))",
    "numpy": "import numpy as np\n"
    + body("with np.errstate(all='ignore'):")
    + "        return -np.log(np.array(probabilities)).mean()",
    "keyword": LOSS.replace("(probabilities)", "(probabilities, base=None)", 1),
    "recursive": body("log = lambda p: -math.log(p) if p else math.inf", "if len(probabilities) == 1:")
    + "        return log(probabilities[0])\n    first, *rest = probabilities\n"
    + "    return (log(first) + loss(rest) * len(rest)) / len(probabilities)",
    "annotated": "from __future__ import annotations\n"
    + LOSS.replace("(probabilities)", "(probabilities: list[float])", 1),
    "docstring and comment": "# mine\n\n" + LOSS.replace(":\n", ':\n    """Ünïcode: 🦢"""\n', 1),
}


@pytest.mark.parametrize("cell", RIGHT.values(), ids=RIGHT)
def test_right_in_many_ways(notebook, cell):
    assert "The library runs yours now" in notebook.run(cell)
    decorator.give_back()
    assert decorator.bring_back("ngram.loss") is None and decorator.yours() == ["ngram.loss"]


DISGUISES = {
    "plain": body("return ngram.loss(probabilities)"),
    "imported name": "from nextword.ngram import loss as f\n" + body("return f(probabilities)"),
    "whole path": "import nextword.ngram\n" + body("return nextword.ngram.loss(probabilities)"),
    "inside": body("def inner(p):", "    return ngram.loss(p)", "return inner(probabilities)"),
    "imported inside": body("from nextword.ngram import loss as f", "return f(probabilities)"),
    "helper": "from nextword.ngram import loss as f\ndef help(p): return f(p)\n"
    + body("return help(probabilities)"),
    "default": LOSS.replace("(probabilities)", "(probabilities, f=ngram.loss)", 1).replace(
        "return", "return f([.5]) or"
    ),
    "original": "from nextword.base import overrides\n"
    + body("return overrides.original('ngram.loss')(probabilities)"),
    "original's name": "from nextword.base.overrides import original as o\n"
    + body("return o('ngram.loss')(probabilities)"),
    "importlib": "import importlib\n"
    + body("return importlib.import_module('nextword.ngram').loss(probabilities)"),
    "getattr": body("return getattr(ngram, 'lo' + 'ss')(probabilities)"),
    "vars": body("return vars(ngram)['loss'](probabilities)"),
    "through the library": body("return ngram.NGram(['a'], 0).surprise(['a']) * 0"),
    "constant": "f = ngram.loss\n" + body("return f(probabilities)"),
    "timed": "%%time\nfrom nextword.ngram import loss as f\n" + body("return f(probabilities)"),
}


@pytest.mark.parametrize("cell", DISGUISES.values(), ids=DISGUISES)
def test_calling_the_librarys_own_is_refused(notebook, cell):
    assert "[calls-the-library]" in notebook.run(cell)
    assert ngram.loss is LIBRARYS["loss"] and not storage.kept_targets()
    assert overrides.original.__module__ == "nextword.base.overrides" and overrides.replaced() == ()


def test_under_a_cell_magic_it_runs_and_is_not_kept(notebook):
    said = notebook.run("%%time\n" + LOSS)
    assert "The library runs yours now" in said and "not kept" in said and not storage.kept_targets()


# ---- never ends ----


@pytest.mark.parametrize(
    "cell",
    [
        body("while True:", "    pass"),
        "def forever():\n    while True: pass\n"
        + body("try:", "    forever()", "except:", "    pass", "forever()"),
        body("while True: print('again')"),
    ],
    ids=["pass", "bare except", "prints"],
)
def test_what_never_ends_is_ended(notebook, monkeypatch, cell):
    monkeypatch.setattr(sandbox, "SECONDS", 0.3)
    began = time.monotonic()
    said = notebook.run(cell)
    assert "[never-ends]" in said and "loss([0.5, 0.01])" in said
    assert time.monotonic() - began < 8 and ngram.loss is LIBRARYS["loss"]


def test_a_constant_that_never_ends_is_ended_too(notebook, my, monkeypatch):
    monkeypatch.setattr(sandbox, "SECONDS", 0.3)
    storage.keep("ngram.loss", "def forever():\n    while True: pass\nX = forever()\ndef loss(p): return X")
    assert "[never-ends]" in decorator.bring_back("ngram.loss").headline


def test_the_stop_button_stops(notebook):
    result = notebook.shell.run_cell(body("raise KeyboardInterrupt"), silent=True)
    assert isinstance(result.error_in_exec, KeyboardInterrupt), "so that Run All stops with it"
    assert ngram.loss is LIBRARYS["loss"] and not storage.kept_targets()


# ---- use_mine and give_back ----


def test_use_one_give_back_one(notebook):
    notebook.run(LOSS), notebook.run(SHARES), notebook.run("give_back()")
    assert ngram.loss is LIBRARYS["loss"]
    assert "1 of 6: loss" in notebook.run("use_mine(only='ngram.loss')") and decorator.yours() == [
        "ngram.loss"
    ]
    assert "2 of 6: probabilities, loss" in notebook.run("use_mine()")
    assert "1 of 6: probabilities" in notebook.run("give_back('ngram.loss')")
    assert "its own functions" in notebook.run("give_back()") and len(storage.kept_targets()) == 2
    assert "You have no ngram.smooth yet" in notebook.run("use_mine(only=['ngram.smooth'])")
    for call in ("use_mine(only='ngram.los')", "give_back('ngram.los')"):
        assert isinstance(notebook.shell.run_cell(call, silent=True).error_in_exec, ValueError)


EDITS = {
    "syntax": ("return", "return (", "it does not load", "SyntaxError"),
    "wrong": ("-math.log(p)", "math.log(p)", "it is not right  [loss-sign]", "minus is missing"),
    "blank": ("return", "raise NotImplementedError  # ", "it does not load", "NotImplementedError"),
    "gone": ("def loss", "def lass", "it is not right  [wrong-name]", "named loss"),
    "import": ("import math", "import maths as math", "it does not load", "No module named 'maths'"),
    "exit": (
        "import math",
        "import math, sys; x = sys.exit()\nmath = math if x else 0",
        "it does not load",
        "SystemExit",
    ),
    "bytes": ("surprises", "Überraschung", "it does not load", "UnicodeDecodeError"),
}


@pytest.mark.parametrize("old, new, headline, words", EDITS.values(), ids=EDITS)
def test_a_kept_file_that_was_edited(notebook, old, new, headline, words):
    notebook.run(LOSS), notebook.run(SHARES), notebook.run("give_back()")
    path = storage.file("ngram.loss")
    path.write_bytes(path.read_text().replace(old, new).encode("latin-1"))
    edited = path.read_bytes()
    said = notebook.run("use_mine()")
    assert headline in said and words in said and "Mend it there" in said
    assert ngram.loss is LIBRARYS["loss"] and decorator.yours() == ["ngram.probabilities"]
    notebook.run(OTHER_LOSS)
    assert edited in [copy.read_bytes() for copy in (paths.my() / "saved").rglob("ngram.loss.py")]


def test_what_others_put_in_the_place_of_a_function_is_not_called_the_readers(notebook):
    overrides.replace("ngram.loss", lambda p: 0)
    assert "its own functions" in notebook.run("card()")


def test_use_mine_brings_all_of_a_lesson_back(notebook):
    for target in [check.target for check in registry.of_lesson(course.find("01"))]:
        _, solution = exercise_copies.find_cell("solutions", target)
        notebook.run(solution)
    assert len(storage.kept_targets()) == 6
    notebook.run("give_back()")
    assert not decorator.yours()
    notebook.run("use_mine()")
    assert len(decorator.yours()) == 6


def test_importing_mine_takes_no_torch():
    program = "import sys; from classroom.mine import mine; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


# ---- where nothing may be written, or nothing can be ----


def test_solutions_write_nothing(notebook, my):
    notebook.run("showing_solutions()")
    assert notebook.run(LOSS).strip() == "✓ ngram.loss: right"
    notebook.run(NO_LOG)
    assert not my.exists()


def test_continuous_integration_writes_nothing(notebook, my, monkeypatch):
    monkeypatch.setenv("CI", "true")
    assert "The library runs yours now." in notebook.run(LOSS)
    (
        notebook.run(NO_LOG),
        notebook.run("show_solution('ngram.loss')"),
        notebook.run("start_again('ngram.loss')"),
    )
    notebook.run("exercises('01')")
    assert not my.exists()


def deny(*_, **__):
    raise PermissionError(13, "Permission denied")


def test_where_nothing_can_be_written_the_notebook_runs_on(notebook, my, monkeypatch):
    notebook.run("x = 1")
    for name in ("replace", "mkdir"):
        monkeypatch.setattr(os, name, deny)
    said = notebook.run(LOSS)
    assert (
        "The library runs yours now" in said
        and "could not be kept for later lessons: Permission denied" in said
    )
    assert "could not be made" in notebook.run("exercises('01')")
    (
        notebook.run(NO_LOG),
        notebook.run("show_solution('ngram.loss')"),
        notebook.run("start_again('ngram.loss')"),
    )
    assert not my.exists() and ngram.loss is not LIBRARYS["loss"]


def test_a_file_in_the_place_of_my(notebook, my):
    my.write_text("a diary")
    for cell in (LOSS, NO_LOG, "use_mine()", "exercises('01')", "start_again('ngram.loss')", "card()"):
        notebook.run(cell)
    assert my.read_text() == "a diary"


def test_a_full_disk_leaves_no_half_file(notebook, my, monkeypatch):
    notebook.run(LOSS)
    before = files(my)
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    assert "No space left" in notebook.run(OTHER_LOSS)
    assert "surprises" in storage.file("ngram.loss").read_text()
    assert [name for name in files(my) if not name.startswith("saved/")] == before


def test_file_names_suit_windows(notebook, my):
    (
        notebook.run(LOSS),
        notebook.run(OTHER_LOSS),
        notebook.run("exercises('01')"),
        notebook.run("start_again('ngram.loss')"),
    )
    assert (my / "saved").exists()
    for name in files(my):
        assert not re.search(r'[<>:"\\|?*]', name) and not re.search(r"[ .](/|$)", name)


def test_my_from_a_relative_path_is_one_folder_wherever_one_stands(monkeypatch, tmp_path):
    monkeypatch.setenv("NEXTWORD_MY", "elsewhere/mine")
    here = paths.my()
    monkeypatch.chdir(tmp_path)
    assert paths.my() == here == paths.root() / "elsewhere" / "mine"


def test_what_readers_type_is_escaped(notebook):
    notebook.run("import classroom.mine.decorator as h; cards = []; h.show = cards.append")
    notebook.run(body("raise ValueError('<script>alert(1)</script>&')"))
    monkeypatched = notebook["cards"][0]._repr_html_()
    importlib.reload(decorator)
    assert "<script>" not in monkeypatched and "&lt;script&gt;" in monkeypatched


# ---- in a real kernel ----


def cells_of(*cells):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    texts = []
    for cell in notebook.cells:
        data = [output.get("data", {}).get("text/plain", output.get("text", "")) for output in cell.outputs]
        texts.append("\n".join(data))
    return texts


@pytest.mark.slow
def test_a_lesson_and_the_next_in_real_kernels(my):
    _, first, second, wrong, _, endless, own, card = cells_of(
        IMPORTS,
        LOSS,
        SHARES + "print(probabilities({'boy': 1}))",
        NO_LOG,
        "from classroom.judge import sandbox; sandbox.SECONDS = 1",
        body("while True: pass"),
        "print(ngram.loss.__code__.co_filename)",
        "card()",
    )
    assert "right. The library runs yours now." in first and "{'boy': 1.0}" in second
    assert "[loss-one-minus-p]" in wrong and "[never-ends]" in endless
    assert own.strip() == str(storage.file("ngram.loss")) and "2 of 6: probabilities, loss" in card
    *_, used, ended = cells_of(
        IMPORTS,
        "use_mine()",
        "checking_off = 1\n" + body("import time", "time.sleep(0)", "raise NotImplementedError"),
    )
    assert "2 of 6: probabilities, loss" in used and "your last right one stands in" in ended
