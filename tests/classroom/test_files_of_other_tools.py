"""A reader's files as other tools leave them: a byte-order mark at the beginning, copies beside them."""

import codecs
import json

import pytest

from classroom.app import exercise_copies
from classroom.mine import decorator, guesses, progress, storage
from nextword import ngram
from nextword.base import overrides
from tests.classroom.clones import LESSON, MINE, NEW, put

MARK = codecs.BOM_UTF8
LOSS = b"""import math

def loss(probabilities):
    surprises = [-math.log(p) if p > 0 else math.inf for p in probabilities]
    return sum(surprises) / len(surprises)
"""
LEFT_BY_A_SYSTEM = (
    "._ngram.loss.py",
    "ngram.loss (1).py",
    "ngram.loss - Copy.py",
    "ngram.loss copy.py",
    ".ngram.loss.py",
    "ngram.loss~.py",
    "notes.py",
)


@pytest.fixture
def said(monkeypatch):
    """The cards that were shown."""
    cards = []
    monkeypatch.setattr(decorator, "show", lambda verdict: cards.append(str(verdict)))
    yield cards
    overrides.restore("ngram.loss")


@pytest.mark.parametrize("mark", [b"", MARK], ids=["plain", "marked"])
def test_a_kept_function_is_used(my, said, mark):
    put(my, {"functions/ngram.loss.py": mark + LOSS})
    decorator.use_mine()
    assert overrides.replaced() == ("ngram.loss",) and "is not used" not in "".join(said)
    assert ngram.loss([0.5, 0.5]) == pytest.approx(0.693, abs=0.001)


def test_what_a_system_leaves_beside_it_is_no_function(my, said):
    put(my, {f"functions/{name}": b"\0\5\x16\7 not Python" for name in LEFT_BY_A_SYSTEM})
    assert storage.kept_targets() == []
    put(my, {"functions/ngram.loss.py": LOSS})
    decorator.use_mine()
    assert storage.kept_targets() == ["ngram.loss"] and "is not used" not in "".join(said)


def test_a_name_that_is_no_exercise_is_told(my, said):
    put(my, {"functions/ngram.lose.py": LOSS})
    decorator.use_mine()
    assert any("ngram.lose.py is not used" in card for card in said)


def test_a_file_that_is_no_text_is_a_card(my, said):
    put(my, {"functions/ngram.loss.py": "# caf\u00e9\n".encode("latin-1") + LOSS})
    decorator.use_mine()
    assert any("ngram.loss.py is not used: it does not load" in card for card in said)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_progress_is_not_forgotten(my, encoding):
    progress.note("ngram.loss", "passed")
    known = progress.file().read_text()
    progress.file().write_bytes(known.encode(encoding))
    progress.note("ngram.smooth", "tried")
    assert progress.done("ngram.loss") and "ngram.smooth" in progress.read()["exercises"]
    assert not list(my.glob("progress-damaged-*"))


def test_guesses_are_not_forgotten(my):
    guesses.keep("next_word", "a", "four")
    guesses.file().write_bytes(MARK + guesses.file().read_bytes())
    guesses.keep("next_word", "b", "five")
    assert set(guesses.read()["next_word"]) == {"a", "b"} and not (my / "saved").exists()


def test_the_record_of_copies_is_not_forgotten(here, my):
    exercise_copies.prepare()
    record = my / ".copied.json"
    record.write_bytes(MARK + record.read_bytes())
    put(here, {"exercises/01_next_word.ipynb": NEW})
    assert exercise_copies.prepare() == [] and (my / LESSON.file).read_bytes() == NEW, "it was untouched"


def test_a_copy_with_a_mark_counts_by_its_cells(here, my):
    exercise_copies.prepare()
    (my / LESSON.file).write_bytes(MARK + (my / LESSON.file).read_bytes())
    put(here, {"exercises/01_next_word.ipynb": NEW})
    assert exercise_copies.prepare() == [] and (my / LESSON.file).read_bytes() == NEW
    (my / LESSON.file).write_bytes(MARK + MINE)
    assert json.loads((my / LESSON.file).read_bytes())["cells"]
