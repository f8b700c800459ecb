"""What the lesson quotes from the benchmark's four seeds is what the benchmark stored."""

import json
import re
import runpy
from statistics import mean

import nbformat

from classroom import course, paths

BENCHMARK = paths.root() / "benchmarks/rlhf_reward.py"
RESULTS = paths.root() / "benchmarks/results/rlhf_reward.json"
QUOTED = {("tiny model, tuned", 7417): ".66"}  # in the prose below the figure; the cell prints the others


def test_the_lesson_quotes_what_was_measured():
    rows = json.loads(RESULTS.read_text(encoding="utf-8"))["rewards"]
    for (name, n), said in QUOTED.items():
        found = [row["accuracy"] for row in rows if (row["name"], row["sentences"]) == (name, n)]
        assert len(found) == 4 and f"{mean(found):.2f}" == f"0{said}", (name, n, mean(found))
    path = course.path("notebooks", course.find("18"))
    cells = {cell.id: cell.source for cell in nbformat.read(path, as_version=4).cells}
    said = re.findall(r"\.\d\d", cells["sizes-look"].split("\n\n")[0])
    assert said == list(QUOTED.values())


def test_the_table_is_drawn_from_what_is_stored():
    found, page = json.loads(RESULTS.read_text(encoding="utf-8")), runpy.run_path(str(BENCHMARK))["page"]
    assert RESULTS.with_suffix(".md").read_text(encoding="utf-8") == page(found)
    assert {row["seed"] for row in found["rewards"]} == {0, 1, 2, 3}
