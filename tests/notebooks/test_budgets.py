"""What a cell costs is what its kernel works, and not how long it takes."""

import json
import os
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from classroom import paths

WORK = "import time\nend = time.process_time() + 0.5\nwhile time.process_time() < end: pass"
CHILD = f"import subprocess, sys\nprocess = subprocess.run([sys.executable, '-c', {WORK!r}])"


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="a child's time is not told there")
def test_a_cell_that_waits_costs_nothing_and_one_that_works_does(tmp_path):
    path, budgets = tmp_path / "small.ipynb", tmp_path / "budgets.json"
    sources = {"wait": "import time; time.sleep(1)", "work": WORK, "child": CHILD}
    cells = [new_code_cell(source, id=id) for id, source in sources.items()]
    cells[1].metadata["tags"] = ["progress"]
    nbformat.write(new_notebook(cells=cells), path)
    plugins = ["-p", "nbval.plugin", "-p", "tests.notebooks.budgets", "-p", "no:cacheprovider"]
    line = [sys.executable, "-m", "pytest", "-q", "--noconftest", *plugins, "--nbval", "--nbval-current-env"]
    env = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        [*line, f"--budgets={budgets}", str(path)], cwd=paths.root(), env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
    (costs,) = json.loads(budgets.read_text()).values()
    seconds = {cell["id"]: cell["seconds"] for cell in costs["cells"]}
    assert seconds["wait"] < 0.3 and 0.4 < seconds["work"] < 1 and 0.4 < seconds["child"] < 2
    assert [cell["progress"] for cell in costs["cells"]] == [False, True, False]
    assert costs["peak_mb"] > 20 or not os.path.isdir("/proc")
