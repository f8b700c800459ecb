"""For authors: derive, run, normalise and check notebooks.

python tools/notebooks.py run 01          run a lesson's notebook and solutions, store normalised outputs
python tools/notebooks.py derive          make exercises/ from solutions/
python tools/notebooks.py check           say which files are not what derive and normalise would make
python tools/notebooks.py steady 01       run them under other arithmetic; name each output that is then another
python tools/notebooks.py text FILE       a notebook as plain text beside it (FILE.py, percent format), to edit
python tools/notebooks.py notebook FILE   that text back into the notebook
"""

import argparse
import os
import re
import sys
import tempfile
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # so that it can be run as a file, too

from classroom import course  # noqa: E402
from tools.steadiness import arithmetic, survey  # noqa: E402

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
YOUR_TURN = "raise NotImplementedError  # your turn"
PREDICT = "predict"
VIEW = "application/vnd.jupyter.widget-view+json"


def derive(solutions: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The blank exercises of a solutions notebook: regions replaced, solution-only cells and outputs dropped."""
    blank = nbformat.from_dict(solutions)
    blank = nbformat.reads(nbformat.writes(blank), as_version=4)
    blank.cells = [cell for cell in blank.cells if "solution-only" not in cell.metadata.get("tags", [])]
    for cell in blank.cells:
        if cell.cell_type == "code":
            cell.source, cell.outputs, cell.execution_count = without_solution(cell.source), [], None
    return normalise(blank)


def without_solution(source: str) -> str:
    """A cell with each solution region replaced by `raise NotImplementedError`, at the region's indentation."""
    lines, inside = [], False
    for line in source.splitlines():
        if line.strip() == BEGIN:
            if inside:
                raise ValueError(f"{BEGIN} stands inside a region:\n{source}")
            inside = True
            lines.append(line[: len(line) - len(line.lstrip())] + YOUR_TURN)
        elif line.strip() == END:
            if not inside:
                raise ValueError(f"{END} without a beginning:\n{source}")
            inside = False
        elif not inside:
            lines.append(line)
    if inside:
        raise ValueError(f"a region has no {END}:\n{source}")
    return "\n".join(lines)


def normalise(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Drop what differs from run to run or machine to machine; keep ids, counts, tags and what was computed."""
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    for number, cell in enumerate(notebook.cells):
        kept = {key: cell.metadata[key] for key in ("tags",) if cell.metadata.get(key)}
        if PREDICT in kept.get("tags", ()):
            kept["jupyter"] = {"outputs_hidden": True}  # until the reader has guessed and runs it
        cell.metadata = nbformat.from_dict(kept)
        if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f-]+)?", cell.id):
            cell.id = f"{cell.cell_type}-{number}"
        if cell.cell_type == "code":
            cell.outputs = joined(cell.outputs)
    nbformat.validate(notebook)
    return notebook


def joined(outputs: list) -> list:
    """Outputs without widget views, and with neighbouring pieces of one stream in one."""
    kept = []
    for output in outputs:
        output.get("data", {}).pop(VIEW, None)
        output.pop("metadata", None) if output.output_type == "stream" else output.update(metadata={})
        same_stream = kept and output.output_type == "stream" and kept[-1].get("name") == output.get("name")
        if same_stream:
            kept[-1].text += output.text
        else:
            kept.append(output)
    return kept


def run(path: Path) -> None:
    """Execute a notebook in a folder of its own for the reader's files, and store it normalised."""
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as my:
        os.environ |= {"NEXTWORD_MY": my, "CI": "true", "OMP_NUM_THREADS": "1", "TRITON_INTERPRET": "1"}
        client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(path.parent)}})
        client.execute()
    write(path, normalise(notebook))


def write(path: Path, notebook: nbformat.NotebookNode) -> None:
    path.write_text(as_stored(notebook), encoding="utf-8", newline="\n")


def as_stored(notebook: nbformat.NotebookNode) -> str:
    return nbformat.writes(notebook, indent=1, ensure_ascii=False) + "\n"


