"""The moving picture of lesson 13: which steps are made, moment by moment, where each waits for what it needs."""

from classroom.display import figures
from classroom.display.dial import Dial
from nextword import recurrent

N_TOKENS, N_LAYERS = 12, 3
KINDS = {"recurrent": True, "transformer": False}


def moments(n_tokens: int, n_layers: int, is_recurrent: bool) -> dict[tuple[int, int], int]:
    """In which moment each layer's step at each token is made, by a machine that reads and never waits without need.

    >>> moments(3, 2, is_recurrent=True)[2, 1], moments(3, 2, is_recurrent=False)[2, 1]
    (4, 2)
    """
    made = {}
    for token in range(n_tokens):
        for layer in range(n_layers):
            below = made[token, layer - 1] if layer else 0
            before = made[token - 1, layer] if is_recurrent and token else 0
            made[token, layer] = 1 + max(below, before)
    return made


def reading(start: int = 3) -> Dial:
    """A slider over moments; above it two machines with as many layers read the same text."""
    last = recurrent.steps_in_a_row(N_TOKENS, N_LAYERS, True, False)
    made = {kind: moments(N_TOKENS, N_LAYERS, flag) for kind, flag in KINDS.items()}

    def draw(now: int):
        done = {kind: sum(moment <= now for moment in steps.values()) for kind, steps in made.items()}
        total = N_TOKENS * N_LAYERS
        title = (
            f"After {now} moments: {done['recurrent']} of {total} steps, and {done['transformer']} of {total}"
        )
        drawing, axes = figures.figure(title, width=5.6, height=3.4)
        for row, (kind, steps) in enumerate(made.items()):
            for (token, layer), moment in steps.items():
                draw_step(axes, token, layer - row * (N_LAYERS + 1.4), moment - now)
            axes.text(-0.5, (N_LAYERS - 0.2) - row * (N_LAYERS + 1.4), kind, va="bottom", weight="bold")
        axes.set(xlim=(-0.7, N_TOKENS), ylim=(-(N_LAYERS + 2.6), N_LAYERS + 0.6), aspect="equal")
        axes.set_yticks([])
        axes.set_xticks(range(N_TOKENS), range(1, N_TOKENS + 1))
        axes.set_xlabel("token")
        axes.spines[:].set_visible(False)
        says = f"A square is one layer's step at one token; full squares are made (gold: in this moment). The recurrent machine needs {last} moments, the transformer {N_LAYERS}."
        return drawing, says

    return Dial("moment:", range(1, last + 1), draw, start)


def draw_step(axes, token: int, height: float, left: int) -> None:
    """One square: made before, made now (with a dot), or still to be made."""
    colour = figures.BLUE if left < 0 else figures.GOLD if left == 0 else "white"
    axes.plot(token, height, "s", color=colour, markeredgecolor=figures.GREY, markersize=13)
    if left == 0:
        axes.plot(token, height, "o", color=figures.INK, markersize=4)
