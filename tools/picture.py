"""Draw the README's picture from the course itself: a next word, a pin, and a sentence in tokens."""

from pathlib import Path

import matplotlib.pyplot as plt
import torch

from classroom.display import figures
from classroom.lessons.sampling.widgets import COLOURS
from nextword import ngram, sampling, text, tokenizer

WHERE = Path(__file__).resolve().parents[1] / "book" / "picture.png"
SENTENCE = "The duckling that followed the swans down the river to the bank was tired."


def main() -> None:
    train, _ = text.split(text.tales())
    counts = ngram.NGram(text.words(train), n_context=2).counts(["the", "little"])
    with plt.rc_context(figures.STYLE):
        rows = {"height_ratios": [2.4, 1.2, 1], "layout": "constrained"}
        drawing, (bars, ruler, tokens) = plt.subplots(3, 1, figsize=(9, 5.4), **rows)
        draw_bars(bars, counts)
        draw_ruler(ruler, counts)
        draw_tokens(tokens, tokenizer.Tokenizer.train(train, 2048))
    WHERE.write_bytes(figures.png(drawing))


def draw_bars(ax, counts) -> None:
    """Lesson 01: how likely each word is to come next."""
    shares = ngram.probabilities(counts)
    top = [word for word, _ in counts.most_common(6)]
    ax.set_title("01  What comes after “the little”?  Count.")
    figures.bars(ax, top, [shares[word] for word in top])


def draw_ruler(ax, counts) -> None:
    """Lesson 02: chance is one number, a pin on a ruler."""
    top = counts.most_common(6)
    logits = torch.tensor([float(n) for _, n in top]).log()
    left = 0.0
    for (word, _), p, colour in zip(top, sampling.softmax(logits).tolist(), COLOURS, strict=False):
        ax.barh(0, p, left=left, color=colour, edgecolor="white")
        ax.text(left + p / 2, 0, word, ha="center", va="center", color="white", fontsize=10)
        left += p
    for pin in torch.rand(9, generator=torch.Generator().manual_seed(11)).tolist():
        ax.plot([pin, pin], [0.42, 0.8], color=figures.INK, linewidth=1)
        ax.plot(pin, 0.85, "o", color=figures.INK, markersize=4)
    ax.set_title("02  Which one is taken?  Drop a pin.")
    ax.set(xlim=(0, 1), ylim=(-0.5, 1.1), yticks=[], xticks=[])
    ax.spines[:].set_visible(False)


def draw_tokens(ax, tok) -> None:
    """Lesson 03: a sentence as the machine sees it."""
    pieces = [tok.decode([i]) for i in tok.encode(SENTENCE)]
    place = 0.0
    for number, piece in enumerate(pieces):
        width = len(piece) / len(SENTENCE)
        ax.barh(0, width, left=place, color=COLOURS[number % len(COLOURS)], edgecolor="white", alpha=0.85)
        shown = piece.strip()
        ax.text(place + width / 2, 0, shown, ha="center", va="center", color="white", fontsize=9)
        place += width
    ax.set_title(f"03  What is a word to a machine?  {len(pieces)} tokens.")
    ax.set(xlim=(0, 1), yticks=[], xticks=[])
    ax.spines[:].set_visible(False)


if __name__ == "__main__":
    main()
