"""The moving pictures of lesson 19: learning as it goes on, and how lambda shares out the credit for a text."""

from collections.abc import Sequence
from html import escape

import torch
from torch import Tensor

from classroom.display import figures, progress
from classroom.display.dial import Dial
from classroom.display.progress import Progress
from nextword import ppo
from nextword.ppo_parts.records import Run

SHOWN = {
    "reward": "reward of a text",
    "kl": "nats from the reference",
    "clipped": "share of tokens outside the clip",
    "value_error": "error of the value head",
}


class Rounds(Progress):
    """What a run looks like while it goes on: four curves, how far it is, and what it has just written.

    Hand it to `ppo.train`: it is called after each round.
    """

    def __init__(self, run: Run):
        super().__init__("rounds", run.config.rounds, len(run.history))

    def __call__(self, run: Run) -> None:
        is_last = run.is_far or len(run.history) >= run.config.rounds
        if is_last:
            self.total = len(run.history)
        before = self.view.value
        last = run.history[-1]
        self.at(len(run.history), says=f"reward {last.reward:.2f}, {last.kl:.1f} nats from the reference")
        if self.view.value != before:
            self.view.value = f"{pictures(run)}<div>{self.view.value}</div>"


def pictures(run: Run) -> str:
    """A small curve for each of four numbers, with its name and where it stands."""
    style = "display:inline-block;margin:0 16px 6px 0;font-size:90%"
    found = []
    for name, says in SHOWN.items():
        curve = [getattr(one, name) for one in run.history]
        label = f"{escape(says)}: {curve[-1]:.2f}"
        found.append(f'<div style="{style}"><div>{label}</div>{progress.drawn(curve)}</div>')
    return f"<div>{''.join(found)}</div>"


def credit(words: Sequence[str], foreseen: Tensor, score: float, start: float = 0.95) -> Dial:
    """A slider for lambda; bars say which words get the credit for a text's score, or the blame."""
    values = foreseen[None]
    rewards = torch.zeros_like(values)
    rewards[0, -1] = score
    mask = torch.ones_like(values, dtype=torch.bool)

    def draw(lam: float):
        advantages = ppo.gae(rewards, values, mask, 1.0, lam)[0].tolist()
        says = {
            0.0: "With lambda 0 a word answers for one step",
            1.0: "With lambda 1 each word answers for all to come",
        }
        title = says.get(lam, f"With lambda {lam:.2g} credit runs back some way")
        drawing, ax = figures.figure(title, width=6.4, height=3.4)
        colours = [figures.BLUE if x >= 0 else figures.RED for x in advantages]
        ax.bar(range(len(words)), advantages, color=colours, label="advantage")
        ax.plot(
            range(len(words)), foreseen, "o-", color=figures.GREY, label="value, foreseen before the word"
        )
        ax.axhline(0, color=figures.INK, linewidth=0.8)
        ax.set_xticks(range(len(words)), words, rotation=40, ha="right")
        ax.set(ylabel="spreads of the reward", ylim=(-1.3, 2.7))
        ax.legend(loc="upper left", fontsize=9, frameon=False)
        best = max(range(len(words)), key=advantages.__getitem__)
        worst = min(range(len(words)), key=advantages.__getitem__)
        told = f"Most credit goes to “{words[best]}” ({advantages[best]:+.2f})"
        if advantages[worst] < 0:
            told += f", most blame to “{words[worst]}” ({advantages[worst]:+.2f})"
        return drawing, told + "."

    return Dial("lambda:", [0.0, 0.25, 0.5, 0.75, 0.9, 0.95, 1.0], draw, start, name=lambda lam: f"{lam:g}")
