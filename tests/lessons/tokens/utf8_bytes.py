"""Answers to `tokenizer.utf8_bytes` as readers might write them."""

import numpy as np

from tests.lessons import right, wrong


@right("tokenizer.utf8_bytes")
def _(text):
    return [int(byte) for byte in np.frombuffer(text.encode(), dtype=np.uint8)]


@right("tokenizer.utf8_bytes")
def _(text):
    ids = []
    for letter in text:
        for byte in bytearray(letter, "utf8"):
            ids.append(byte)
    return ids


@wrong("tokenizer.utf8_bytes", "to-ids-ord")
def _(text):
    ids = []
    for letter in text:
        ids += [ord(letter)]
    return ids


@wrong("tokenizer.utf8_bytes", "to-ids-bytes")
def _(text):
    return bytes(text, "utf-8")


@wrong("tokenizer.utf8_bytes", "to-ids-one-byte-a-letter")
def _(text):
    return [*bytes(text, "iso-8859-1")]


@wrong("tokenizer.utf8_bytes", "to-ids-letters-lost")
def _(text):
    return [ord(letter) for letter in text if ord(letter) < 128]


@wrong("tokenizer.utf8_bytes", "to-ids-question-marks")
def _(text):
    return [ord(letter) if letter.isascii() else ord("?") for letter in text]


@wrong("tokenizer.utf8_bytes", "to-ids-utf-16")
def _(text):
    return [*bytes(text, "utf16")]


@wrong("tokenizer.utf8_bytes", "to-ids-nested")
def _(text):
    ids = []
    for letter in text:
        ids.append(list(letter.encode()))
    return ids


@wrong("tokenizer.utf8_bytes", "to-ids-own-table")
def _(text):
    letters = sorted(set(text))
    return [letters.index(letter) for letter in text]


@wrong("tokenizer.utf8_bytes", "to-ids-letters")
def _(text):
    return [letter for letter in text]


@wrong("tokenizer.utf8_bytes", "to-ids-spaces-lost")
def _(text):
    return list("".join(text.split()).encode())


@wrong("tokenizer.utf8_bytes", "to-ids-bytes-each")
def _(text):
    whole = text.encode()
    return [whole[place : place + 1] for place in range(len(whole))]
