"""How lesson 19 learns, and `benchmarks/rlhf_ppo.py` over four seeds."""

from dataclasses import replace

from nextword.ppo_parts.records import Config

PEOPLE = Config()  # from what people prefer: about forty seconds
FREE = Config(rounds=10, beta=0.0, lr=5e-4, max_kl=float("inf"))  # with nothing that holds it back
READER = Config(rounds=25, max_kl=3.5)  # from one reader's flags: few of them, so not far
SAMPLES = 1024  # of the reviewer's, from which pairs are made for a reader
CHOICES = 48  # a reader's


def seeded(config: Config, seed: int) -> Config:
    """The same with chance of its own."""
    return replace(config, seed=seed)
