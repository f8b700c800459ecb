"""Makes lib/nextword/reward_model_parts/gold.safetensors: the dials by which the gold reads the real model's vectors.

python tools/gold_reward.py       about a minute and a half of one core

They are fitted to what the second half of the people said of the gold's sentences: to nothing that a reward of the
lessons learns from, and to nothing by which either is judged.
"""

import time

import torch

from nextword import preferences, reward_model
from nextword.pretrained_parts import model_file
from nextword.reward_model import RewardConfig
from nextword.reward_model_parts import features

CONFIG = RewardConfig(epochs=20, lr=0.01, l2=0.1)  # for standardised features


def main() -> None:
    """Read all the gold's sentences, fit, say how good it is, and write."""
    torch.set_num_threads(1)
    began = time.process_time()
    some, unseen = preferences.rated(preferences.GOLD, 1), preferences.rated(preferences.UNSEEN, 1)
    found = features.features([one.text for one in some])
    mean, deviation = found.mean(0), found.std(0)
    columns = (found - mean) / deviation
    dials = reward_model.fit_columns(columns, some, CONFIG)
    tensors = {"dials": dials / deviation, "mean": mean}
    about = "the gold's linear reward on the real model's vectors, made by tools/gold_reward.py"
    model_file.write(features.SHIPPED, tensors, {"about": about, "layers": features.LAYERS})
    texts = [one.text for one in unseen]
    for name, reward in (("features", features.reward), ("gold", reward_model.gold())):
        print(f"{name}: {preferences.judge(reward(texts), unseen):.3f} on sentences that nobody learned from")
    print(f"{len(some):,} sentences, {time.process_time() - began:.0f} s of the processor")


if __name__ == "__main__":
    main()
