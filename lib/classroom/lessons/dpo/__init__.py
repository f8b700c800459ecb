"""Checks of lesson 20: how likely a whole reply is, the reward a policy implies, DPO's loss, IPO's, and the optimum behind both."""

EXERCISES = (
    "dpo.reply_log_probs",
    "dpo.implicit_rewards",
    "dpo.loss",
    "dpo.ipo_loss",
    "dpo.optimum",
)
