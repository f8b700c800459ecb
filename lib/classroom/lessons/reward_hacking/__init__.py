"""Checks of lesson 22: how far best-of-n goes, what it is worth, proxies combined, how much is new, and where the truth turned."""

EXERCISES = (
    "overoptimization.best_of_n_kl",
    "overoptimization.distinct",
    "overoptimization.combine",
    "overoptimization.turned",
    "overoptimization.expected_best",
)
