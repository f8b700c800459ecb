"""What a reader sees after running an exercise: a few lines, never a traceback."""

from html import escape

COLOURS = {"right": "#2e7d32", "wrong": "#b26a00", "to do": "#5c6bc0", "note": "#607d8b"}
SIGNS = {"right": "✓", "wrong": "✗", "to do": "…", "note": "·"}


class Verdict:
    """A headline, sentences, and rows of labelled code; shows itself as text and, in a notebook, as a card."""

    def __init__(self, kind: str, headline: str, *sentences: str, rows: dict[str, str] | None = None):
        self.kind, self.headline = kind, headline
        self.sentences = [sentence for sentence in sentences if sentence]
        self.rows = {label: code for label, code in (rows or {}).items() if code}

    def __repr__(self) -> str:
        width = max(map(len, self.rows), default=0)
        rows = [f"  {label:<{width}}  {code}" for label, code in self.rows.items()]
        return "\n".join([f"{SIGNS[self.kind]} {self.headline}", *(f"  {s}" for s in self.sentences), *rows])

    def _repr_html_(self) -> str:
        colour = COLOURS[self.kind]
        sentences = "".join(f"<div>{escape(sentence)}</div>" for sentence in self.sentences)
        rows = "".join(
            f'<tr><td style="text-align:left;vertical-align:top;opacity:.7">{escape(label)}</td>'
            f'<td style="text-align:left"><code>{escape(code)}</code></td></tr>'
            for label, code in self.rows.items()
        )
        table = f'<table style="margin:4px 0">{rows}</table>' if rows else ""
        return (
            f'<div style="border-left:4px solid {colour};padding:2px 10px;max-width:60em">'
            f'<b style="color:{colour}">{SIGNS[self.kind]} {escape(self.headline)}</b>{sentences}{table}</div>'
        )
