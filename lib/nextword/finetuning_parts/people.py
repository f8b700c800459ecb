"""Under rung `finetuning`: what people wrote, made ready to be learned from: tidied, without names, and parted.

A tenth of all that is written is put aside for good, by a sum over its letters, so that every lesson and every machine
puts the same aside.
"""

import re
import zlib

from nextword.base import datasets

LONGEST_TURN = 60  # of a chat, in letters: short turns are learned in a minute
SOMEBODY = "friend"  # stands where a person's handle or address stood


def tidy(sentence: str) -> str:
    """A sentence with plain quotation marks and dashes, and one space between words.

    >>> tidy("It ''works''   ....  –  mostly’s")
    'It "works" ... - mostly\\'s'
    """
    plain = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "—": "-", "–": "-", "…": "..."})
    sentence = re.sub(r"\.{2,}", "...", sentence.translate(plain).replace("''", '"'))
    return " ".join(sentence.split())


def without_handles(said: str) -> str:
    """What was said, with a plain word where somebody's address, handle or number stood.

    >>> without_handles("I am @ben_k, write to ben.k@mail.org or call 801-555-0199")
    'I am friend, write to friend or call friend'
    """
    address = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*|https?://\S+|www\.\S+"
    return re.sub(rf"{address}|@\w+|\+?\d(?:[ .()-]{{0,2}}\d){{6,}}", SOMEBODY, said)


def tenth(sentence: str) -> int:
    """0 to 9: a tenth of all sentences each, the same on every machine; nothing ever learns from the tenth 0."""
    return zlib.crc32(tidy(sentence).encode()) % 10


def film_sentences() -> tuple[list[str], list[str]]:
    """Sentences from reviews of films: those to learn from, and those that are put aside."""
    found = dict.fromkeys(tidy(rated.text) for rated in datasets.human_ratings() if rated.kind == "film")
    sentences = [sentence for sentence in found if len(sentence) >= 8]
    return [one for one in sentences if tenth(one)], [one for one in sentences if not tenth(one)]


def small_talk() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """What one person said and another replied, in few words: pairs to learn from, and pairs that are put aside.

    Nothing that is said in a pair put aside, by either person, is said in any that is learned from.
    """
    said = datasets.replies(datasets.dialogs(), longest=LONGEST_TURN)
    pairs = dict.fromkeys((tidy(without_handles(one)), tidy(without_handles(other))) for one, other in said)
    read = [pair for pair in pairs if tenth(pair[0]) and tenth(pair[1])]
    return read, [pair for pair in pairs if not tenth(pair[0]) and not tenth(pair[1])]
