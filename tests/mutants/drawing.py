"""Whether a `draw` does what it should, by statistics, apart from what its check asks."""

import torch


def draw_is_bad(draw):
    """What is wrong with a draw, or nothing: shapes, certain tokens, shares, pins of one's own, the generator."""

    def seeded(seed):
        return torch.Generator().manual_seed(seed)

    try:
        certain = torch.eye(5)[torch.tensor([3, 0, 4, 1, 2, 2])].reshape(2, 3, 5)
        for s in range(8):
            if draw(certain, seeded(s)).tolist() != [[3, 0, 4], [1, 2, 2]]:
                return "certain"
        p = torch.tensor([0.1, 0.0, 0.6, 0.3])
        for sh in ((6000,), (2, 3000), (3000, 2), (3000, 1), (1, 6000), (10, 30, 20)):
            ids = draw(p.expand(*sh, 4).clone(), seeded(1))
            if ids.shape != torch.Size(sh):
                return f"shape {sh}"
            got = torch.bincount(ids.flatten(), minlength=4).double() / ids.numel()
            if len(got) != 4 or (got - p).abs().max() > 0.04 or got[1] > 0:
                return f"shares {sh}"
            for axis in range(len(sh)):
                if (
                    sh[axis] > 1
                    and (ids.select(axis, 0) == ids.select(axis, 1)).double().mean() > 0.9
                    and ids.select(axis, 0).numel() > 50
                ):
                    return f"same pins along {axis} of {sh}"
        if draw(p, seeded(2)).shape != ():
            return "no axes"
        if not torch.is_tensor(draw(p)) or not torch.is_tensor(draw(p.expand(3, 4).clone(), None)):
            return "without a generator"
        short = torch.tensor([0.3, 0.3, 0.3, 0.0]).repeat(3000, 1)
        ids = draw(short, seeded(3))
        if ids.max() > 2:
            return "past the end / probability 0 at the end"
        g = seeded(4)
        if torch.equal(draw(p.repeat(500, 1), g), draw(p.repeat(500, 1), g)):
            return "twice the same"
        state = torch.get_rng_state()
        draw(p, seeded(1))
        if not torch.equal(state, torch.get_rng_state()):
            return "touches the global generator"
        one = torch.tensor([1.0, 0.0]).repeat(20000, 1)
        if draw(one, seeded(5)).max() > 0:
            return "certain first"
    except Exception as error:
        return f"raises {type(error).__name__}: {str(error)[:60]}"
    return ""
