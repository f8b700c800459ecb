"""What benchmarks/attention.py does without a GPU: its checks, its turns and medians, and its page."""

import functools
import math
import sys
from pathlib import Path

import pytest
import torch

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
pytest.importorskip("nextword.kernels", exc_type=ImportError)  # a sentence where there is no Triton


@pytest.fixture(scope="module", autouse=True)
def importable():
    sys.path.insert(0, str(BENCHMARKS))
    yield
    sys.path.remove(str(BENCHMARKS))


@pytest.fixture
def parts():
    import attention_parts.checks
    import attention_parts.report
    import attention_parts.timing

    return attention_parts


class Clock:
    """A clock on which each work takes what it says, and every second look is a hundredth slower."""

    def __init__(self):
        self.looks = []

    def __call__(self, work, calls):
        seconds = work()
        self.looks.append((work, calls))
        return seconds * (1 + 0.01 * (len(self.looks) % 2))


def test_all_take_turns_and_who_fails_is_left_out(parts):
    def broken():
        raise RuntimeError("no such kernel")

    clock, failed = Clock(), {}
    works = {"slow": lambda: 0.004, "broken": broken, "fast": lambda: 0.001}
    took = parts.timing.paired(works, 6, failed, clock)
    assert failed == {"broken": "RuntimeError: no such kernel"} and list(took) == ["slow", "fast"]
    assert all(len(seconds) == 6 for seconds in took.values())
    assert parts.timing.ratio(took, "fast", "slow") == pytest.approx(4, rel=0.03)
    assert parts.timing.ratio(took, "broken", "slow") is None
    turns = [(work, calls) for work, calls in clock.looks[4:]]
    assert [work for work, _ in turns[:4]] == [works[name] for name in ("slow", "fast", "fast", "slow")]
    assert {calls for work, calls in turns if work is works["fast"]} == {2}  # enough for two milliseconds
    assert parts.timing.paired({}, 3, {}, clock) == {}


def row(tokens, head_dim, causal, took, failed=None):
    return {
        "tokens": tokens,
        "head_dim": head_dim,
        "causal": causal,
        "flops": 1e12,
        "took": took,
        "failed": failed or {},
    }


def test_the_page_tells_speeds_means_errors_and_what_was_left_out(parts, tmp_path):
    took = {"cuDNN": [0.002, 0.002, 0.002], "flash": [0.004] * 3, "plain": [0.004, 0.001, 0.004]}
    found = [row(1024, 64, True, took, {"FlexAttention": "OSError: a | b"}), row(2048, 64, True, took)]
    text = parts.report.race(found, skipped=3)
    assert "| 1,024 | 64 | causal | 500 | 250 | 250 | failed |" in text
    assert "| 2,048 | 64 | causal | 500 | 250 | 250 |  |" in text
    assert "| plain | 0.50 | 1.00 |" in text and "OSError: a | b" in text and "3 more shapes" in text
    parts.report.draw({"forward": found, "backward": None, "both": []}, tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_size > 10_000
    parts.report.draw({"forward": None}, tmp_path / "none.png")
    assert not (tmp_path / "none.png").exists()


def test_a_page_without_a_gpu_never_overwrites_a_measured_one(parts, tmp_path):
    path = tmp_path / "results" / "attention.md"
    page = parts.report.Page(path, "Measured on one H100.", measured=True)
    page.add("Forward", "fast")
    assert path.read_text() == "# Fused attention\n\nMeasured on one H100.\n\n## Forward\n\nfast\n"
    parts.report.Page(path, "No GPU was at hand.", measured=False).add("Correctness", "right")
    assert "fast" in path.read_text()
    parts.report.Page(path, "Measured on one H200.", measured=True).add("Forward", "faster")
    assert "faster" in path.read_text() and "H100" not in path.read_text()


def test_a_part_that_fails_or_has_no_time_stops_no_other(tmp_path, parts):
    import attention as benchmark

    page = parts.report.Page(tmp_path / "a.md", "machine", measured=True)

    def broken():
        raise RuntimeError("out of\nmemory")

    assert benchmark.run_part(page, "One", broken, math.inf) is None
    assert benchmark.run_part(page, "Two", lambda: ("fine", 7), math.inf) == 7
    assert benchmark.run_part(page, "Three", lambda: ("fine", 7), -math.inf) is None
    assert (
        page.text().count("fine") == 1
        and "RuntimeError: out of memory" in page.text()
        and "No time" in page.text()
    )


def test_what_is_right_passes_and_what_is_wrong_does_not(parts):
    inputs = [torch.randn(1, 2, 20, 16) for _ in range(3)]
    plain = lambda q, k, v: parts.checks.exact(q, k, v, causal=True)  # noqa: E731
    right = plain(*inputs)
    for wrong in (right * 1.001, torch.zeros_like(right), right.roll(1, -2), right * math.nan):
        assert parts.checks.compared([wrong], plain, inputs)[-1] == "WRONG"
    assert parts.checks.compared([right], plain, inputs)[-1] == "right"
    theirs = torch.nn.functional.scaled_dot_product_attention(*inputs, is_causal=True)
    assert parts.checks.compared([theirs], plain, inputs)[-1] == "right"


def test_every_check_passes_in_the_interpreter(parts):
    text, fine = parts.checks.table(["pointers", "descriptors"])
    assert fine, text
    assert text.startswith("All checks passed.") and text.count("right") >= 10


@pytest.mark.parametrize("direction", ["forward", "backward", "both"])
def test_a_race_in_small(direction, monkeypatch):
    """Every entrant that runs on a CPU gives the same, and cuDNN, which does not, stops no other."""
    import attention as benchmark
    from attention_parts import entrants

    here = functools.partial(entrants.of, device="cpu", dtype=torch.float32)
    works, failed = here(direction, 1, 2, 64, 64, True, ["pointers", "descriptors"], flex=False)
    found = {name: works[name]() for name in works if name != "cuDNN"}
    outs = [one[0] if isinstance(one, tuple) else one for one in found.values()]
    assert {"flash", "plain"} <= set(found) and all(torch.allclose(one, outs[0], atol=1e-5) for one in outs)
    monkeypatch.setattr(entrants, "of", here)
    for name, value in (
        ("ROUNDS", 2),
        ("SHAPES", [(64, 64, True), (32, 64, False)]),
        ("ALL_TOKENS", 64),
        ("WIDTH", 64),
    ):
        monkeypatch.setattr(benchmark, name, value)
    text, rows = benchmark.race(direction, ["pointers"], math.inf)
    assert len(rows) == 2 and all("plain" in row["took"] and "cuDNN" in row["failed"] for row in rows)
    assert "cuDNN: " in text and "| 64 | 64 | causal | " in text
    text, rows = benchmark.race(direction, ["pointers"], 0.0)
    assert not rows and "2 more shapes" in text


def test_decoding_in_small():
    from attention_parts import entrants

    works, _ = entrants.decoding(1, 8, 2, 200, 64, device="cpu", dtype=torch.float32)
    found = [work() for name, work in works.items() if name != "cuDNN"]
    assert len(found) == 6 and all(torch.allclose(one, found[0], atol=1e-5) for one in found)
