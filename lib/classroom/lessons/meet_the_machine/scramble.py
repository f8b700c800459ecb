"""The dial of lesson 00: noise on every dial of the model, and what it writes then."""

import math
import re
from dataclasses import dataclass
from html import escape

import torch

from classroom.display import figures
from classroom.display.dial import Dial
from nextword import black_box, generation
from nextword.black_box import LanguageModel
from nextword.generation import SamplingConfig

LONGEST = 10  # bits per byte, at the right end of the bar
PAGE = "font:115% Georgia,serif;line-height:1.55;min-height:6.4em;overflow-wrap:anywhere"
BAR = "position:relative;height:14px;margin-bottom:42px;background:#cbd5e0"
MARK = f"position:absolute;top:-5px;height:24px;border-left:2px dashed {figures.INK}"
BELOW = "position:absolute;top:22px;font-size:85%;opacity:.75;line-height:1.2"


@dataclass(frozen=True)
class Heard:
    """What a model writes after its dials were scrambled so much, and what a byte of a real text costs it."""

    amount: float
    story: str
    bits: float


def heard(real: LanguageModel, amount: float, start: str, tale: str, n: int = 24, seed: int = 0) -> Heard:
    """Scramble a copy of the model, let it write n pieces and read a tale, and forget it again."""
    noise = torch.Generator().manual_seed(seed)
    model = black_box.scrambled(real.model, amount, noise) if amount else real.model
    story = "".join(
        generation.generate_text(model, real.tokenizer, start, SamplingConfig(max_new=n, temperature=0))
    )
    return Heard(amount, story, LanguageModel(model, real.tokenizer).bits_per_byte(tale))


def blind(real: LanguageModel, tale: str) -> float:
    """Bits per byte of one who holds every token equally likely."""
    n_tokens = len(real.ids(tale)[0]) - 1  # the first is not predicted
    n_bytes = len(real.tokenizer.decode_bytes(real.ids(tale)[0, 1:].tolist()))
    return n_tokens * math.log2(real.tokenizer.vocab_size) / n_bytes


def worse_than_blind(real: LanguageModel, amount: float, tales: list[str], seed: int = 1) -> int:
    """On how many of these texts one scrambled copy does worse than one who holds every token equally likely."""
    model = black_box.scrambled(real.model, amount, torch.Generator().manual_seed(seed))
    noisy = LanguageModel(model, real.tokenizer)
    return sum(noisy.bits_per_byte(tale) > blind(real, tale) for tale in tales)


def rounding(real: LanguageModel) -> float:
    """How much noise the file's own rounding is: its size as a share of the spread of a layer's matrix, on the mean.

    Q4_1 keeps each 32 dials of a layer's matrices in 16 steps; a number rounded to steps is off by a step / sqrt(12), as
    the root of the mean of the squares.
    """
    noises = []
    for matrix in (one for one in real.model.layers.parameters() if one.dim() == 2):
        rows = matrix.detach().reshape(-1, 32)
        step = (rows.amax(dim=-1) - rows.amin(dim=-1)) / 15
        noises.append((step.square().mean() / 12).sqrt() / matrix.detach().std())
    return float(torch.stack(noises).mean())


def dial(seen: list[Heard], start: str, blind: float) -> Dial:
    """One slider for the noise; below it the story, and a bar for what each byte costs."""
    at = {one.amount: one for one in seen}

    def draw(amount: float):
        one = at[amount]
        than = "more" if one.bits > blind else "less"
        cost = f"{one.bits:.2f} yes-or-no questions a letter"
        says = f"Noise {amount:g}: {cost}, {than} than blind guessing ({blind:.2f})."
        return page(one, start, blind), says

    return Dial("noise:", list(at), draw, start=seen[0].amount, name=lambda amount: f"{amount:g}")


def page(one: Heard, start: str, blind: float) -> str:
    """The story, and a bar of its cost with a mark where blind guessing is."""
    colour = figures.RED if one.bits > blind else figures.BLUE
    story = re.sub(r"\n+", "<br>", escape(one.story))
    told = f'<div style="{PAGE}"><span style="opacity:.6">{escape(start)}</span>{story} …</div>'
    filled = f'<div style="width:{share(one.bits)};height:100%;background:{colour}"></div>'
    mark = f'<div style="{MARK};left:{share(blind)}"></div>'
    below = f'<div style="{BELOW};left:0;max-width:calc({share(blind)} - 6px)">0 questions a letter</div>'
    below += f'<div style="{BELOW};left:{share(blind)}">blind guessing</div>'
    bar = f'<div style="{BAR}">{filled}{mark}{below}</div>'
    return f'<div style="max-width:44em">{told}{bar}</div>'


def share(bits: float) -> str:
    """How far along the bar this is, in CSS.

    >>> share(2.5)
    '25.0%'
    """
    return f"{min(bits / LONGEST, 1):.1%}"
