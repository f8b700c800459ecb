"""How a chat looks: its turns, the raw transcript, how a reply ended, and the still for a page that cannot run."""

from html import escape

from classroom.display import figures, parts
from classroom.lessons.tokens.widgets import count
from nextword import chat

NAMES = {"user": ("You", figures.GREY), "assistant": ("The machine", figures.BLUE)}
MARK = "background:#d69e2e55;border-radius:3px"
CURSOR = "▌"
NOTHING_YET = "Nothing has been said yet."
SAID_NOTHING = "(It ended its turn at once, without a word.)"


def turn(who: str, what: str, cursor: str = "") -> str:
    """What one of the two said, as HTML."""
    name, colour = NAMES[who]
    words = escape(what) + cursor if what or cursor else parts.faint(SAID_NOTHING)
    said = f'<div style="border-left:3px solid {colour};padding:0 10px;line-height:1.45;{parts.WRAP}">{words}</div>'
    return f'<div style="margin-bottom:10px">{parts.faint(name)}{said}</div>'


def raw(turns: list[chat.Turn], heard: str | None = None) -> str:
    """The transcript as HTML, with gold behind its marks, and only behind those that are marks to the machine.

    `heard` is the reply that is being written, if one is.
    """
    text = chat.transcript([(who, what.replace("<|", chat.ESCAPED_MARK)) for who, what in turns])
    if heard is None:
        text = text.removesuffix(f"{chat.START}assistant\n")  # nobody is to speak
    else:
        text += heard.replace("<|", chat.ESCAPED_MARK) + CURSOR
    html = escape(text)
    for mark in map(escape, (chat.START, chat.END)):
        html = html.replace(mark, f'<span style="{MARK}">{mark}</span>')
    html = html.replace(escape(chat.ESCAPED_MARK), escape("<|"))
    return f'<div style="font-family:monospace;line-height:1.45;{parts.WRAP}">{html}</div>'


def ended(tokens: int, most: int, seconds: float, stopped: bool) -> str:
    """How a reply ended, and how fast it was written.

    >>> ended(40, 300, 2.0, stopped=True)
    'You stopped it after 40 tokens in 2.0 seconds, 20 a second. What it had said stays in the chat.'
    """
    speed = f"{count(tokens, 'token')} in {seconds:.1f} seconds, {tokens / max(seconds, 0.01):.0f} a second"
    if stopped:
        return f"You stopped it after {speed}. What it had said stays in the chat."
    if not tokens:
        return (
            f"It read for {seconds:.1f} seconds, and the first piece that it chose was {chat.END}, which ends its turn. "
            "Ask in other words, or in fewer: to a long text so small a machine often says nothing."
        )
    if tokens >= most:
        return f"It was cut off at its limit: {speed}."
    return f"It wrote {speed}, and then {chat.END}, which ends its turn."


def told(error: Exception) -> str:
    """An error as one sentence.

    >>> told(ValueError("there is nothing to answer: say something first"))
    'There is nothing to answer: say something first.'
    """
    says = " ".join(str(error).split())[:400]
    if isinstance(error, ValueError) and says:
        return says[0].upper() + says[1:] + "." * (not says.endswith("."))
    return f"The reply broke off. {type(error).__name__}: {says}"


def still(system: str, temperature: float) -> str:
    """The empty chat, for a page that cannot run."""
    buttons = " ".join(f"<button disabled>{name}</button>" for name in ("Send", "Stop", "Start again"))
    return parts.still(
        f'<div style="{parts.FIELD}">{parts.faint("system prompt")}{escape(system)}</div>',
        f'<div style="margin:12px 0">{parts.faint(NOTHING_YET)}</div>',
        f'<div style="{parts.FIELD}">{parts.faint("you: say something")}</div>',
        f"<div>{buttons} temperature: {temperature:.1f}</div>",
        parts.faint("This is a still. Where the notebook runs, the machine answers."),
    )
