"""Below all rungs: opens each source as plain Python, ready to be looked at.

A function here fetches its source on first use (see `data`) and hands it back without the marks of how it was
stored. Where each comes from, its licence and how to cite it: sources.toml, or `nextword data --list`.
"""

import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from nextword.base import cache
from nextword.base.download import WORDS


def text(key: str = "fairy_tales") -> str:
    """A source as one text; one that has several parts is joined by blank lines."""
    parts = {"novels": novels, "shakespeare": shakespeare, "speeches": speeches, "passages": passages}
    if key not in parts:
        return _read(cache.path(key))
    found = parts[key]()
    return "\n\n".join(found.values() if isinstance(found, dict) else found)


def novels() -> dict[str, str]:
    """Seven novels and stories, by title."""
    files = sorted(cache.path("novels").glob("*.txt"))
    return {file.stem.split(" - ")[1]: _read(file) for file in files}


def shakespeare() -> dict[str, str]:
    """38 plays, by file name ("romeo-and-juliet"), in plain text: a speaker's name, then the lines spoken."""
    files = sorted(cache.path("shakespeare").glob("*/*.md"))
    return {file.stem: without_markdown(_read(file)) for file in files}


def without_markdown(markdown: str) -> str:
    """Text without the marks of headings, bold, italics, line breaks and escapes.

    >>> without_markdown("### SCENE I.\\n**HAMLET**  \\nWords, words, words. _[Aside]_")
    'SCENE I.\\nHAMLET\\nWords, words, words. [Aside]'
    """
    return re.sub(r"^#+ |[*_\\]| +$", "", markdown, flags=re.MULTILINE)


def speeches() -> dict[str, str]:
    """249 yearly addresses of the presidents of the United States, by year and name ("1790-Washington-1")."""
    return {file.stem: _read(file) for file in sorted(cache.path("speeches").glob("*.txt"))}


def passages() -> list[str]:
    """12,271 passages of an encyclopedia, each opening with its article's title; no two are alike."""
    lines = _read(cache.path("passages")).splitlines()
    return list(dict.fromkeys(json.loads(line)["passage"] for line in lines))


@dataclass(frozen=True)
class Dialog:
    """A chat of two people, who take turns."""

    turns: tuple[str, ...]  # what was said, now and then nothing; one speaker has 0, 2, 4, ...
    ratings: dict[str, int]  # 1 to 10 for "witty", "upbeat", "interesting"; empty where nobody rated it


def dialogs(min_turns: int = 6) -> list[Dialog]:
    """The chats in which both people spoke and that have at least so many turns."""
    chats = json.loads(_read(cache.path("dialogs"))).values()
    found = [Dialog(tuple(map(_turn, chat["messages"])), chat.get("ratings") or {}) for chat in chats]
    return [dialog for dialog in found if len(dialog.turns) >= max(min_turns, 2)]


def _turn(messages: list[dict]) -> str:
    """Messages that one person sent in a row, as one."""
    return " ".join(message["text"] for message in messages).strip()


def replies(dialogs: Iterable[Dialog], shortest: int = 8, longest: int = 160) -> Iterator[tuple[str, str]]:
    """Each turn and the reply to it, where both have `shortest` to `longest` characters.

    >>> list(replies([Dialog(("hi", "how are you?", "all is well"), {})]))
    [('how are you?', 'all is well')]
    """
    for dialog in dialogs:
        for said, reply in pairwise(dialog.turns):
            if all(shortest <= len(turn) <= longest for turn in (said, reply)):
                yield said, reply


@dataclass(frozen=True)
class Rated:
    """A sentence, and what a number of people thought of its mood."""

    kind: str  # "film", "news", "product" or "tweet"
    text: str
    ratings: tuple[int, ...]  # one a person, from -4 (extremely negative) to 4 (extremely positive)

    @property
    def mean(self) -> float:
        """The mean of the ratings, computed here: the file's own column of means is wrong in places.

        >>> Rated("film", "A gem.", (3, 4, 2)).mean
        3.0
        """
        return sum(self.ratings) / len(self.ratings)


def human_ratings() -> list[Rated]:
    """23,703 sentences with 536,520 ratings by single people."""
    kinds = {"film": "movieReviewSnippets", "news": "nytEditorialSnippets"}
    kinds |= {"product": "amazonReviewSnippets", "tweet": "tweets"}
    return [
        rated for kind, name in kinds.items() for rated in _rated(kind, cache.path("human_ratings") / name)
    ]


def _rated(kind: str, file: Path) -> Iterator[Rated]:
    """Joins the file of sentences and the file of ratings by the ids that stand first on their lines.

    Raises a DataError where a line is not as it should be.
    """
    sentences, ratings = (
        _rows(file.with_name(file.name + end)) for end in ("_GroundTruth", "_anonDataRatings")
    )
    sentences.pop("id", None)  # the heading
    for id, columns in sentences.items():
        try:
            _mean, sentence = columns
            given = tuple(json.loads(ratings[id][-1]))
            if not given or not set(given) <= set(range(-4, 5)):
                raise ValueError(f"ratings are whole numbers from -4 to 4, not {given}")
        except (KeyError, IndexError, TypeError, ValueError) as error:
            says = f"{file}: the line of sentence {id!r} is damaged ({error!r})"
            raise cache.DataError(f"{says}: run `nextword data --verify`") from error
        sentence = html.unescape(html.unescape(sentence)).strip()  # a few "&" were stored as "&amp;amp;"
        yield Rated(kind, sentence, given)


def _rows(file: Path) -> dict[str, list[str]]:
    """A table whose columns are parted by tabs: first column -> the others."""
    rows = [line.split("\t") for line in _read(file.with_suffix(".txt")).split("\n") if line]
    return {first: others for first, *others in rows}


def glove() -> tuple[list[str], np.ndarray]:
    """400,000 words, the commonest first, and the vectors of 50 numbers that stand for them.

    Row i belongs to word i. The array stays on the disk, and only the rows that are used are read.
    """
    folder = cache.path("glove")
    words = _read(folder / WORDS).removesuffix("\n").split("\n")
    return words, np.load(folder / "glove_6B_50d_emb.npy", mmap_mode="r")


def smollm2() -> Path:
    """The file of the real model, in the GGUF format, for `gguf.GGUFReader`."""
    path = cache.path("smollm2")
    with path.open("rb") as file:
        came = file.read(4)
    if came != b"GGUF":
        raise cache.DataError(
            f"{path} begins with {came}, and b'GGUF' was needed: run `nextword data --verify`"
        )
    return path


def _read(path: Path) -> str:
    """A text file as Python wants it: lines end in "\\n", and no byte-order mark stands first."""
    return path.read_text(encoding="utf-8-sig")
