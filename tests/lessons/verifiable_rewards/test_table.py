"""What lesson 21 quotes of four seeds is what the benchmark found."""

import json
import re

import nbformat

from classroom import paths

ROWS = re.compile(
    r"^\| (?P<name>[^|]+?) \| (?P<low>\d+)% to (?P<high>\d+)% \| (?P<rounds>[\d, never]+?) \|$", re.M
)


def test_the_quoted_table_is_the_benchmarks():
    found = json.loads((paths.root() / "benchmarks/results/rlhf_grpo.json").read_text())["variants"]
    notebook = nbformat.read(paths.root() / "notebooks/21_verifiable_rewards.ipynb", as_version=4)
    text = next(cell.source for cell in notebook.cells if cell.id == "length-look")
    rows = {row["name"]: row for row in ROWS.finditer(text)}
    assert set(rows) == set(found) and len(found) == 5
    for name, runs in found.items():
        rights = [run["right"] for run in runs]
        assert len(runs) == 4
        assert [rows[name]["low"], rows[name]["high"]] == [
            f"{one:.0%}"[:-1] for one in (min(rights), max(rights))
        ]
        rounds = [
            "never" if run["first_good_round"] is None else str(run["first_good_round"]) for run in runs
        ]
        assert rows[name]["rounds"] == ", ".join(rounds)
