"""Which cells a browser test runs: what a cell looks up, and what that looks up, and nothing else."""

import doctest

import needed as module
import pytest
from needed import needed


def notebook(*sources):
    return [{"cell_type": "code", "id": f"c{n}", "source": source} for n, source in enumerate(sources)]


@pytest.mark.parametrize(
    "sources, places",
    [
        (["x = 1", "y = 2", "print(x)"], [0, 2]),
        (["x = 1", "def f():\n    return x", "y = f()", "y"], [0, 1, 2, 3]),
        (["table = {}", "table['a'] = 1", "other = 2", "table"], [0, 1, 3]),
        (["import math as m", "m.sqrt(2)", "m.pi"], [0, 2]),  # a call of a module changes nothing
        (["seen = []", "seen.append(1)", "seen"], [0, 1, 2]),
        (["x = 1", "x = x + 1", "x", "x = 3"], [0, 1, 2]),
        (["x = 1", "len('x')"], [1]),
    ],
)
def test_needed(sources, places):
    last = max(n for n, source in enumerate(sources) if source != "x = 3")
    assert needed(notebook(*sources), f"c{last}") == places


def test_prose_is_left_out_and_a_missing_cell_is_named():
    cells = [{"cell_type": "markdown", "id": "prose", "source": "x = 1"}, *notebook("x")]
    assert needed(cells, "c0") == [1]
    with pytest.raises(ValueError, match="'gone'"):
        needed(cells, "c0", "gone")


def test_the_example():
    assert doctest.testmod(module).failed == 0
