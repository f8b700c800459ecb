"""The moving pictures of lesson 01."""

import itertools
import random
from html import escape

from classroom.display import figures
from classroom.display.dial import Dial
from classroom.display.typed import Typed
from nextword import ngram, text

GOLD = "background:#f6d860;color:#22303c;border-radius:3px;padding:0 2px"
RUN = 6  # words in a row that make a copy


def what_follows(model: ngram.NGram) -> Typed:
    """Type a beginning, and see which words followed it in the tales."""

    def draw(start: str):
        words = text.words(start)
        if not words:
            raise ValueError("Type a word or two: without any, there is nothing to go on.")
        counts = model.counts(words)
        shares = ngram.probabilities(counts)
        best = sorted(shares, key=lambda word: (-shares[word], word))[:8]
        used = next(
            n for n in range(model.n_context, -1, -1) if model.tables[n].get(tuple(words[len(words) - n :]))
        )
        seen = text.sentence(words[len(words) - used :]) if used else ""
        title = f"After “{seen}”" if used else "These words were never seen: any word might follow"
        drawing, ax = figures.figure(title, height=2.8)
        figures.bars(ax, best, [shares[word] for word in best])
        ax.set_xlabel("share of what followed")
        return drawing, f"{title}: {', '.join(f'{word} {shares[word]:.2f}' for word in best[:3])}."

    return Typed("the machine has read:", "the little", draw)


def nonsense_to_plagiarism(model: ngram.NGram, source: list[str], n_words: int = 60) -> Dial:
    """Text written with longer and longer contexts; runs of six words that Andersen wrote turn gold."""
    known = {tuple(source[start : start + RUN]) for start in range(len(source) - RUN + 1)}

    def draw(n_context: int):
        start = ["once", "upon", "a", "time"]
        words = start + model.shortened(n_context).write(start, n_words, random.Random(7))
        copied = set()
        for place in range(len(words) - RUN + 1):
            if tuple(words[place : place + RUN]) in known:
                copied.update(range(place, place + RUN))
        share = len(copied) / len(words)
        says = f"Context {n_context}: {share:.0%} of these words are copied from Andersen in runs of six or more."
        return page(words, copied), says

    return Dial("words of context:", range(model.n_context + 1), draw, start=1)


def page(words: list[str], gold: set[int]) -> str:
    """Words as running text in HTML, those at the places of `gold` on gold."""
    html = ""
    for is_gold, places in itertools.groupby(range(len(words)), gold.__contains__):
        run = [words[place] for place in places]
        space = "" if run[0] in text.NO_SPACE_BEFORE else " "
        part = escape(text.sentence(run))
        html += space + (f'<span style="{GOLD}">{part}</span>' if is_gold else part)
    return f'<div style="max-width:44em;line-height:1.7;font-family:Georgia,serif">{html}</div>'