def stale() -> list[str]:
    """Files that are not what the tools would make."""
    problems = []
    for path in sorted(ROOT.glob("solutions/*.ipynb")):
        blank = ROOT / "exercises" / path.name
        made = as_stored(derive(nbformat.read(path, as_version=4)))
        if not blank.exists() or blank.read_text(encoding="utf-8") != made:
            problems.append(
                f"exercises/{path.name} is not what solutions/ makes: python tools/notebooks.py derive"
            )
    for path in sorted([*ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("solutions/*.ipynb")]):
        text = path.read_text(encoding="utf-8")
        if text != as_stored(normalise(nbformat.reads(text, as_version=4))):
            problems.append(f"{path.relative_to(ROOT)} is not normalised: python tools/notebooks.py run")
    return problems


def to_text(path: Path) -> None:
    """Write a notebook as percent-format text, with each cell's id and tags in its heading."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.metadata["id"] = cell.id
    jupytext.write(notebook, path.with_suffix(".py"), fmt="py:percent")


def to_notebook(path: Path) -> None:
    """Write the notebook that a percent-format text describes; outputs come with `run`."""
    notebook = jupytext.read(path, fmt="py:percent")
    for number, cell in enumerate(notebook.cells):
        cell.id = cell.metadata.pop("id", f"{cell.cell_type}-{number}")
    notebook.nbformat_minor = 5
    write(path.with_suffix(".ipynb"), normalise(notebook))


def matching(which: list[str]) -> list[Path]:
    """The notebooks and solutions whose file names begin with one of these; all of them for none.

    Those that cannot run here are left out, and a line says why.
    """
    paths = [*ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("solutions/*.ipynb")]
    wanted = sorted(
        p for p in paths if not which or any(p.name.startswith(w) or p == Path(w).resolve() for w in which)
    )
    lessons = {lesson.file: lesson.missing for lesson in course.written()}
    missing = {path: lessons.get(path.name, "") for path in wanted}
    for path in wanted:
        if missing[path]:
            print(f"{path.relative_to(ROOT)} is not run: it needs {missing[path]}, which is not here")
    return [path for path in wanted if not missing[path]]


def steady_under(asked: argparse.Namespace) -> int:
    """How many outputs move under other arithmetic: in what was asked for, or in the two lessons whose turn it is."""
    if asked.turn:
        lessons = sorted(path.name[:2] for path in ROOT.glob("notebooks/*.ipynb"))
        which = survey.turn(lessons, survey.number(ROOT))
        print(f"by turns, lessons {' and '.join(which)}:", flush=True)
        return survey.survey(matching(which), arithmetic.ways(["noise"], seeds=1))
    return survey.survey(matching(asked.which), arithmetic.ways(asked.under, asked.seeds))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("action", choices=["run", "derive", "check", "steady", "text", "notebook"])
    parser.add_argument("which", nargs="*")
    steady = parser.add_argument_group("steady")
    steady.add_argument(
        "--under", nargs="+", choices=arithmetic.KINDS, default=arithmetic.KINDS, metavar="KIND"
    )
    steady.add_argument("--seeds", type=int, default=3, help="of the noise (default: 3)")
    steady.add_argument("--turn", action="store_true", help="two lessons by turns, with one seed of noise")
    asked = parser.parse_args()
    if asked.action in ("run", "derive"):  # first: an exercise's import lines are read from its blank
        for path in sorted(ROOT.glob("solutions/*.ipynb")):
            write(ROOT / "exercises" / path.name, derive(nbformat.read(path, as_version=4)))
    if asked.action == "run":
        for path in matching(asked.which):
            print("running", path.relative_to(ROOT))
            run(path)
    if asked.action == "text":
        [to_text(Path(name)) for name in asked.which]
    if asked.action == "notebook":
        [to_notebook(Path(name)) for name in asked.which]
    if asked.action == "steady":
        return 1 if steady_under(asked) else 0
    if asked.action == "check":
        problems = stale()
        print("\n".join(problems) or "all notebooks are current")
        return 1 if problems else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
