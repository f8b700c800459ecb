"""Exercise `chat.transcript`: a chat template (ChatML), exact to the character, that ends in an open assistant turn."""

from classroom.judge import shelf
from classroom.judge.comparison import show
from classroom.judge.diagnosis import ask
from classroom.judge.listed import edits
from classroom.judge.registry import Wrong, check, find

HELLO = [("user", "Hello!")]
BRIEF = [("system", "Be brief."), ("user", "Hello!")]
LONGER = [*BRIEF, ("assistant", "Hi. What is it?"), ("user", "Who wrote The Ugly Duckling?")]
UNUSUAL = [("system", "  You are a swan.  "), ("user", "Two lines,\nand a 🦆:\n\n- tired\n")]

AS_IT_IS = "Names in curly brackets stand there as they are: before the quotes an f is missing, f'...'."
QUOTED = "{} stands in quotes: without them it is the mark. (In an f-text: in curly brackets.)"


def it_is_right_up_to_here(transcript):
    """Where an answer first goes another way than the one that is needed."""
    for (turns,) in find("chat.transcript").cases:
        yours, needed = ask("chat.transcript", transcript, turns), by_lines(turns)
        if not isinstance(yours, str) or yours == needed:
            continue
        shown = f"transcript({show(turns)})", show(yours), show(needed)
        if "{" in yours and "{" not in needed:
            raise Wrong("transcript-no-f", AS_IT_IS, *shown)
        for mark in ("chat.START", "chat.END"):
            if mark in yours and mark not in needed:
                raise Wrong("transcript-quoted-mark", QUOTED.format(mark), *shown)
        raise Wrong("transcript-up-to-here", where_they_part(yours, needed), *shown)


def where_they_part(yours: str, needed: str) -> str:
    """Up to where two texts are the same, and how each goes on."""
    pairs = enumerate(zip(yours, needed, strict=False))
    here = next((i for i, (a, b) in pairs if a != b), min(len(yours), len(needed)))
    said, should = yours[here : here + 20], needed[here : here + 20]
    if not said:
        return f"It ends too early: {should!r} is missing."
    up_to = f"It is right as far as {needed[max(0, here - 20) : here]!r}. " if here else ""
    if not should:
        return f"{up_to}Then it should end, and {said!r} follows."
    return f"{up_to}Then comes {said!r}, and it should be {should!r}."


@check(
    "chat.transcript",
    behaviours=[it_is_right_up_to_here],
    cases=[
        (HELLO,),
        (BRIEF,),
        (LONGER,),
        ([*HELLO, ("assistant", "Hi."), ("user", "Are you tired?")],),
        (UNUSUAL,),
        (BRIEF[:1],),
        ([*HELLO, ("assistant", "Hi."), ("user", "Go on."), ("assistant", "I am a swan.")],),
        ([],),
    ],
    awkward=[
        ([("user", "")],),
        ([*HELLO, ("assistant", ""), ("user", ""), ("user", "\n")],),
        ([("tool", text) for text in shelf.TEXTS],),
        ([(text or "x", "a") for text in shelf.TEXTS],),
    ],
)
def by_lines(turns):
    lines = []
    for turn in turns:
        lines += ["<|im_start|>" + turn[0], turn[1] + "<|im_end|>"]
    return "\n".join([*lines, "<|im_start|>assistant", ""])


OPEN = 'text += f"{chat.START}assistant\\n"'

edits(
    "chat.transcript",
    (
        "transcript-not-opened",
        OPEN,
        "",
        "The assistant's turn was not opened, so the machine would go on with *your* line. The text must end with the mark, assistant, and a new line.",
    ),
    (
        "transcript-closed",
        "assistant\\n",
        "assistant\\n{chat.END}\\n",
        "The assistant's turn was closed before it has said a word. The machine closes it, with <|im_end|>: leave it open.",
    ),
    (
        "transcript-name-only",
        "assistant\\n",
        "assistant",
        "Nearly: after the last `assistant` a new line is missing. Then the machine would go on with that word.",
    ),
    (
        "transcript-opened-each-time",
        OPEN,
        f"    {OPEN}",
        "A turn of the assistant was opened after every turn. One is enough, at the very end: below the loop.",
    ),
    (
        "transcript-name-and-colon",
        "{who}\\n",
        "{who}: ",
        "People write `user: Hello!`; this model was trained on something else: the name, and a new line.",
    ),
    (
        "transcript-stuck-together",
        "{who}\\n",
        "{who}",
        "The name and what is said stick together. After the name comes a new line: \\n.",
    ),
    (
        "transcript-no-line-after-end",
        "{chat.END}\\n",
        "{chat.END}",
        "After <|im_end|> a new line is missing.",
    ),
    (
        "transcript-joined",
        OPEN,
        f"text = text[:-1]\n    {OPEN}",
        '"\\n".join puts new lines between, and none at the end: after the last <|im_end|> one is missing.',
    ),
    (
        "transcript-line-before-end",
        "{what}",
        "{what}\\n",
        "<|im_end|> follows right on what was said, on the same line.",
    ),
    (
        "transcript-not-ended",
        "{chat.END}",
        "",
        "The turns are not closed: after what was said comes <|im_end|>.",
    ),
    (
        "transcript-swapped",
        "who, what in",
        "what, who in",
        "Who and what are exchanged: a turn is a pair (who, what), and who comes first.",
    ),
    (
        "transcript-last-only",
        ("text +=", 1),
        "text =",
        "Only the last turn was written. The machine remembers nothing: what is not in the text was never said.",
    ),
    (
        "transcript-first-only",
        OPEN,
        f"    {OPEN}\n        return text\n    {OPEN}",
        "Only the first turn was written. (Does a return stand inside the loop?)",
    ),
    (
        "transcript-list",
        [('""', "[]"), (("+= f", "every"), "+= [f"), (('\\n"', "every"), '\\n"]')],
        'This is a list of the turns. Make one text of it: "".join(...).',
    ),
)
