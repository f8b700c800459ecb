"""Checks of lesson 19: a distance guessed from samples, rewards per token, advantages, their whitening, and two losses."""

EXERCISES = (
    "kl.k3",
    "ppo.per_token_rewards",
    "ppo.gae",
    "ppo.whiten",
    "ppo.clipped_loss",
    "ppo.value_loss",
)
