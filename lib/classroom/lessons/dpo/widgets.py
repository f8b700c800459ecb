"""The moving picture of lesson 20: the best policy for five replies, as the price of distance changes."""

from collections.abc import Sequence

from classroom.display import figures
from classroom.display.dial import Dial
from nextword import dpo, kl
from nextword.base.shapes import Tensor

BETAS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 20.0)


def price(
    names: Sequence[str],
    reference: Tensor,
    rewards: Tensor,
    start: float = 0.5,
) -> Dial:
    """A slider over beta; in the picture the reference's chances and the optimum's, a reply a row.

    `reference` and `rewards` are rows of numbers, one for each of the named replies.
    """

    def draw(beta: float):
        best = dpo.optimum(reference, rewards, beta)
        reward, far = (best * rewards).sum().item(), kl.exact(best.log(), reference.log()).item()
        title = f"At {beta:g} a nat, the best policy earns {reward:.2f} and goes {far:.2f} nats"
        drawing, ax = figures.figure(title, width=5.6, height=2.8)
        for i in range(len(names)):
            ax.barh(i + 0.2, reference[i], 0.36, color=figures.GREY)
            ax.barh(i - 0.2, best[i], 0.36, color=figures.BLUE)
            ax.text(
                max(reference[i], best[i]) + 0.02, i, f"reward {rewards[i]:+.1f}", va="center", fontsize=8
            )
        ax.set(
            yticks=range(len(names)),
            yticklabels=names,
            xlim=(0, 1.3),
            xlabel="chance: above the reference, below the best policy",
        )
        ax.invert_yaxis()
        says = "; ".join(
            f"{name} {was:.2f} to {now:.2f}"
            for name, was, now in zip(names, reference.tolist(), best.tolist(), strict=True)
        )
        return drawing, f"From the reference to the best policy: {says}."

    return Dial("beta:", BETAS, draw, start, name=lambda beta: f"{beta:g}")
