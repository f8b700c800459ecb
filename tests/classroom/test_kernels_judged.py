"""A reader's kernel under `@mine`: what is right, what is wrong, and what a GPU would do without a word."""

import re
from importlib.util import find_spec

import pytest
import torch

pytest.importorskip("triton", reason="kernels need Triton")

from classroom.judge import diagnosis, edit, registry, sandbox, sources
from classroom.judge import kernels as judged
from classroom.mine import decorator, gates, progress, storage
from nextword import kernels
from nextword.base import overrides
from nextword.kernels import basics
from tests.classroom import kernel_lesson
from tests.classroom.kernel_lesson import RIGHT, TARGET
from tests.classroom.test_mine import Notebook

interpreted = pytest.mark.skipif(not kernels.interpreted, reason="kernels are compiled here")
LIBRARYS = basics.add


@pytest.fixture
def notebook(my, tmp_path, monkeypatch, request):
    """A notebook whose course is the small lesson of kernels; in most tests nobody waits for a compiler."""
    kernel_lesson.install(tmp_path, monkeypatch)
    if not request.node.get_closest_marker("slow"):
        monkeypatch.setattr(gates, "ahead", lambda check, source: {"kernels": [], "error": ""})
    monkeypatch.setattr(decorator, "_showing", False)
    made = Notebook()
    made.run(kernel_lesson.IMPORTS)
    yield made
    for target in overrides.replaced():
        overrides.restore(target)


def changed(*pairs):
    """The right cell with one thing after the other exchanged."""
    cell = RIGHT
    for before, after in pairs:
        assert before in cell
        cell = cell.replace(before, after)
    return cell


def diagnosed():
    return progress.read()["exercises"][TARGET]["diagnosis"]


def test_right(notebook):
    said = notebook.run(RIGHT)
    assert "kernels.basics.add: right. The library runs yours now." in said, said
    assert storage.kept_targets() == [TARGET] and decorator.yours() == [TARGET]
    assert basics.add(torch.ones(3), torch.ones(3)).tolist() == [2, 2, 2]
    decorator.give_back()
    assert basics.add is LIBRARYS
    assert decorator.bring_back(TARGET) is None and decorator.yours() == [TARGET], (
        "the kept file carries the kernel"
    )


BLANK = kernel_lesson.notebooks.without_solution(kernel_lesson.SOLUTION)


def test_not_written_yet(notebook):
    assert notebook.run(BLANK).strip() == f"… {TARGET}: to do (the library's own stands in)"
    assert notebook["add"] is LIBRARYS


