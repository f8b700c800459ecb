"""Words in an order by chance, which several exercises count."""

import random

LONG = random.Random(1).choices(["the", "little", "boy", "girl", "sat", "."], k=60)
