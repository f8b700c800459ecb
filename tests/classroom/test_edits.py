"""Listed mistakes that are edits, and slips that a machine finds."""

import ast

import pytest
import torch

from classroom.judge import diagnosis, edit, registry, slips, sources
from classroom.judge.listed import EditedMistake, edits, replaced
from tests import lessons

CHECKS = [check for lesson in lessons.judged() for check in registry.of_lesson(lesson)]
LISTED = [one for check in CHECKS for one in check.mistakes if isinstance(one, EditedMistake)]


@pytest.mark.parametrize("mistake", LISTED, ids=lambda mistake: mistake.id)
def test_every_listed_edit_can_be_made(mistake):
    assert callable(mistake.function)


@pytest.fixture
def unit():
    check = registry.find("embeddings.unit")
    before = [*check.mistakes]
    check.mistakes.clear()
    yield check
    check.mistakes[:] = before


def test_an_edit_is_a_mistake_as_any_other(unit):
    edits(
        "embeddings.unit",
        ("axis", "dim=-1", "dim=0", "The columns have length 1."),
        ("sum", [("vectors**2", "vectors"), (".sqrt()", "")], "You divided by the sum."),
        ("lengths", ..., "return vectors.norm(dim=-1)", "These are the lengths."),
        ("second", ("lengths", 3), "lengths * 2", "Twice."),
    )
    columns = diagnosis.diagnose(unit, lambda v: torch.nn.functional.normalize(v, dim=0))
    assert (columns.id, columns.says) == ("axis", "The columns have length 1.")
    assert diagnosis.diagnose(unit, lambda v: v.norm(dim=-1)).id == "lengths"
    by_sum = diagnosis.diagnose(unit, lambda v: v / torch.where(v.sum(-1) == 0, 1.0, v.sum(-1))[..., None])
    assert by_sum.id == "sum"
    assert diagnosis.diagnose(unit, unit.mistakes[-1].function).id == "second"


def test_an_edit_of_another_right_source(unit):
    source = """
        def unit(vectors):
            return vectors / vectors.norm(dim=-1, keepdim=True).clamp(min=1e-12)
    """
    edits("embeddings.unit", ("short", "1e-12", "1", "Rows shorter than 1 stayed short."), source=source)
    edits("embeddings.unit", ("own", ..., "return vectors", "Nothing is done."), source="library")
    short = torch.tensor([[0.3, 0.4]])
    assert unit.mistakes[0].function(short).allclose(short)
    assert "def unit" in unit.mistakes[1].right.text


def test_nothing_is_made_before_it_is_needed(unit, monkeypatch):
    edits("embeddings.unit", ("axis", "no such text", "dim=0", "Says."))
    monkeypatch.setattr(sources.Source, "make", lambda *_: pytest.fail("made"))
    assert diagnosis.diagnose(unit, lambda vectors: torch.nn.functional.normalize(vectors, dim=-1)) is None


@pytest.mark.parametrize(
    "before, words",
    [("dim=5", "stands 0 times in the source"), ("vectors", "name which"), (("dim=-1", 2), "stands 1 times")],
)
def test_an_edit_that_cannot_be_made_says_why(unit, before, words):
    edits("embeddings.unit", ("odd", before, "x", "Says."))
    with pytest.raises(ValueError, match=words) as raised:
        _ = unit.mistakes[0].text
    assert "odd" in str(raised.value)


def test_an_edit_that_cannot_be_made_costs_the_reader_nothing(unit):
    edits("embeddings.unit", ("odd", "no such text", "x", "Says."))
    assert diagnosis.diagnose(unit, lambda v: v * 3).id != "odd"


def test_replaced():
    assert (
        replaced("a a a", ("a", 2), "b", "id") == "a b a"
        and replaced("a a", ("a", "every"), "b", "id") == "b b"
    )
    assert (
        replaced("def f(x):\n    return x", ..., "y = x\nreturn y", "id")
        == "def f(x):\n    y = x\n    return y"
    )


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.target)
def test_each_exercise_has_right_sources(check):
    shown = sources.solution(check.target)
    assert shown is not None and callable(shown.make())
    assert diagnosis.diagnose(check, shown.make()) is None
    assert len(sources.right_ways(check.target)) >= 2


# ---- slips ----


def words_of(target, function):
    wrong = diagnosis.diagnose(registry.find(target), function)
    return wrong.id, wrong.says


def test_a_slip_is_found():
    def whole(nats, n_bytes):
        import math

        return 8 * nats / math.log(2) / n_bytes

    id, says = words_of("ngram.bits_per_byte", whole)
    assert id == "edit" and "what the solution would give with `* 8` at its end" in says


def test_a_slip_is_told_beside_what_is_plain():
    id, says = words_of("attention.merge_heads", lambda x: x.transpose(-3, -1).flatten(-2))
    assert id == "edit" and says.startswith("Its shape is (2, 6)") and "`-1` in the place of `-2`" in says


def test_no_slip_is_told_of_what_is_none():
    id, says = words_of("embeddings.unit", lambda vectors: vectors.sin().cos() * 3.7)
    assert id == "value" and says == "The value differs."


def test_a_slip_must_give_every_outcome(unit):
    def only_sometimes(vectors):
        right = torch.nn.functional.normalize(vectors, dim=-1)
        return right.abs() if len(vectors) < 5 else right

    assert diagnosis.diagnose(unit, only_sometimes).id != "edit"


SOURCE = """
def f(items, n=2):
    found = []
    while len(found) < n:
        for one in items[1:]:
            if one > 0 and one != 5:
                found.append(-one + 1)
    return sorted(found, reverse=True)
"""


def test_slips_leave_the_tree_as_it_was_and_loops_end():
    definition = ast.parse(SOURCE).body[0]
    before = ast.dump(definition)
    made = [*slips.slips(definition, "list")]
    assert ast.dump(definition) == before and len(made) > 60
    assert {"boundary", "bounds", "line", "setting", "operator", "end", "start"} <= {
        slip.kind for slip in made
    }
    ended = 0
    for slip in made:
        counter = edit._Rounds()
        space = {"__round__": counter}
        exec(slip.code, space)
        try:
            space["f"]([3, 1, 5, 7])
        except edit.TooManyRounds:
            ended += 1
        except Exception:
            continue
    assert ended, "none of them would have gone on for ever"