LAUNCH = "add_kernel[(triton.cdiv(x.numel(), block),)]"
WRONG = {
    "wrong": ([("x + y", "x - y")], "add-minus", "takes the second away"),
    "in other words": ([("x + y", "-y + x")], "add-minus", "takes the second away"),
    "too few programs": (
        [("triton.cdiv(x.numel(), block)", "x.numel() // block"), ("x + y", "y + x")],
        "add-short-grid",
        "last block is left out",
    ),
    "one program": (
        [("triton.cdiv(x.numel(), block)", "1")],
        "never-written",
        "2 of 6 numbers of its answer were never written, the first at [4]",
    ),
    "unwritten": ([("mask=inside)\n\n", "mask=inside & (places != 1))\n\n")], "never-written", "the first at [1]"),
    "reads past the end": (
        [("x_pointer + places, mask=inside", "x_pointer + places")],
        "out-of-bounds",
        "Program 1 reads place 6 of x_pointer, which has 6",
    ),
    "writes past the end": (
        [("x + y, mask=inside", "x + y")],
        "out-of-bounds",
        "Program 1 writes place 6 of out_pointer, which has 6",
    ),
    "reads before the beginning": (
        [("tl.load(x_pointer + places", "tl.load(x_pointer + places - 1")],
        "out-of-bounds",
        "Program 0 reads place -1 of x_pointer",
    ),
    "no mask at all": ([("mask=inside", "mask=None")], "add-no-mask", "No mask keeps"),
    "writes where another does": (
        [("out_pointer + places, x + y, mask=inside", "out_pointer + places % BLOCK, x + y, mask=inside")],
        "two-programs",
        "which program 0 writes, too",
    ),
    "None": ([("return out", "out")], "returned-none", "handed nothing back"),
    "zeros": ([("    if out", "    return torch.zeros_like(x)\n    if out")], "", "0"),
    "with torch as well": ([("    return out", "    return x + y")], "no-kernel", "no kernel makes them"),
    "with torch alone": ([("    out = torch.empty_like(x)", "    return x + y")], "no-kernel", "no kernel makes them"),
    "raises in the kernel": (
        [("x + y", "z + y")],
        "unknown-name",
        "'z' is not known",
    ),
    "blocks that do not line up": (
        [("x + y", "x + tl.zeros((8 * BLOCK,), tl.float32)")],
        "raised",
        "two blocks do not line up",
    ),
    "torch inside": ([("x + y", "torch.exp(x)")], "raised", "outside of a kernel"),
    "block of no power": ([("BLOCK + tl.arange(0, BLOCK)", "3 + tl.arange(0, 3)")], "raised", "a power of 2"),
    "no constexpr": ([("BLOCK: tl.constexpr", "BLOCK")], "raised", "BLOCK: tl.constexpr"),
    "called": ([(LAUNCH, "add_kernel")], "called-not-launched", "launched, and not called"),
    "grid of a number": ([(LAUNCH, LAUNCH.replace("(triton", "triton").replace(",)", ""))], "grid", "is a tuple"),
    "something missing": ([(", BLOCK=block)", ")")], "raised", "more names in its list"),
    "the library's kernel": ([("        add_kernel[", "        basics.add_kernel[")], "calls-the-library", "own"),
    "the library's function": ([("return out", "return basics.add(x, y)")], "calls-the-library", "own kernels.basics"),
    "does not compile": (
        [("    places =", "    for number in range(3):\n        break\n    places =")],
        "does-not-compile",
        "`break` (your line 4)",
    ),
    "two comparisons": (
        [("    places =", "    if 0 <= length < 5:\n        pass\n    places =")],
        "does-not-compile",
        "(your line 3)",
    ),
    "changes its input": (
        [("    return out", "    x.zero_()\n    return out")],
        "changed-input",
        "copy",
    ),
}  # fmt: skip


@interpreted
@pytest.mark.parametrize("pairs, id, words", WRONG.values(), ids=WRONG)
def test_wrong_in_every_way(notebook, pairs, id, words):
    said = notebook.run(changed(*pairs))
    assert words in said and "The library runs yours" not in said, said
    assert (id and diagnosed()) == id, said
    assert basics.add is LIBRARYS and not storage.kept_targets() and len(said) < 1500


@interpreted
@pytest.mark.slow
@pytest.mark.skipif(not find_spec("nextword.kernels.compiled"), reason="nothing compiles ahead of time here")
def test_a_card_says_which_gates_were_passed(notebook):
    said = notebook.run(RIGHT)
    assert "right, with every load and store looked at" in said, said
    assert re.search(
        r"Compiled for an H100, without having one: \d+ registers a thread, nothing spilled", said
    ), said
    assert "speed are for a GPU to show" in said
    asks_a_block = changed(("    x = tl.load", "    if inside:\n        pass\n    x = tl.load"))
    said = notebook.run(asks_a_block)
    assert "Triton does not compile `if inside:`. It says:" in said and "ambiguous" in said, said
    assert diagnosed() == "does-not-compile" and "The library stays with your last right one." in said


def test_a_card_of_a_kernel_where_nothing_is_compiled(notebook, monkeypatch):
    monkeypatch.setattr(gates, "ahead", lambda check, source: {"kernels": [], "error": "ptxas: not found"})
    said = notebook.run(RIGHT)
    assert "right. The library runs yours now." in said and "Compiled" not in said
    monkeypatch.setattr(decorator, "_showing", True)
    assert notebook.run(RIGHT).strip() == f"✓ {TARGET}: right", (
        "a notebook of solutions stores the same everywhere"
    )


@interpreted
def test_the_line_of_the_readers_kernel_is_told(notebook):
    said = notebook.run(changed(("x + y", "x.no_such_thing + y")))
    assert "in its line 7" in said and diagnosed() == "raised", said


