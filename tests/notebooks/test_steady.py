"""`tools/notebooks.py steady`: it finds what moves, lets be what does not, and judges two lessons in each run."""

import doctest
import os
import subprocess
import sys

import nbformat
import numpy
import pytest
import torch
from nbformat.v4 import new_code_cell, new_notebook, new_output

from nextword import checkpoint, training
from nextword.training import TrainingConfig
from nextword.transformer import ModelConfig, Transformer
from tools import notebooks
from tools.steadiness import arithmetic, noise, outputs, survey

SETTING = """
import torch
layer = torch.nn.Linear(8, 1)
layer.load_state_dict({"weight": torch.full((1, 8), 0.125), "bias": torch.zeros(1)})
total = float(layer(torch.ones(8)).detach())"""
PICTURE = "<img src='data:image/png;base64,{}' alt='a cat'>"
LESSONS = sorted(path.name[:2] for path in notebooks.ROOT.glob("notebooks/*.ipynb"))
TURN = survey.turn(LESSONS, survey.number(notebooks.ROOT))


@pytest.fixture
def noisy(monkeypatch):
    """This process with the noise of seed 0, and without it afterwards."""
    for owner, name in [
        (torch.nn.Module, "load_state_dict"),
        (torch.Tensor, "normal_"),
        (torch.Tensor, "uniform_"),
        (numpy, "load"),
    ]:
        monkeypatch.setattr(owner, name, getattr(owner, name))
    noise.install(0)


def made(path, *cells: tuple[str, str, str]):
    """A small notebook: of each cell its id, its source, and the text that is stored for it."""
    path.parent.mkdir(exist_ok=True)
    stored = [
        new_code_cell(
            source,
            id=id,
            execution_count=n,
            outputs=[new_output("stream", name="stdout", text=text)] if text else [],
        )
        for n, (id, source, text) in enumerate(cells, 1)
    ]
    nbformat.write(new_notebook(cells=stored), path)
    return path


def test_a_fine_figure_moves_and_a_coarse_one_does_not(tmp_path, capsys):
    fine = made(tmp_path / "notebooks/fine.ipynb", ("set", SETTING, ""), ("say", "print(total)", "1.0\n"))
    coarse = made(
        tmp_path / "notebooks/coarse.ipynb", ("all", f"{SETTING}\nprint(f'{{total:.2f}}')", "1.00\n")
    )
    assert survey.survey([fine, coarse], arithmetic.ways(["noise"], seeds=1)) == 1
    told = capsys.readouterr().out
    assert "notebooks/fine  say  noise 0\n    stored: 1.0\n    now:    " in told
    assert "notebooks/coarse under noise 0: steady" in told and "  set  " not in told
    assert nbformat.read(fine, as_version=4).cells[1].outputs[0].text == "1.0\n"


def test_a_claim_that_no_longer_holds_is_told_and_the_cells_below_still_run(tmp_path):
    cells = ("claim", f"{SETTING}\nassert total == 1, 'not one'", ""), ("after", "print(2)", "2\n")
    path = made(tmp_path / "notebooks/claim.ipynb", *cells)
    (way,) = arithmetic.ways(["noise"], seeds=1)
    moved = outputs.moved(nbformat.read(path, as_version=4), arithmetic.run_under(path, way))
    assert moved == {"claim": ("(no error)", "AssertionError: not one")}


def test_the_kernel_computes_as_it_is_told(tmp_path):
    names = "ATEN_CPU_CAPABILITY", "MKL_CBWR", "ONEDNN_MAX_CPU_ISA", "OMP_NUM_THREADS"
    source = f"""
import os, torch
from torch.backends import cpu
print(*[os.environ.get(name) for name in {names}], torch.get_num_threads(), cpu.get_cpu_capability())"""
    path = made(tmp_path / "notebooks/told.ipynb", ("tell", source, "\n"))
    told = {}
    for way in arithmetic.ways(["default", "threads"], seeds=0):
        told[way.name] = arithmetic.run_under(path, way).cells[0].outputs[0].text.split()
    assert told["default"] == ["default", "COMPATIBLE", "SSE41", "1", "1", "DEFAULT"]
    assert told["1 thread"][3:5] == ["1", "1"] and told["2 threads"][3:5] == ["2", "2"]


def test_each_loaded_weight_moves_by_about_a_millionth(noisy):
    layer = torch.nn.Linear(200, 100, bias=False)
    layer.load_state_dict({"weight": torch.full((100, 200), 3.0)})
    off = (layer.weight.double() / 3 - 1).detach()
    assert 0.9e-6 < off.std() < 1.1e-6 and abs(off.mean()) < 1e-7


def test_drawn_weights_and_tables_move_too(tmp_path, noisy):
    drawn = torch.nn.Parameter(torch.empty(50))
    with torch.no_grad():
        drawn.normal_(generator=torch.Generator().manual_seed(1))
    plain = torch.empty(50).normal_(generator=torch.Generator().manual_seed(1))
    assert not torch.equal(drawn, plain) and torch.allclose(drawn, plain, rtol=1e-5)
    numpy.save(tmp_path / "table.npy", numpy.ones(50, dtype="float32"))
    table = numpy.load(tmp_path / "table.npy", mmap_mode="r")
    assert table.dtype == "float32" and 0 < abs(table - 1).max() < 1e-5


def test_a_run_that_is_taken_up_again_gets_its_own_weights(noisy):
    config = ModelConfig(vocab_size=9, d_model=8, n_layers=1, n_heads=2, d_mlp=8, context=8)
    run, other = (
        training.begin(Transformer(config), TrainingConfig(1, batch=1, context=8)) for _ in range(2)
    )
    checkpoint.unpack(checkpoint.pack(run), other)
    pairs = zip(run.model.parameters(), other.model.parameters(), strict=True)
    assert all(torch.equal(kept, loaded) for kept, loaded in pairs)


