"""Answers to `tokenizer.decode` as readers might write them."""

from tests.lessons import right, wrong


@right("tokenizer.decode")
def _(ids, table):
    raw = bytearray()
    for i in ids:
        raw += table[i]
    return str(raw, "utf-8", "replace")


@wrong("tokenizer.decode", "decode-each-token")
def _(ids, table):
    text = ""
    for i in ids:
        text += str(table[i], "utf-8", "replace")
    return text


@wrong("tokenizer.decode", "decode-each-token-strict")
def _(ids, table):
    text = ""
    for i in ids:
        text += table[i].decode()
    return text


@wrong("tokenizer.decode", "decode-strict")
def _(ids, table):
    return bytes(byte for i in ids for byte in table[i]).decode()


@wrong("tokenizer.decode", "decode-ignore")
def _(ids, table):
    return str(bytes(byte for i in ids for byte in table[i]), "utf-8", "ignore")


@wrong("tokenizer.decode", "decode-byte-for-letter")
def _(ids, table):
    return "".join(chr(byte) for i in ids for byte in table[i])


@wrong("tokenizer.decode", "decode-chr")
def _(ids, table):
    text = ""
    for i in ids:
        text += chr(i)
    return text


@wrong("tokenizer.decode", "decode-ids-as-bytes")
def _(ids, table):
    return str(bytearray(ids), encoding="utf-8", errors="replace")


@wrong("tokenizer.decode", "decode-spaces")
def _(ids, table):
    raw = b""
    for i in ids:
        raw += table[i] + b" "
    return raw[:-1].decode(errors="replace")


@wrong("tokenizer.decode", "edit")
def _(ids, table):
    raw = b""
    for i in ids:
        raw += table[i]
    return raw


@wrong("tokenizer.decode", "decode-str")
def _(ids, table):
    raw = b""
    for i in ids:
        raw += table[i]
    return f"{raw}"


@wrong("tokenizer.decode", "lost-at-the-edges")
def _(ids, table):
    whole = b""
    for i in ids:
        whole += table[i]
    return str(whole.strip(), "utf-8", "replace")


@wrong("tokenizer.decode", "decode-str-each")
def _(ids, table):
    text = ""
    for i in ids:
        text += f"{table[i]}"
    return text


@wrong("tokenizer.decode", "place-parts")
def _(ids, table):
    return str(b"".join(map(table.__getitem__, ids)), "utf-8", "backslashreplace")


@wrong("tokenizer.decode", "decode-return-inside")
def _(ids, table):
    whole = b""
    for i in ids:
        whole += table[i]
        return whole.decode("utf-8", errors="replace")
    return ""


@wrong("tokenizer.decode", "decode-each-token")
def _(ids, table):
    return "".join(str(table[i], "utf-8", "ignore") for i in ids)


@wrong("tokenizer.decode", "decode-join-str")
def _(ids, table):
    text = ""
    for i in ids:
        text += table[i]
    return text


@wrong("tokenizer.decode", "decode-each-token")
def _(ids, table):
    text = ""
    for i in ids:
        try:
            text += table[i].decode()
        except UnicodeDecodeError:
            text += "\ufffd"
    return text


@wrong("tokenizer.decode", "decode-all-or-nothing")
def _(ids, table):
    whole = b"".join(table[i] for i in ids)
    try:
        return str(whole, "utf-8")
    except ValueError:
        return "\ufffd" * len(whole)
