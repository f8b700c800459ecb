"""Exercise `tokenizer.utf8_bytes`: its cases, its right answer found otherwise, and how people get it wrong."""

from classroom.judge import shelf
from classroom.judge.registry import check, mistake


@check(
    "tokenizer.utf8_bytes",
    cases=[
        ("swan",),
        ("é",),
        ("Ælling, der var træt.",),
        ("",),
        ("🦆",),
        ("Swans AND swans\t\r\n ",),
        ("跟着天鹅",),
        ("1 € = 100 ¢",),
        ("όχθη e\u0301\u0000\uffff",),
    ],
    awkward=[
        *((text,) for text in shelf.TEXTS),
    ],
)
def utf8_bytes(text):
    ids = []
    for number in map(ord, text):  # UTF-8 as its standard draws it, bit by bit
        if number < 0x80:
            ids += [number]
        elif number < 0x800:
            ids += [0b11000000 | number >> 6, 0b10000000 | number & 63]
        elif number < 0x10000:
            ids += [0b11100000 | number >> 12, 0b10000000 | number >> 6 & 63, 0b10000000 | number & 63]
        else:
            ids += [0b11110000 | number >> 18]
            ids += [0b10000000 | number >> shift & 63 for shift in (12, 6, 0)]
    return ids


@mistake(
    "tokenizer.utf8_bytes",
    "to-ids-ord",
    "ord gives a letter's number in Unicode: é is 233 and a duck 129,414. The bytes of é are 195, 169: "
    "encode first.",
)
def _(text):
    return [ord(letter) for letter in text]


@mistake(
    "tokenizer.utf8_bytes",
    "to-ids-bytes",
    "These are the bytes, as one bytes object. What is needed is a list of numbers: list(...) of them.",
)
def _(text):
    return text.encode("utf-8")


@mistake(
    "tokenizer.utf8_bytes",
    "to-ids-one-byte-a-letter",
    "One byte a letter is not enough: Latin-1 and ASCII know few letters, and stop at the others. Use UTF-8.",
)
def _(text):
    return list(text.encode("latin-1"))


@mistake(
    "tokenizer.utf8_bytes",
    "to-ids-letters-lost",
    "Letters outside ASCII were dropped or became question marks. Nothing may be lost: encode as UTF-8.",
)
def _(text):
    return list(text.encode("ascii", errors="ignore"))


@mistake(
    "tokenizer.utf8_bytes",
    "to-ids-question-marks",
    "Letters that ASCII does not know became question marks (63). Nothing may be lost: encode as UTF-8.",
)
def _(text):
    return list(text.encode("ascii", errors="replace"))


@mistake(
    "tokenizer.utf8_bytes",
    "to-ids-utf-16",
    "This is UTF-16: it begins with two bytes that are a mark, and spends two on each letter. Use UTF-8.",
)
def _(text):
    return list(text.encode("utf-16"))


@mistake(
    "tokenizer.utf8_bytes",
    "to-ids-nested",
    "Each letter has a list of its own. One flat list is needed: where a letter ends does not matter "
    "from here on.",
)
def _(text):
    return [list(letter.encode("utf-8")) for letter in text]


@mistake(
    "tokenizer.utf8_bytes",
    "to-ids-own-table",
    "You numbered the letters of this text. In the next text the same letter gets another number; bytes "
    "never do.",
)
def _(text):
    number = {letter: i for i, letter in enumerate(sorted(set(text)))}
    return [number[letter] for letter in text]


@mistake(
    "tokenizer.utf8_bytes",
    "to-ids-lower",
    "Capital letters or the space at the end are gone. A tokenizer has to give back exactly what it was "
    "given.",
)
def _(text):
    return list(text.lower().strip().encode("utf-8"))


@mistake(
    "tokenizer.utf8_bytes",
    "to-ids-letters",
    "These are letters. A machine needs numbers: the bytes that stand for them in UTF-8.",
)
def _(text):
    return list(text)


@mistake(
    "tokenizer.utf8_bytes",
    "to-ids-utf-16-le",
    "Every second number is 0: this is UTF-16, which spends two bytes on each letter. Use UTF-8.",
)
def _(text):
    return list(text.encode("utf-16-le"))


@mistake(
    "tokenizer.utf8_bytes",
    "to-ids-spaces-lost",
    "Spaces are gone. A tokenizer has to give back exactly what it was given: encode the text as it is.",
)
def _(text):
    return [byte for word in text.split() for byte in word.encode("utf-8")]


@mistake(
    "tokenizer.utf8_bytes",
    "to-ids-bytes-each",
    "Each item is a bytes object of one byte. list(...) of the whole bytes object gives plain numbers.",
)
def _(text):
    return [bytes([byte]) for byte in text.encode("utf-8")]