def test_noise_leaves_alone_what_is_no_weight(tmp_path, noisy):
    numpy.save(tmp_path / "ids.npy", numpy.arange(9))
    assert numpy.load(tmp_path / "ids.npy").tolist() == list(range(9))
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    torch.nn.Linear(2, 2).load_state_dict({"weight": torch.ones(2, 2), "bias": torch.ones(2)})
    torch.manual_seed(1)
    made = noise.Noise(3).on_state({"a": torch.ones(2, 3).T, "n": torch.tensor(7)})
    assert torch.equal(torch.rand(3), expected) and made["n"] == 7 and made["a"].stride() == (1, 3)


def test_two_names_of_one_matrix_get_the_same_noise():
    matrix = torch.ones(4, 4)
    state = noise.Noise(0).on_state(
        {"embedding": matrix, "unembedding": matrix, "other": torch.full((4, 4), 2.0)}
    )
    assert state["embedding"] is state["unembedding"] and not torch.equal(state["embedding"], matrix)
    assert not torch.equal(state["embedding"], state["other"] / 2)


def test_the_noise_follows_from_the_seed_and_the_values():
    values = torch.randn(3, 5)
    same, seed = noise.Noise(5), noise.Noise(6)
    moved = same.on(values)
    assert torch.equal(moved, same.on(values.clone())) and torch.equal(moved, noise.Noise(5).on(values))
    assert torch.equal(moved, same.on(values.T.contiguous().T)), "however they are laid out"
    others = {
        "another seed": seed.on(values),
        "one value more": same.on(torch.cat([values, values[:1]]))[:3],
        "other values": same.on(2 * values) / 2,
        "the same in another order": same.on(values.flip(0)).flip(0),
    }
    assert [name for name, other in others.items() if torch.equal(moved, other)] == []
    assert torch.equal(same.on(torch.zeros(4)), torch.zeros(4)) and same.on(torch.tensor(2.0)).shape == ()


def test_models_that_are_drawn_alike_stay_alike_and_learn_alike(noisy):
    config = ModelConfig(vocab_size=9, d_model=8, n_layers=1, n_heads=2, d_mlp=8, context=8)
    tokens = torch.arange(90) % 7
    losses = []
    for seed in (1, 1, 2):
        model = Transformer(config, torch.Generator().manual_seed(seed))
        run = training.begin(model, TrainingConfig(3, batch=2, context=8))
        losses.append([training.turn(run, tokens) for _ in range(3)])
    assert losses[0] == losses[1] != losses[2]


@pytest.mark.parametrize(
    "stored, now, expected",
    [
        (PICTURE.format("AAAA"), PICTURE.format("BBBB/+=="), None),
        (PICTURE.format("AAAA") + "<p>0.31</p>", PICTURE.format("AA") + "<p>0.32</p>", "<p>0.32</p>"),
        (PICTURE.format("AAAA"), PICTURE.format("AAAA").replace("cat", "dog"), "a dog"),
    ],
    ids=["another picture", "another text beside it", "another sentence for it"],
)
def test_pictures_in_html_are_not_compared_and_their_words_are(stored, now, expected):
    cells = [new_output("display_data", data={"text/html": html, "text/plain": ""}) for html in (stored, now)]
    found = outputs.difference(cells[:1], cells[1:])
    assert found is None if expected is None else expected in found[1]


def test_nbval_says_the_same(tmp_path):
    show = 'from IPython.display import HTML\nHTML("{}")'
    html = [PICTURE.format("AAAA"), PICTURE.format("AAAA") + "<p>0.31</p>"]
    path = made(
        tmp_path / "notebooks/html.ipynb", ("a", show.format(PICTURE.format("BBBB")), ""), ("b", "1", "")
    )
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].source = show.format(html[1].replace("31", "32"))
    for cell, text in zip(notebook.cells, html, strict=True):
        data = {"text/html": text, "text/plain": "<IPython.core.display.HTML object>"}
        cell.outputs = [new_output("execute_result", data=data, execution_count=cell.execution_count)]
    nbformat.write(notebook, path)
    moved = outputs.moved(notebook, arithmetic.run_under(path, arithmetic.Arithmetic("plain")))
    line = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-rA",
        "-p",
        "nbval.plugin",
        "--nbval",
        "--nbval-current-env",
    ]
    rules = f"--nbval-sanitize-with={outputs.RULES}"
    env = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    said = subprocess.run([*line, rules, str(path)], capture_output=True, text=True, cwd=tmp_path, env=env)
    told = said.stdout + said.stderr
    assert list(moved) == ["b"] and "1 failed, 1 passed" in told, told


def test_examples_in_the_tools():
    assert [doctest.testmod(module).failed for module in (arithmetic, outputs, survey)] == [0, 0, 0]


def test_all_lessons_have_their_turn():
    turns = [survey.turn(LESSONS, number) for number in range(len(LESSONS))]
    assert {lesson for turn in turns for lesson in turn} == set(LESSONS)
    assert all(len(set(turn)) == 2 for turn in turns) and survey.turn(["00"], 3) == ["00"]


@pytest.mark.slow
@pytest.mark.parametrize("path", notebooks.matching(TURN), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_by_turns_a_lesson_prints_the_same_under_noise(path, capsys):
    moved = survey.survey([path], arithmetic.ways(["noise"], seeds=1))
    assert moved == 0, capsys.readouterr().out