@interpreted
@pytest.mark.parametrize(
    "loop",
    ["    while length > 0:\n        pass\n", "    while length > 0:\n        tl.load(x_pointer)\n"],
    ids=["does nothing", "loads"],
)
def test_a_kernel_without_end_is_stopped(notebook, monkeypatch, loop):
    monkeypatch.setattr(sandbox, "SECONDS", 2)
    said = notebook.run(changed(("    places =", loop + "    places =")))
    assert diagnosed() == "never-ends" and "this call" in said, said
    assert "right. The library" in notebook.run(RIGHT), "and the interpreter is as it was"


def test_mine_above_the_kernel_itself(notebook):
    kernel = RIGHT.split("\n\n\n")[0].replace("def add_kernel", "def add")
    for cell in (
        f'@mine("{TARGET}")\n{kernel}',
        kernel.replace("@triton.jit", f'@triton.jit\n@mine("{TARGET}")'),
    ):
        said = notebook.run(cell)
        assert "This is the kernel itself. @mine stands over the plain function add(...)" in said, said


def test_a_kernel_in_another_cell(notebook):
    kernel, launcher = RIGHT.split("\n\n\n")
    notebook.run(kernel)
    said = notebook.run(launcher)
    assert "'add_kernel' is made in another cell" in said, said


def test_listed_mistakes_are_edits_of_the_whole_cell(notebook):
    check = registry.find(TARGET)
    for mistake in check.mistakes:
        wrong = diagnosis.diagnose(check, mistake.function)
        assert wrong is not None and wrong.id == mistake.id, vars(wrong)


def test_no_slip_and_no_step_is_looked_for_in_a_kernel(notebook):
    check = registry.find(TARGET)
    assert check.is_kernel and not registry.find_registered(TARGET).view
    assert edit.find(check, [], [], []) is None


def test_the_solution_and_the_library_pass(notebook):
    check = registry.find(TARGET)
    for source in (sources.solution(TARGET), sources.library(TARGET)):
        made = source.make()
        assert made(torch.ones(3), torch.ones(3)).tolist() == [2, 2, 2]
    assert diagnosis.diagnose(check, sources.solution(TARGET).make()) is None


def test_what_torch_makes_without_filling_it_is_poisoned():
    with judged.poisoned():
        made = [
            torch.empty(3),
            torch.empty_like(torch.ones(2, dtype=torch.float16)),
            torch.ones(2).new_empty(4),
        ]
        assert all(one.isnan().all() for one in made) and torch.zeros(3).eq(0).all()
        made[0][1] = 5.0
    assert "2 of 3 numbers of its answer were never written, the first at [0]" in judged.never_written(
        made[0]
    )
    assert "number 2 of what it gives" in judged.never_written((torch.ones(2), made[1]))
    assert judged.never_written(torch.tensor([float("nan")])) == "", "a nan that was computed has no mark"
    assert not torch.empty(3).view(torch.int32).eq(0x7FC0DEAD).all()


def test_only_kernels_are_watched():
    plain = registry.Check("ngram.loss", len, [])
    assert not plain.is_kernel and plain.watched(len) is len and plain.can_be_copied


def test_cases_are_carried_to_a_gpu_and_back(monkeypatch):
    """Here the place that they are carried to is the CPU, too: what counts is that copies are used, and come back."""
    own, seen = torch.ones(4, 3)[:, :2], []
    monkeypatch.setattr(judged, "interpreted", lambda: False)
    move = judged.moved
    monkeypatch.setattr(judged, "moved", lambda thing, device, pairs: move(thing, "cpu", pairs))

    def vandal(x, more=None):
        seen.append(x)
        x[0, 0] = 7.0
        return x + 1, {"more": [more]}

    value, rest = judged.carried(vandal, (own,), {"more": torch.zeros(2)})
    assert seen[0] is not own and seen[0].stride() == own.stride()
    assert own[0, 0] == 7 and value[0, 0] == 8 and rest["more"][0].tolist() == [0, 0]
    assert judged.carried(lambda x: x.sum(), (torch.zeros(()).expand(5),), {}) == 0


def test_no_kernel_is_hooked_for_shapes(pytestconfig):
    """Triton reads a kernel's own source, which the hook would change."""
    hooked = next(one.HOOKED for one in pytestconfig.pluginmanager.get_plugins() if hasattr(one, "HOOKED"))
    assert "nextword.attention" in hooked and not any(name.startswith("nextword.kernels") for name in hooked)
    assert all("jaxtyped" not in repr(one) for one in vars(basics).values())
