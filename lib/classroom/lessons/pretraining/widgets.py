"""The moving pictures of lesson 12: what a machine writes at each stage of its learning, and its loss there."""

from collections.abc import Sequence
from dataclasses import dataclass

from classroom.display import figures
from classroom.display.dial import Dial


@dataclass(frozen=True)
class Stage:
    """A moment of learning: after so many steps it wrote this."""

    step: int
    loss: float  # at the text that it learns from, in nats per token
    text: str


def stages(found: Sequence[Stage], losses: Sequence[float], start: int) -> Dial:
    """A slider over the time of learning; beside it the loss, below it what the machine wrote just then."""

    def draw(i: int):
        stage = found[i]
        title = f"After {stage.step:,} steps, ‹{stage.loss:.1f}› nats of surprise at each token"
        drawing, ax = figures.figure(title, width=5.6, height=2.6)  # no wider: it is read on a telephone, too
        ax.plot(range(1, len(losses) + 1), losses, color=figures.GREY, linewidth=1.5)
        ax.plot(max(1, stage.step), stage.loss, "o", color=figures.RED, markersize=9)
        ax.set(xscale="log", xlabel="steps", ylabel="loss, in nats", xlim=(0.9, len(losses) * 1.1))
        ax.xaxis.set_major_formatter(lambda steps, _: f"{steps:,.0f}")
        ax.xaxis.set_minor_formatter(lambda *_: "")
        return drawing, f"It writes: ‹{visible_text(stage.text)}›"

    return Dial("steps:", range(len(found)), draw, start, name=lambda i: f"{found[i].step:,}")


def visible_text(text: str) -> str:
    """A text on one line, broken letters and controls shown as signs."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
