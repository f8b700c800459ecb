"""`tokenizer.decode`: tokens as text. Hard: a letter's bytes may lie in two tokens, or be no UTF-8 at all."""

import codecs

from classroom.judge import shelf
from classroom.judge.listed import edits
from classroom.judge.registry import Wrong, check, mistake
from classroom.judge.sandbox import run

SWANS = [b"sw", b"an", b" ", b"s", b"\n"]
BROKEN = [b"tr", b"\xc3", b"\xa6", b"\xf0\x9f", b"\xa6\x86", b"a\xff", b" \xc3", b"\xa6l"]
BYTES_FIRST = [*(bytes([byte]) for byte in range(256)), b"sw", b"an", b"swan", b"\xc3", b"", b"!"]


def reads_bytes_of_all_tokens(decode):
    """A letter whose bytes lie in two tokens is one letter."""
    table = [b"\xc3", b"\xa6", "æ".encode()]
    whole, first, second, both = (run(decode, (ids, table)).value for ids in ([2], [0], [1], [0, 1]))
    if whole == "æ" and isinstance(first, str) and isinstance(second, str) and both == first + second:
        says = "Each token was read as text by itself, so a letter whose bytes lie in two tokens came out broken. "
        says += "Join bytes first."
        raise Wrong("decode-each-token", says, f"decode([0, 1], {table[:2]})", repr(both), "'æ'")


def keeps_what_can_be_read(decode):
    """One broken byte costs one letter."""
    plain, broken = (run(decode, (ids, [b"swan", b"\xff"])).value for ids in ([0], [0, 1]))
    if plain == "swan" and isinstance(broken, str) and "swan" not in broken:
        says = "One byte that is not UTF-8 took the whole text with it. "
        says += 'errors="replace" shows a � in its place, and keeps the rest.'
        raise Wrong(
            "decode-all-or-nothing", says, "decode([0, 1], [b'swan', b'\\xff'])", repr(broken), "'swan�'"
        )


@check(
    "tokenizer.decode",
    behaviours=[reads_bytes_of_all_tokens, keeps_what_can_be_read],
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
        ([115, 119, 258, 261], BYTES_FIRST),
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


edits(
    "tokenizer.decode",
    (
        "decode-each-token-strict",
        ...,
        'return "".join(table[i].decode("utf-8") for i in ids)',
        "It stops at a token that is part of a letter. Join the bytes of all tokens first, and read them as text once.",
    ),
    (
        "decode-strict",
        ', errors="replace"',
        "",
        'It stops at bytes that are not UTF-8. A model may write any bytes: errors="replace" shows a � there and goes on.',
    ),
    (
        "decode-ignore",
        "replace",
        "ignore",
        'Bytes that are not UTF-8 vanish without a trace. errors="replace" shows a � where something was.',
    ),
    (
        "decode-byte-for-letter",
        "utf-8",
        "latin-1",
        "Each byte was read as a letter of its own, so é became Ã©. The bytes are UTF-8: decode them as that.",
    ),
    (
        "decode-chr",
        ...,
        'return "".join(chr(i) for i in ids)',
        "chr(i) takes a token's id for a letter. Look the id up in the table: what it stands for are bytes.",
    ),
    (
        "decode-ids-as-bytes",
        'b"".join(table[i] for i in ids)',
        "bytes(ids)",
        "bytes(ids) only works while every id is below 256. Look each id up in the table.",
    ),
    (
        "decode-spaces",
        'b""',
        'b" "',
        "Spaces were put between tokens. A space is part of a token already: join with nothing between.",
    ),
    (
        "decode-str",
        ...,
        'return str(b"".join(table[i] for i in ids))',
        "str(...) of bytes is how Python shows them, with the b'...' around. .decode(...) reads them as text.",
    ),
    (
        "decode-str-each",
        ...,
        'return "".join(str(table[i]) for i in ids)',
        "str(...) of bytes is how Python shows them, with b'...' around each. Join the bytes, then .decode(...) them.",
    ),
    (
        "decode-return-inside",
        "for i in ids",
        "for i in ids[:1]",
        "Only the first token came back: the return stands inside the loop. Move it to the left.",
    ),
)


@mistake(
    "tokenizer.decode",
    "decode-join-str",
    'A text takes no bytes in: begin with b"" and not with "", and .decode(...) what is joined.',
    where=r"""(?<![b"'])(""|'')(?!["'])""",
)
def _(ids, table):
    return "".join(table[i] for i in ids).decode("utf-8", errors="replace")
