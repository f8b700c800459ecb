"""The moving picture of lesson 21: what a machine answers to the same questions, round after round."""

from collections.abc import Sequence
from dataclasses import dataclass

from classroom.display import figures
from classroom.display.dial import Dial
from nextword import verifiable


@dataclass(frozen=True)
class Stage:
    """A moment of learning: after so many rounds it answered this to the fixed questions."""

    round: int
    texts: tuple[str, ...]  # question and answer each

    @property
    def n_right(self) -> int:
        return int(verifiable.reward(list(self.texts)).sum())


def answers(stages: Sequence[Stage], start: int) -> Dial:
    """A slider over the rounds; in the picture the answers to the same questions, each right or wrong."""

    def draw(i: int):
        stage = stages[i]
        n, right = len(stage.texts), verifiable.reward(list(stage.texts)).tolist()
        worked = int(verifiable.is_worked(list(stage.texts)).sum())
        rounds = "round" if stage.round == 1 else "rounds"
        title = f"After {stage.round} {rounds} ‹{stage.n_right}› of {n} answers are right"
        drawing, ax = figures.figure(title, width=5.6, height=0.4 + 0.34 * n)
        for row, (text, is_right) in enumerate(zip(stage.texts, right, strict=True)):
            colour, sign = (figures.GREEN, "right") if is_right else (figures.RED, "wrong")
            question, _, answer = text.partition("=")
            ax.text(0.0, -row, f"{question}=", family="monospace", va="center", color=figures.INK)
            ax.text(
                0.42,
                -row,
                answer or "(nothing)",
                family="monospace",
                va="center",
                weight="bold",
                color=colour,
            )
            ax.text(0.86, -row, sign, va="center", color=colour)
        ax.set(xlim=(0, 1), ylim=(-n + 0.4, 0.6))
        ax.axis("off")
        return drawing, f"‹{stage.n_right}› of {n} are right, and ‹{worked}› of {n} show how they came to it."

    return Dial("rounds:", range(len(stages)), draw, start, name=lambda i: str(stages[i].round))
