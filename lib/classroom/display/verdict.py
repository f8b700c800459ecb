"""What a reader sees after running an exercise: a few lines, never a traceback."""

from html import escape

# For signs and lines, which show on a white and on a black page (3 to 1); words keep the page's own colour.
COLOURS = {"right": "#2e7d32", "wrong": "#b26a00", "to do": "#5c6bc0", "note": "#607d8b"}
SIGNS = {"right": "✓", "wrong": "✗", "to do": "…", "note": "·"}


CARD = "border-left:4px solid {};padding:2px 10px;max-width:60em"
LABEL = "text-align:left;vertical-align:top;opacity:.7"
CODE = "white-space:pre-wrap;overflow-wrap:anywhere"


class Verdict:
    """A headline, sentences, rows of labelled code, and links; shown as text or, in a notebook, as a card."""

    def __init__(
        self,
        kind: str,
        headline: str,
        *sentences: str,
        rows: dict[str, str] | None = None,
        links: dict[str, str | None] | None = None,
        id: str = "",
    ):
        self.kind, self.headline = kind, headline
        self.id = id  # of the diagnosis: for reports and tests, not for the reader
        self.sentences = [sentence for sentence in sentences if sentence]
        self.rows = {label: code for label, code in (rows or {}).items() if code}
        self.links = {label: address for label, address in (links or {}).items() if address}

    def __repr__(self) -> str:
        width = max(map(len, self.rows), default=0)
        rows = [f"  {label:<{width}}  {code}" for label, code in self.rows.items()]
        links = [f"  {label} ({address})" for label, address in self.links.items()]
        sentences = [f"  {sentence}" for sentence in self.sentences]
        return "\n".join([f"{SIGNS[self.kind]} {self.headline}", *sentences, *rows, *links])

    def _repr_html_(self) -> str:
        colour = COLOURS[self.kind]
        sign = f'<span style="color:{colour}">{SIGNS[self.kind]}</span>'
        sentences = "".join(f"<div>{escape(sentence)}</div>" for sentence in self.sentences)
        rows = "".join(_row(label, code) for label, code in self.rows.items())
        table = f'<table style="margin:4px 0">{rows}</table>' if rows else ""
        links = "".join(
            f'<div><a href="{escape(address)}"><b>{escape(label)}</b></a></div>'
            for label, address in self.links.items()
        )
        words = f"<b>{sign} {escape(self.headline)}</b>{sentences}{table}{links}"
        return f'<div style="{CARD.format(colour)}">{words}</div>'


def _row(label: str, code: str) -> str:
    code = f'<code style="{CODE}">{escape(code)}</code>'
    return f'<tr><td style="{LABEL}">{escape(label)}</td><td style="text-align:left">{code}</td></tr>'
