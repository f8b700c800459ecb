"""Rung `overoptimization`: what becomes of the reward that is meant while another, that stands for it, is driven up.

The plainest way to drive a reward up is best of n: let a policy write n texts, and keep the one of the highest reward.
No dial is turned, and still it is another policy. How far from the first, and what it is worth, can be told exactly.
Sources: Stiennon et al. 2020 (arXiv 2009.01325), appendix G.3, and Beirami et al. 2024 (arXiv 2401.01879), for the
distance; Nakano et al. 2021 (WebGPT, arXiv 2112.09332), appendix I, for the mean; Gao et al. 2022 (arXiv 2210.10760).
"""

import math

import torch

from nextword.base.shapes import Float, Tensor


def best_of_n_kl(n: int) -> float:
    """KL of best-of-n from the policy that wrote, in nats: log n - (n - 1) / n.

    Exact where no two texts have the same reward; where some do it is less.

    >>> [round(best_of_n_kl(n), 3) for n in (1, 2, 16)]
    [0.0, 0.193, 1.835]
    """
    if n < 1:
        raise ValueError(f"the best of {n} texts cannot be chosen: n is at least 1")
    return math.log(n) - (n - 1) / n


def best_of_n(proxy: Float[Tensor, "samples"], gold: Float[Tensor, "samples"], n: int) -> float:
    """What the best of n by `proxy` has of `gold`, on average over all choices of n of these samples.

    Of equal rewards each is as likely to be kept.

    >>> best_of_n(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([5.0, 0.0, 9.0]), 2)  # (0 + 9 + 9) / 3
    6.0
    """
    samples = len(proxy)
    if not 1 <= n <= samples:
        raise ValueError(
            f"the best of {n} cannot be told from {samples} samples: n is between 1 and {samples}"
        )
    if not (proxy.isfinite().all() and gold.isfinite().all()):
        raise ValueError("some rewards are infinite or no numbers: leave these samples out first")
    order = proxy.argsort()
    sorted_gold = shared_by_equals(proxy[order], gold[order].double())
    # the i-th from below is the best of a choice where all others come from the i below it
    chances = [math.comb(i, n - 1) / math.comb(samples, n) for i in range(samples)]
    return (sorted_gold * torch.tensor(chances, dtype=torch.float64)).sum().item()


def shared_by_equals(
    sorted_proxy: Float[Tensor, "samples"], gold: Float[Tensor, "samples"]
) -> Float[Tensor, "samples"]:
    """Each gold reward replaced by the mean over all samples of the same proxy reward.

    >>> shared_by_equals(torch.tensor([1.0, 1.0, 2.0]), torch.tensor([4.0, 6.0, 0.0]))
    tensor([5., 5., 0.])
    """
    _, which, counts = sorted_proxy.unique_consecutive(return_inverse=True, return_counts=True)
    sums = torch.zeros(len(counts), dtype=gold.dtype).index_add_(0, which, gold)
    return (sums / counts)[which]
