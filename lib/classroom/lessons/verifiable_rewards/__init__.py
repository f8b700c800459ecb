"""Checks of lesson 21: the check of an answer, advantages of a group, the loss at a token, its mean, and pass@k."""

EXERCISES = (
    "verifiable.reward",
    "grpo.group_advantages",
    "grpo.leave_one_out",
    "grpo.token_losses",
    "grpo.mean_of",
    "verifiable.pass_at_k",
)
