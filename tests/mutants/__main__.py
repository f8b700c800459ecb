"""`python -m tests.mutants 05`: every single edit of that lesson's right answers, and which its checks let pass.

Exits 1 where one survives that survivors.toml does not list, or one is listed that survives no more.
"""

import argparse
import resource
import sys
import time

import torch

from tests.mutants import engine, sources


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("lessons", nargs="*", help="numbers, such as 05")
    parser.add_argument("--all", action="store_true", help="every lesson")
    parser.add_argument("--target", help="one exercise alone, such as attention.weighted_sum")
    wanted = parser.parse_args()
    if not (wanted.lessons or wanted.all or wanted.target):
        parser.error("name a lesson, such as 05, or --all")
    resource.setrlimit(resource.RLIMIT_AS, (engine.MEMORY, engine.MEMORY))
    torch.set_num_threads(1)
    lessons = wanted.lessons or [None]
    failed = False
    for lesson in lessons:
        for check in sources.targets(lesson):
            if wanted.target in (None, check.target):
                failed |= told(check)
    return int(failed)


def told(check) -> bool:
    """Judge a target, print its score, and say whether its list of survivors is wrong."""
    begun = time.process_time()
    score = engine.judge(check)
    print(f"{score}  {time.process_time() - begun:.0f} s", flush=True)
    may = {edit for target, edit in engine.listed() if target == check.target}
    for edit, shown in score.survivors.items():
        if edit not in may:
            print(f"  SURVIVES {edit!r}\n    on {shown}", flush=True)
    for edit in sorted(may - score.survivors.keys()):
        print(f"  LISTED, and survives no more: {edit!r}", flush=True)
    return may != score.survivors.keys()


if __name__ == "__main__":
    sys.exit(main())
