"""A schedule: the share of the learning rate at a step, up, level and down.

What makes it hard: both ends. No step is made at a share of 0, and behind the last there is nothing.
"""

from classroom.judge.listed import edits
from classroom.judge.registry import check

PLANS = ((8, 2, 4), (6, 3, 0), (5, 0, 5), (4, 0, 0), (10, 1, 1), (6, 5, 5))


@check(
    "optim.warmup_and_decay",
    cases=[
        *((step, 8, 2, 4) for step in (0, 1, 3, 5, 7, 8)),
        *((step, *plan) for plan in PLANS[1:] for step in range(plan[0])),
        (2, 3),
        (3, 3),
    ],
    awkward=[(9, 6, 3, 2), (20, 6, 0, 0), (0, 1, 1, 1), (0, 100, 200, 0), (99, 100, 10, 300)],
)
def warmup_and_decay(step, n_steps, n_warmup=0, n_decay=0):
    if step >= n_steps:
        return 0.0
    share = 1.0
    if step + 1 < n_warmup:
        share = (step + 1) / n_warmup
    left = n_steps - step  # this step among them
    return min(share, left / n_decay) if left < n_decay else share


edits(
    "optim.warmup_and_decay",
    (
        "schedule-begins-at-0",
        "(step + 1)",
        "step",
        "The first step, number 0, gets a share of 0 and is wasted: with a warm-up of 2 it should have 1/2, and the next 1.",
    ),
    (
        "schedule-ends-at-0",
        "(n_steps - step)",
        "(n_steps - 1 - step)",
        "The last step, number n_steps - 1, gets a share of 0 and is wasted: with a decay of 4 it should have 1/4. As many steps are left as n_steps - step.",
    ),
    (
        "schedule-both-ends-at-0",
        [("(step + 1)", "step"), ("(n_steps - step)", "(n_steps - 1 - step)")],
        "The first step and the last get a share of 0 and are wasted. The first should have 1 / n_warmup, and the last 1 / n_decay.",
    ),
    (
        "schedule-falls-late",
        "(n_steps - step)",
        "(n_steps - step + 1)",
        "The decay is one step late: the last step should have 1 / n_decay, and here it has twice that.",
    ),
    (
        "schedule-no-warmup",
        "max(1, n_warmup)",
        "n_warmup",
        "n_warmup may be 0, for no warm-up at all, and then this divides by 0. max(1, n_warmup) helps.",
    ),
    (
        "schedule-no-decay",
        "max(1, n_decay)",
        "n_decay",
        "n_decay may be 0, for no decay at all, and then this divides by 0. max(1, n_decay) helps.",
    ),
    (
        "schedule-neither",
        [("max(1, n_warmup)", "n_warmup"), ("max(1, n_decay)", "n_decay")],
        "n_warmup and n_decay may be 0, for none at all, and then this divides by 0. max(1, n_warmup) helps.",
    ),
    (
        "schedule-above-1",
        "min(1.0, up, down)",
        "min(up, down)",
        "The share rises above 1 between warm-up and decay. There it stays at 1.",
    ),
    (
        "schedule-below-0",
        "max(0.0, min(1.0, up, down))",
        "min(1.0, up, down)",
        "Behind the last step the share falls below 0, and a rate below 0 goes uphill. It is 0 at least.",
    ),
    (
        "schedule-product",
        "min(1.0, up, down)",
        "min(1.0, up) * min(1.0, down)",
        "Where warm-up and decay overlap, the two shares were multiplied. The smaller of them counts.",
    ),
    (
        "schedule-decays-at-once",
        "max(1, n_decay)",
        "n_steps",
        "It falls from the first step on. The decay takes the last n_decay steps only; before that the share is 1.",
    ),
    (
        "schedule-turned",
        "max(0.0, min(1.0, up, down))",
        "min(1.0, max(0.0, up, down))",
        "The larger of the two shares was taken. The smaller one counts: it holds the rate down at both ends.",
    ),
)
