"""What several exercises of this lesson share: cases, helpers, behaviours."""

import random

_chance = random.Random(1)


LONG = _chance.choices(["the", "little", "boy", "girl", "sat", "."], k=60)
