"""What the course's kernels compile to, and how fast a model says that they will be: `python benchmarks/compiled.py`.

No GPU is needed, and nothing is measured on one here: tables of the compiler's own figures, of the model beside
published speeds, of what the model says of our kernels on two cards, and of other settings that it would rather have.
All of it goes into benchmarks/results/compiled.md.
"""

import itertools
from pathlib import Path

from nextword.kernels import compiled, roofline
from nextword.kernels.compiled import Launch, Tensor
from nextword.kernels.compiled_parts import registry
from nextword.kernels.roofline import Shape
from nextword.kernels.roofline_parts import published

RESULTS = Path(__file__).parent / "results/compiled.md"
FORWARD = {
    "plain": ("flash_attention.forward", "forward_kernel", {}),
    "tuned, two loops": ("flash_tuned.forward", "two_loops_kernel", {}),
    "tuned, descriptors": ("flash_tuned.forward", "descriptors_kernel", {"descriptors": True}),
    "tuned, specialised": ("flash_tuned.forward", "specialised_kernel", {"specialised": True}),
}
TILES = [  # queries, keys, warps, stages
    (64, 64, 4, 3), (64, 128, 4, 2), (128, 32, 8, 3), (128, 64, 8, 3), (128, 128, 8, 2),
]  # fmt: skip
CHOOSING = ("plain", "tuned, two loops", "tuned, descriptors")  # kinds for which other settings are tried
SETTINGS = ("BLOCK_QUERIES", "BLOCK_KEYS", "num_warps", "num_stages")
DOOR = Shape(1, 16, 16_384, 16_384, 64, causal=True)  # the call that many have timed: forward and backward


