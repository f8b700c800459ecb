"""Exercise `tokenizer.decode`: its cases, its right answer found otherwise, and how people get it wrong."""

import codecs

from classroom.judge import shelf
from classroom.judge.registry import check, mistake

SWANS = [b"sw", b"an", b" ", b"s", b"\n"]


BROKEN = [b"tr", b"\xc3", b"\xa6", b"\xf0\x9f", b"\xa6\x86", b"a\xff", b" \xc3", b"\xa6l"]


@check(
    "tokenizer.decode",
    cases=[
        ([0, 1], SWANS),
        ([0, 1, 3, 2, 0, 1], SWANS),
        ([3, 4], BROKEN),
        ([5, 0], BROKEN),
        ([], SWANS),
        ([0, 1, 2, 0], BROKEN),
        ([0, 6, 7, 1], BROKEN),
        ([2, 0, 1, 4, 2], SWANS),
        ([3, 0], BROKEN),
        (
            [115, 119, 258, 261],
            [*(bytes([byte]) for byte in range(256)), b"sw", b"an", b"swan", b"\xc3", b"", b"!"],
        ),
    ],
    awkward=[
        *(([number], shelf.BYTES) for number in range(len(shelf.BYTES))),
        ([10, 0, 3, 7, 8, 5, 4, 10, 2], shelf.BYTES),
        ([7, 8, 8, 7], shelf.BYTES),
    ],
)
def decode(ids, table):
    reader = codecs.getincrementaldecoder("utf-8")(errors="replace")
    letters = [reader.decode(bytes([byte])) for i in ids for byte in table[i]]
    return "".join(letters) + reader.decode(b"", final=True)


@mistake(
    "tokenizer.decode",
    "decode-each-token",
    "Each token was read as text by itself, so a letter whose bytes lie in two tokens came out broken. "
    "Join bytes first.",
)
def _(ids, table):
    return "".join(table[i].decode("utf-8", errors="replace") for i in ids)


@mistake(
    "tokenizer.decode",
    "decode-each-token-strict",
    "It stops at a token that is part of a letter. Join the bytes of all tokens first, and read them as "
    "text once.",
)
def _(ids, table):
    return "".join(table[i].decode("utf-8") for i in ids)


@mistake(
    "tokenizer.decode",
    "decode-strict",
    'It stops at bytes that are not UTF-8. A model may write any bytes: errors="replace" shows a � there '
    "and goes on.",
)
def _(ids, table):
    return b"".join(table[i] for i in ids).decode("utf-8")


@mistake(
    "tokenizer.decode",
    "decode-ignore",
    'Bytes that are not UTF-8 vanish without a trace. errors="replace" shows a � where something was.',
)
def _(ids, table):
    return b"".join(table[i] for i in ids).decode("utf-8", errors="ignore")


@mistake(
    "tokenizer.decode",
    "decode-byte-for-letter",
    "Each byte was read as a letter of its own, so é became Ã©. The bytes are UTF-8: decode them as that.",
)
def _(ids, table):
    return b"".join(table[i] for i in ids).decode("latin-1")


@mistake(
    "tokenizer.decode",
    "decode-chr",
    "chr(i) takes a token's id for a letter. Look the id up in the table: what it stands for are bytes.",
)
def _(ids, table):
    return "".join(chr(i) for i in ids)


@mistake(
    "tokenizer.decode",
    "decode-ids-as-bytes",
    "bytes(ids) only works while every id is below 256. Look each id up in the table.",
)
def _(ids, table):
    return bytes(ids).decode("utf-8", errors="replace")


@mistake(
    "tokenizer.decode",
    "decode-spaces",
    "Spaces were put between tokens. A space is part of a token already: join with nothing between.",
)
def _(ids, table):
    return b" ".join(table[i] for i in ids).decode("utf-8", errors="replace")


@mistake("tokenizer.decode", "decode-bytes", "These are the bytes. To make them text, .decode(...) them.")
def _(ids, table):
    return b"".join(table[i] for i in ids)


@mistake(
    "tokenizer.decode",
    "decode-str",
    "str(...) of bytes is how Python shows them, with the b'...' around. .decode(...) reads them as text.",
)
def _(ids, table):
    return str(b"".join(table[i] for i in ids))


@mistake(
    "tokenizer.decode",
    "decode-stripped",
    "Spaces or line ends at the edges are gone. They are part of the text: no strip().",
)
def _(ids, table):
    return b"".join(table[i] for i in ids).decode("utf-8", errors="replace").strip()


@mistake(
    "tokenizer.decode",
    "decode-str-each",
    "str(...) of bytes is how Python shows them, with b'...' around each. Join the bytes, then .decode(...) them.",
)
def _(ids, table):
    return "".join(str(table[i]) for i in ids)


@mistake(
    "tokenizer.decode",
    "decode-other-errors",
    'Bytes that are not UTF-8 became escapes such as \\xff. errors="replace" shows one � for them.',
)
def _(ids, table):
    return b"".join(table[i] for i in ids).decode("utf-8", errors="backslashreplace")


@mistake(
    "tokenizer.decode",
    "decode-return-inside",
    "Only the first token came back: the return stands inside the loop. Move it to the left.",
)
def _(ids, table):
    return table[ids[0]].decode("utf-8", errors="replace") if ids else ""
