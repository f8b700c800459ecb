"""Our attention kernels beside torch's on this machine's GPU: `python benchmarks/attention.py [--seconds 480]`.

First correctness, against float64; then the card's own limits (a matmul, a copy); then forward, backward and both
beside cuDNN's and FlashAttention's kernels, each named explicitly, and FlexAttention; decoding beside the speed of a
copy; and memory. All in one process, on random bfloat16, the entrants taking turns: what is told is the median of
what each took, and of its ratios to cuDNN's turn of the same round. The table goes to results/attention.md after each
part, the figure to results/attention.png. Without a GPU only correctness is told, small and interpreted.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

import torch
from attention_parts import checks, entrants, report, timing

from nextword import kernels

RESULTS = Path(__file__).parent / "results"
TOKENS = (16384, 8192, 4096, 2048, 1024)  # the longest first, should the time run out
SHAPES = [(n, head_dim, causal) for n in TOKENS for head_dim in (128, 64) for causal in (True, False)]
ALL_TOKENS, WIDTH = 16384, 2048  # of a batch; of all heads of a token
ROUNDS = 11
FLEX_AT = 8192  # tokens: FlexAttention is compiled anew for each shape, which takes its time
SHORTEST = 5.0  # seconds that must be left for another configuration
COPIED = 2**30  # bytes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=480.0, help="all that it may take")
    parser.add_argument(
        "--probe", choices=("descriptors", "specialised"), help="only whether this form works here"
    )
    chosen = parser.parse_args()
    if chosen.probe:
        sys.exit(0 if entrants.works(chosen.probe) else 1)
    page = report.Page(RESULTS / "attention.md", machine(), measured=torch.cuda.is_available())
    if not torch.cuda.is_available():
        print(
            "There is no GPU here: nothing is timed; correctness is checked small, in Triton's interpreter."
        )
    deadline = time.monotonic() + chosen.seconds
    forms = forms_that_work(page)
    run_part(page, "Correctness", lambda: checks.table(forms), deadline)
    if torch.cuda.is_available():
        on_gpu(page, forms, deadline)
    print(page.text())


def on_gpu(page: report.Page, forms: list[str], deadline: float) -> None:
    """All that is timed. Each part is written as soon as it is done, and an error of one stops no other."""
    limits = run_part(page, "Limits of this card", measure_limits, deadline)
    copy = (limits or {}).get("copy")
    run_part(page, "Training, one long text", long_text, deadline)
    run_part(page, "Decoding", lambda: decoding(copy), deadline)
    forward = run_part(page, "Forward", lambda: race("forward", forms, deadline), deadline)
    backward = run_part(page, "Backward", lambda: race("backward", forms, deadline), deadline)
    both = run_part(page, "Forward and backward", lambda: race("both", forms, deadline), deadline)
    run_part(page, "Memory", memory, deadline)
    report.draw({"forward": forward, "backward": backward, "both": both}, RESULTS / "attention.png")


def run_part(page: report.Page, title: str, work, deadline: float):
    """One part of the page; its error, or that there was no time, stands in its place. What it measured is returned."""
    print(f"{title} ...", flush=True)
    found = None
    if time.monotonic() > deadline - SHORTEST:
        text = "No time was left for this."
    else:
        try:
            text, found = work()
        except Exception as error:  # whatever a kernel or a driver may raise: the other parts go on
            text = f"Failed: {report.short(error)}"
    page.add(title, text)
    return found


def forms_that_work(page: report.Page) -> list[str]:
    """The tuned forms to be measured. Those with descriptors are tried in another process: a compiler may crash."""
    if kernels.interpreted:
        return ["pointers", "descriptors", "specialised"]
    if torch.cuda.get_device_capability() < (9, 0):
        return ["pointers"]
    forms = ["pointers"]
    for form in ("descriptors", "specialised"):
        try:
            ended = subprocess.run(
                [sys.executable, __file__, "--probe", form], timeout=120, capture_output=True
            )
            failure = f"ended with {ended.returncode}" if ended.returncode else ""
        except subprocess.TimeoutExpired:
            failure = "took more than two minutes"
        if failure:
            page.note(f"The form `{form}` is left out: a trial in a process of its own {failure}.")
        else:
            forms.append(form)
    return forms


def measure_limits() -> tuple[str, dict[str, float]]:
    """Operations a second of the largest matmul, and bytes a second of a copy (each read and written)."""
    a, b = (torch.randn(8192, 8192, device="cuda", dtype=torch.bfloat16) for _ in range(2))
    source = torch.randint(0, 255, (COPIED,), device="cuda", dtype=torch.uint8)
    target = torch.empty_like(source)
    took = timing.paired({"matmul": lambda: a @ b, "copy": lambda: target.copy_(source)}, rounds=15)
    limits = {
        "matmul": 2 * 8192**3 / timing.median(took["matmul"]),
        "copy": 2 * COPIED / timing.median(took["copy"]),
    }
    rows = [["matmul, 8192 x 8192 x 8192, bfloat16", f"{limits['matmul'] / 1e12:.0f} TFLOP/s"]]
    rows += [["copy of 1 GiB, read and written", f"{limits['copy'] / 1e12:.2f} TB/s"]]
    return report.table(["what", "reached"], rows), limits


def race(direction: str, forms: list[str], deadline: float) -> tuple[str, list[dict]]:
    """All entrants of one direction on every shape."""
    found = []
    for tokens, head_dim, causal in SHAPES:
        if time.monotonic() > deadline - SHORTEST:
            break
        row = {"tokens": tokens, "head_dim": head_dim, "causal": causal, "took": {}, "failed": {}}
        try:
            one_shape(row, direction, forms)
        except Exception as error:  # the other shapes go on
            row["failed"]["all"] = report.short(error)
        found.append(row)
        print(report.line(row), flush=True)
        torch.cuda.empty_cache()
    return report.race(found, skipped=len(SHAPES) - len(found)), found


def one_shape(row: dict, direction: str, forms: list[str]) -> None:
    """All entrants on one shape, noted in its row."""
    tokens, head_dim, causal = row["tokens"], row["head_dim"], row["causal"]
    batch, n_heads = ALL_TOKENS // tokens, WIDTH // head_dim
    row["flops"] = operations(direction, batch, n_heads, tokens, head_dim, causal)
    shape = (batch, n_heads, tokens, head_dim, causal)
    works, failed = entrants.of(direction, *shape, forms, flex=tokens == FLEX_AT)
    row["failed"] = failed
    row["took"] = timing.paired(works, rounds=ROUNDS, failed=failed)


def operations(direction: str, batch: int, n_heads: int, tokens: int, head_dim: int, causal: bool) -> float:
    """Operations that count by convention: two matmuls forward, five backward; half of them where half is masked.

    >>> operations("forward", 1, 1, 2, 8, causal=False)  # two tables of 2 x 2, each number of 8 products and sums
    128.0
    """
    matmuls = {"forward": 2, "backward": 5, "both": 7}[direction]
    return matmuls * 2 * batch * n_heads * tokens**2 * head_dim * (0.5 if causal else 1.0)


def long_text() -> tuple[str, dict]:
    """Batch 1, 16 heads of 64, 16,384 tokens, causal: forward and backward, in milliseconds."""
    works, failed = entrants.of("both", 1, 16, 16384, 64, True, ["pointers"], flex=False)
    took = timing.paired(works, rounds=15, failed=failed)
    rows = [[name, f"{1e3 * timing.median(seconds):.2f} ms"] for name, seconds in took.items()]
    rows += [[name, error] for name, error in failed.items()]
    title = "Batch 1, 16 heads of 64, 16,384 tokens, causal, forward and backward (5.364 ms was published for an H100)."
    return f"{title}\n\n{report.table(['', 'median'], rows)}", took


def decoding(copy: float | None) -> tuple[str, dict]:
    """One query against a long cache: bytes of keys and values that are read in a second, beside those of a copy."""
    rows, found = [], {}
    for batch, keys in ((1, 32768), (1, 8192), (8, 8192), (64, 2048)):
        works, failed = entrants.decoding(batch, 32, 8, keys, 128)
        recorded = {name: timing.graphed(work) for name, work in works.items()}
        took = timing.paired(recorded, rounds=21, failed=failed)
        size = 2 * batch * 8 * keys * 128 * 2
        for name, seconds in took.items():
            speed = size / timing.median(seconds)
            share = f"{speed / copy:.0%}" if copy else "copy not measured"
            rows.append(
                [
                    f"{batch}",
                    f"{keys:,}",
                    name,
                    f"{1e6 * timing.median(seconds):.0f}",
                    f"{speed / 1e12:.2f}",
                    share,
                ]
            )
        rows += [[f"{batch}", f"{keys:,}", name, error, "", ""] for name, error in failed.items()]
        found[batch, keys] = took
    heads = ["batch", "keys", "", "microseconds", "TB/s", "of a copy"]
    return f"32 query heads, 8 heads of keys, head_dim 128.\n\n{report.table(heads, rows)}", found


def memory() -> tuple[str, dict]:
    """Bytes at the peak beyond what was there before, for one call of each direction."""
    rows, found, tokens = [], {}, 16384
    for direction in ("forward", "both"):
        works, failed = entrants.of(direction, 1, 16, tokens, 128, True, ["pointers"], flex=False)
        for name, work in works.items():
            torch.cuda.synchronize()
            torch.cuda.reset_peak_memory_stats()
            before = torch.cuda.memory_allocated()
            kept = work()
            torch.cuda.synchronize()
            found[direction, name] = torch.cuda.max_memory_allocated() - before
            rows.append([direction, name, f"{found[direction, name] / 2**20:.0f} MiB"])
            del kept
        rows += [[direction, name, error] for name, error in failed.items()]
    least = 16 * tokens * (128 * 2 + 4) / 2**20
    title = f"Batch 1, 16 heads of 128, {tokens:,} tokens, causal; output and log-sum-exp alone are {least:.0f} MiB."
    return f"{title}\n\n{report.table(['', '', 'at the peak'], rows)}", found


def machine() -> str:
    """What was measured on, and with what."""
    about = f"torch {torch.__version__}, triton {kernels.triton.__version__}"
    if not torch.cuda.is_available():
        return f"No GPU was at hand: nothing below is timed; correctness was checked in Triton's interpreter ({about})."
    cudnn = torch.backends.cudnn.version()
    return (
        f"Measured on one {torch.cuda.get_device_name()}; {about}, CUDA {torch.version.cuda}, cuDNN {cudnn}."
    )


if __name__ == "__main__":
    main()
