"""`tokenizer.utf8_bytes`: a text as its UTF-8 bytes. Hard: a letter is not a byte, nor its number in Unicode."""

from classroom.judge import shelf
from classroom.judge.listed import edits
from classroom.judge.registry import check


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
    awkward=[(text,) for text in shelf.TEXTS],
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


edits(
    "tokenizer.utf8_bytes",
    (
        "to-ids-ord",
        ...,
        "return [ord(letter) for letter in text]",
        "ord gives a letter's number in Unicode: é is 233 and a duck 129,414. The bytes of é are 195, 169: encode first.",
    ),
    (
        "to-ids-bytes",
        ...,
        'return text.encode("utf-8")',
        "These are the bytes, as one bytes object. What is needed is a list of numbers: list(...) of them.",
    ),
    (
        "to-ids-letters",
        ...,
        "return list(text)",
        "These are letters. A machine needs numbers: the bytes that stand for them in UTF-8.",
    ),
    (
        "to-ids-one-byte-a-letter",
        "utf-8",
        "latin-1",
        "One byte a letter is not enough: Latin-1 and ASCII know few letters, and stop at the others. Use UTF-8.",
    ),
    (
        "to-ids-letters-lost",
        '"utf-8"',
        '"ascii", errors="ignore"',
        "Letters outside ASCII were dropped or became question marks. Nothing may be lost: encode as UTF-8.",
    ),
    (
        "to-ids-question-marks",
        '"utf-8"',
        '"ascii", errors="replace"',
        "Letters that ASCII does not know became question marks (63). Nothing may be lost: encode as UTF-8.",
    ),
    (
        "to-ids-utf-16",
        "utf-8",
        "utf-16",
        "This is UTF-16: it begins with two bytes that are a mark, and spends two on each letter. Use UTF-8.",
    ),
    (
        "to-ids-nested",
        ...,
        'return [list(letter.encode("utf-8")) for letter in text]',
        "Each letter has a list of its own. One flat list is needed: where a letter ends does not matter from here on.",
    ),
    (
        "to-ids-bytes-each",
        ...,
        'return [bytes([byte]) for byte in text.encode("utf-8")]',
        "Each item is a bytes object of one byte. list(...) of the whole bytes object gives plain numbers.",
    ),
    (
        "to-ids-spaces-lost",
        "text.encode",
        '"".join(text.split()).encode',
        "Spaces are gone. A tokenizer has to give back exactly what it was given: encode the text as it is.",
    ),
    (
        "to-ids-own-table",
        ...,
        "letters = sorted(set(text))\nreturn [letters.index(letter) for letter in text]",
        "You numbered the letters of this text. In the next text the same letter gets another number; bytes never do.",
    ),
)
