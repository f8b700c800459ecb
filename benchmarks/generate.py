"""Our loop beside transformers' `generate`, as ratios of tokens a second: `python -m benchmarks.generate`.

The real model, greedy, one text, each with its cache; the same weights and dtype. They run in turn, several rounds
in one process, and each round gives a ratio, so that a machine that is slow for a while is slow for both. Where other
programs compute too, use `--threads 1`: two threads would wait for each other.
"""

import argparse
import statistics
import time

import torch
import transformers

from nextword import generation, pretrained
from nextword.base import overrides
from nextword.generation import SamplingConfig
from tests.library import theirs

BEGINNING = "The duckling that followed the swans down the river to the bank was tired."
transformers.utils.logging.set_verbosity_error()


def seconds(work) -> tuple[float, list[int]]:
    """How long it took, and the tokens."""
    began = time.perf_counter()
    tokens = work()
    return time.perf_counter() - began, tokens


def race(dtype: torch.dtype, rounds: int, n_new: int, prompt: int) -> None:
    """Rounds of both, and what they took."""
    model, tok = pretrained.load(dtype=dtype)
    reference = theirs.llama(model).to(dtype)
    ids = (tok.encode(BEGINNING) * 99)[:prompt]

    def ours() -> list[int]:
        return list(generation.generate(model, ids, SamplingConfig(n_new, 0)))

    @torch.inference_mode()
    def hugging_face() -> list[int]:
        text = torch.tensor([ids])
        return reference.generate(text, max_new_tokens=n_new, do_sample=False)[0, len(ids) :].tolist()

    ours(), hugging_face()  # the first run of each warms up
    took = {"ours": [], "transformers": []}
    same = True
    for number in range(rounds):
        pair = [("ours", ours), ("transformers", hugging_face)]
        tokens = {}
        for name, work in pair if number % 2 else pair[::-1]:
            time_taken, tokens[name] = seconds(work)
            took[name].append(time_taken)
        same &= tokens["ours"] == tokens["transformers"]
    ratios = [b / a for a, b in zip(took["ours"], took["transformers"], strict=True)]
    speeds = {name: n_new / min(times) for name, times in took.items()}
    print(
        f"{str(dtype):<16} {prompt:>4} + {n_new:<4} ours {speeds['ours']:6.1f}   transformers "
        f"{speeds['transformers']:6.1f} tokens/s   ratio of the best {speeds['ours'] / speeds['transformers']:.2f}, "
        f"of rounds {min(ratios):.2f} / {statistics.median(ratios):.2f} / {max(ratios):.2f}   "
        f"{'the same tokens' if same else 'tokens differ'}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--new", type=int, default=32, help="tokens to generate")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    print(f"{options.threads} threads, torch {torch.__version__}, transformers {transformers.__version__}")
    print("rounds: lowest / median / highest ratio; above 1 we are quicker")
    for dtype in (torch.float32, torch.bfloat16):
        for prompt in (16, 256):
            with overrides.fast():
                race(dtype, options.rounds, options.new, prompt)


if __name__ == "__main__":
    main()
