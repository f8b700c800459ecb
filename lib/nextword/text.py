"""Rung `text`: real stories, cut into words.

The corpus is Hans Christian Andersen's fairy tales in a public-domain translation: 127 tales, about two
million characters. Most of them are for learning from; every tenth is put aside as text never seen.
"""

import re
from string import capwords

from nextword.base import datasets

HEADING = re.compile(r"\n{5}(?=[A-Z])")  # a tale's heading stands after four blank lines
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+|[^\w\s]|_")
NO_SPACE_BEFORE = set(".,;:!?)”’")


def tales() -> dict[str, str]:
    """Every tale by its title, in the book's order, one paragraph to a line.

    The first call fetches the book (3 MB); after that it is read from this machine.
    """
    book = {}
    for tale in HEADING.split("\n" * 5 + datasets.text("fairy_tales").strip())[1:]:
        title, body = tale.split("\n", 1)
        book[capwords(title)] = paragraphs(body)
    return book


def paragraphs(text: str) -> str:
    """The same text with each paragraph on one line: where a printer broke a line carries no meaning.

    >>> paragraphs("The duckling\\nswam.  It\\nsang.\\n\\n\\nThe end.")
    'The duckling swam. It sang.\\nThe end.'
    """
    return "\n".join(" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip())


def split(book: dict[str, str], every: int = 10) -> tuple[str, str]:
    """The text to learn from, and the text never seen: every tenth tale, whole.

    >>> split({"one": "a", "two": "b", "three": "c"}, every=3)
    ('a\\nb', 'c')
    """
    bodies = list(book.values())
    train = [body for number, body in enumerate(bodies, 1) if number % every]
    return "\n".join(train), "\n".join(bodies[every - 1 :: every])


def words(text: str) -> list[str]:
    """The words of a text in lower case, each punctuation mark a word of its own.

    >>> words("The duckling wasn't tired!")
    ['the', 'duckling', "wasn't", 'tired', '!']
    """
    return WORD.findall(text.lower())


def sentence(words: list[str]) -> str:
    """Words put back together as people write them.

    >>> sentence(["the", "duckling", ",", "tired", ",", "said", '"', "quack", "!", '"'])
    'the duckling, tired, said "quack!"'
    """
    text, quoted = "", False
    for word in words:
        closes = word in NO_SPACE_BEFORE or (word == '"' and quoted)
        opened = quoted and text.endswith('"')
        text += word if closes or opened else " " + word
        quoted ^= word == '"'
    return text.strip()