def table(head: list[str], rows: list[list]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def tflops(shape: Shape, seconds: float) -> float:
    return shape.flops / seconds / 1e12


def tile_of(made) -> str:
    """Queries x keys, warps, stages."""
    return f"{' x '.join(map(str, made.blocks.values()))}, {made.num_warps}, {made.num_stages}"


def launch(kind: str, head_dim: int, causal: bool, tile: tuple | None = None) -> Launch:
    """A forward pass of one kind, with the launcher's own settings or with others."""
    function, kernel, keywords = FORWARD[kind]
    query = Tensor((1, 8, 1024, head_dim))
    changes = {} if tile is None else {kernel: dict(zip(SETTINGS, tile, strict=True))}
    return Launch(f"nextword.kernels.{function}", 3 * (query,), keywords | {"causal": causal}, changes)


def resources() -> str:
    """What every kernel needs on every card."""
    rows = []
    for entry, target, kernels, error in compiled.of_the_course():
        for made in kernels:
            shared = f"{made.shared / 1024:.0f} of {compiled.SHARED_LIMIT[target] // 1024}"
            how = made.matrix_instruction + (", specialised" if made.specialised else "")
            rows.append(
                [entry.name, made.kernel, tile_of(made), target, made.registers, made.spills, shared, how]
            )
        if error:
            rows.append([entry.name, "not compiled", error[:80], target, "", "", "", ""])
    head = [
        "for",
        "kernel",
        "blocks, warps, stages",
        "target",
        "registers",
        "spills, bytes",
        "shared KB",
        "matrices by",
    ]
    return table(head, rows)


def beside_published() -> tuple[str, str]:
    """The model's speeds beside measured ones, and its errors in a sentence."""
    rows, errors = [], {"Triton": [], "FlashAttention-3": []}
    for name, figures in (("Triton", published.TRITON), ("FlashAttention-3", published.FLASH_ATTENTION_3)):
        for (head_dim, causal), measured in figures.items():
            ours = name == "Triton"
            made = one(launch("plain", head_dim, causal)) if ours else published.flash_attention_3(head_dim)
            cells = []
            for length, figure in zip(published.LENGTHS, measured, strict=True):
                shape = published.shape(length, head_dim, causal)
                predicted = tflops(shape, roofline.predict(made, roofline.H100, shape).seconds)
                errors[name].append(predicted / figure - 1)
                cells.append(f"{predicted:.0f} / {figure} ({predicted / figure - 1:+.0%})")
            rows.append([name, head_dim, "causal" if causal else "full", *cells])
    said = [
        f"{name}: from {min(found):+.0%} to {max(found):+.0%}, {sum(map(abs, found)) / len(found):.0%} on average"
        for name, found in errors.items()
    ]
    return table(["beside", "head_dim", "mask", *published.LENGTHS], rows), "; ".join(said)


def one(launch: Launch, target: str = "sm_90"):
    """The only kernel of a launch."""
    [made] = compiled.compiled(launch, target)
    return made


def ours() -> str:
    """Our forward kernels as the model sees them, with 16,384 tokens and with 2,048."""
    rows = []
    for card, target in ((roofline.H100, "sm_90"), (roofline.A100, "sm_80")):
        for kind in FORWARD:
            for head_dim in registry.HEAD_DIMS:
                if target == "sm_90" or kind in ("plain", "tuned, two loops"):
                    rows.append(forward_row(card, target, kind, head_dim))
    speeds = ["2k full", "2k causal", "16k full", "16k causal"]
    head = [
        "card",
        "kernel",
        "head_dim",
        "blocks, warps, stages",
        *speeds,
        "busiest unit",
        "programs at once",
    ]
    return table(head, rows)


def forward_row(card, target: str, kind: str, head_dim: int) -> list:
    cells = []
    for length in (2048, 16_384):
        for causal in (False, True):
            made = one(launch(kind, head_dim, causal), target)
            shape = published.shape(length, head_dim, causal)
            found = roofline.predict(made, card, shape)
            cells.append(f"{tflops(shape, found.seconds):.0f}")
    return [card.name, kind, head_dim, tile_of(made), *cells, found.limit, found.resident]


def both_ways() -> str:
    """The call at the door, forward and backward, in milliseconds on an H100."""
    [entry] = [
        entry for entry in registry.entries() if entry.name == f"attention backward, head_dim {DOOR.head_dim}"
    ]
    kernels = {made.kernel: made for made in compiled.compiled(compiled.launch(entry))}
    seconds = {
        "forward, plain": roofline.predict(one(launch("plain", 64, True)), roofline.H100, DOOR).seconds,
        "forward, tuned": roofline.predict(
            one(launch("tuned, two loops", 64, True)), roofline.H100, DOOR
        ).seconds,
        "delta": roofline.LAUNCH + roofline.roofline(0, DOOR.bytes / 2, roofline.H100).seconds,
        "gradient of the query": roofline.predict(kernels["query_kernel"], roofline.H100, DOOR).seconds,
        "gradients of key and value": roofline.predict(
            kernels["key_value_kernel"], roofline.H100, DOOR, gathers="queries"
        ).seconds,
    }
    back = sum(list(seconds.values())[2:])
    seconds |= {"all, with the plain forward": seconds["forward, plain"] + back}
    seconds |= {"all, with the tuned forward": seconds["forward, tuned"] + back}
    return table(["part", "milliseconds"], [[name, f"{1000 * took:.2f}"] for name, took in seconds.items()])


def what_would_pay() -> str:
    """For each forward kernel the settings that the model would choose, among those that fit and don't spill."""
    rows = []
    for kind in CHOOSING:
        for head_dim in registry.HEAD_DIMS:
            shape = published.shape(16_384, head_dim, causal=True)
            jobs = [(launch(kind, head_dim, True, tile), "sm_90") for tile in (None, *TILES)]
            found = [outcome["kernels"] for outcome in compiled.outcomes(jobs)]
            speeds = {}
            for made in (kernels[0] for kernels in found if kernels):
                if made.fits and made.spills == 0:
                    speeds[tile_of(made)] = tflops(
                        shape, roofline.predict(made, roofline.H100, shape).seconds
                    )
            [chosen, *_], best = found[0], sorted(speeds, key=speeds.get, reverse=True)[:3]
            cells = [f"{tile}: {speeds[tile]:.0f}" for tile in best]
            rows.append([kind, head_dim, f"{tile_of(chosen)}: {speeds.get(tile_of(chosen), 0):.0f}", *cells])
    return table(["kernel", "head_dim", "chosen", "best by the model", "second", "third"], rows)


def compile_all() -> None:
    """Everything in one process, so that each table finds its kernels in the cache."""
    kinds = itertools.product(FORWARD, registry.HEAD_DIMS, (False, True))
    jobs = [(launch(*one), "sm_90") for one in kinds]
    jobs += [
        (launch(*one), "sm_80") for one in itertools.product(CHOOSING[:2], registry.HEAD_DIMS, (False, True))
    ]
    jobs += [
        (launch(*one[:2], True, one[2]), "sm_90")
        for one in itertools.product(CHOOSING, registry.HEAD_DIMS, TILES)
    ]
    compiled.outcomes(jobs)


def main() -> None:
    compile_all()
    beside, errors = beside_published()
    version = one(launch("plain", 64, True)).triton
    text = f"""# Kernels compiled without a GPU

Made by `python benchmarks/compiled.py` with Triton {version}. Nothing here was measured on a GPU: registers, spills,
shared memory and instructions are what the compiler made; speeds are what `kernels.roofline` predicts from them.

## The model beside published speeds

Forward pass on an H100 SXM, 10^12 operations a second: predicted / measured. Measured: FlashAttention-3's paper
(arXiv 2407.08608, figure 5). Beside "Triton", a kernel of 2024, stands our plain kernel, which is of the same kind and
not the same; FlashAttention-3 is reckoned from the instructions that it cannot do without.

Error of the prediction. {errors}.

How much to believe: no number of the model was fitted to these figures, but one choice was made with them in sight,
that warps which meet at a barrier in the loop count as one party (as parties of their own they would be a sixth to a
third faster). And measurements differ, too: for a Triton kernel with head_dim 128, 16,384 tokens, all of them seen,
the paper has 395 and others measured 477 (pytorch/benchmark, pull request 2391). So take a prediction for what it is, a
reason to try one setting before another, and expect an error of a fifth.

{beside}

## Our forward kernels by the model

10^12 operations a second, 16,384 tokens in all, 2,048 features in all heads, bfloat16.

{ours()}

## Forward and backward, batch 1, 16 heads of 64, 16,384 tokens, causal, on an H100

{both_ways()}

## Other settings

Causal, 16,384 tokens, H100, 10^12 operations a second, among {len(TILES)} settings that were compiled; only those that
fit and spill nothing. To be measured before it is believed.

{what_would_pay()}

## What each kernel needs

{resources()}
"""
    RESULTS.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
