"""The moving pictures of lesson 03."""

from html import escape

from classroom.display.dial import Dial
from classroom.display.typed import Typed
from nextword.tokenizer import Tokenizer

PASTELS = ("#f6d860", "#a7d8f0", "#f5b8a8", "#b9e3a8", "#d8c3f0", "#f7cfe3")
BYTE = "#d5dbe1"  # a token that is still a single byte
INK = "#22303c"  # dark on every chip, in light and dark themes alike
SHOWN, READ = 200, 2_000  # tokens that are drawn; characters that are read of a text that is longer


def chips(tokenizer: Tokenizer, ids: list[int], numbers: bool = False) -> str:
    """Tokens as coloured chips of HTML, one colour to a token; with `numbers`, each id stands below."""
    drawn = "".join(chip(tokenizer, i, numbers) for i in ids)
    return f'<div style="line-height:1.9;max-width:60em">{drawn}</div>'


def chip(tokenizer: Tokenizer, i: int, number: bool) -> str:
    """One token. A space shows as a dot, and bytes that are no whole letter show as numbers."""
    colour = BYTE if i < 256 else PASTELS[i % len(PASTELS)]
    below = f'<br><span style="font-size:70%;opacity:.75">{i}</span>' if number else ""
    style = (
        f"display:inline-block;background:{colour};color:{INK};border-radius:4px;margin:1px;padding:0 3px;"
        "font-family:monospace;line-height:1.35;text-align:center;vertical-align:top"
    )
    return f'<span style="{style}">{escape(visible(tokenizer.table[i]))}{below}</span>'


def visible(token: bytes) -> str:
    """A token's bytes as something that can be seen.

    >>> visible(b" swan"), visible(b"\\xc3"), visible(b"\\n")
    ('·swan', 'C3', '↵')
    """
    try:
        text = token.decode("utf-8")
    except UnicodeDecodeError:
        return token.hex(" ").upper()
    text = text.replace(" ", "·").replace("\n", "↵").replace("\t", "⇥")
    return text if text.isprintable() else token.hex(" ").upper()


def melting(tokenizer: Tokenizer, sentences: dict[str, str]) -> Dial:
    """Scrub the number of merges, and see the bytes of sentences fuse, side by side."""
    steps = [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]
    steps = [n for n in steps if n < len(tokenizer.merges)] + [len(tokenizer.merges)]

    def draw(n_merges: int):
        smaller, columns, counts = Tokenizer(tokenizer.merges[:n_merges], tokenizer.pattern), [], []
        for name, sentence in sentences.items():
            ids = smaller.encode(sentence)
            counts.append(f"{name} {len(ids)}")
            title = f"<b>{escape(name)}: {len(ids)} tokens</b>"
            columns.append(f'<div style="flex:1 1 20em">{title}{chips(smaller, ids)}</div>')
        page = f'<div style="display:flex;flex-wrap:wrap;gap:1.5em;min-height:9em">{"".join(columns)}</div>'
        return page, f"After {n_merges:,} merges: {' tokens, '.join(counts)} tokens."

    start = 64 if 64 in steps else steps[-1]
    return Dial("merges:", steps, draw, start, name=lambda n: f"{n:,}")


def what_it_sees(tokenizer: Tokenizer, start: str = "The duckling followed 3 swans. 🦆") -> Typed:
    """Type anything, and see the tokens that it becomes, with their ids."""

    def draw(text: str):
        if not text:
            raise ValueError("No text, no tokens. Type something.")
        read = text[:READ]
        ids = tokenizer.encode(read)
        part = "" if read == text else f"The first {READ:,} of these {len(text):,} characters: "
        more = f" The first {SHOWN} are drawn." if len(ids) > SHOWN else ""
        size = len(read.encode())
        says = (
            f"{part}{count(len(read), 'character')}, {count(size, 'byte')}, {count(len(ids), 'token')}.{more}"
        )
        return chips(tokenizer, ids[:SHOWN], numbers=True), says

    return Typed("the machine reads:", start, draw)


def count(n: int, what: str) -> str:
    """`3 tokens`, `1 token`."""
    return f"{n:,} {what}{'' if n == 1 else 's'}"
