"""Exercise `chat.transcript`: its cases, its right answer found otherwise, and how people get it wrong."""

from classroom.judge import shelf
from classroom.judge.comparison import show
from classroom.judge.diagnosis import ask
from classroom.judge.registry import Wrong, check, find, mistake

HELLO = [("user", "Hello!")]


BRIEF = [("system", "Be brief."), ("user", "Hello!")]


LONGER = [*BRIEF, ("assistant", "Hi. What is it?"), ("user", "Who wrote The Ugly Duckling?")]


UNUSUAL = [("system", "  You are a swan.  "), ("user", "Two lines,\nand a 🦆:\n\n- tired\n")]


def it_is_right_up_to_here(transcript):
    """Where an answer first goes another way than the one that is needed."""
    for (turns,) in find("chat.transcript").cases:
        yours, needed = ask("chat.transcript", transcript, turns), by_lines(turns)
        if not isinstance(yours, str) or yours == needed:
            continue
        if "{" in yours and "{" not in needed:
            says = (
                "Names in curly brackets stand there as they are: before the quotes an f is missing, f'...'."
            )
            raise Wrong("transcript-no-f", says, f"transcript({show(turns)})", show(yours), show(needed))
        for mark in ("chat.START", "chat.END"):
            if mark in yours and mark not in needed:
                says = f"{mark} stands in quotes: without them it is the mark. (In an f-text: in curly brackets.)"
                called = f"transcript({show(turns)})"
                raise Wrong("transcript-quoted-mark", says, called, show(yours), show(needed))
        here = next(
            (i for i, (a, b) in enumerate(zip(yours, needed, strict=False)) if a != b),
            min(len(yours), len(needed)),
        )
        said, should = yours[here : here + 20], needed[here : here + 20]
        says = f"It is right as far as {needed[max(0, here - 20) : here]!r}. " if here else ""
        says += (
            f"Then comes {said!r}, and it should be {should!r}."
            if should
            else f"Then it should end, and {said!r} follows."
        )
        if not said:
            says = f"It ends too early: {should!r} is missing."
        raise Wrong("transcript-up-to-here", says, f"transcript({show(turns)})", show(yours), show(needed))


@check(
    "chat.transcript",
    behaviours=[it_is_right_up_to_here],
    cases=[
        (HELLO,),
        (BRIEF,),
        (LONGER,),
        ([("user", "Hello!"), ("assistant", "Hi."), ("user", "Are you tired?")],),
        (UNUSUAL,),
        ([("system", "Be brief.")],),
        ([("user", "Hello!"), ("assistant", "Hi."), ("user", "Go on."), ("assistant", "I am a swan.")],),
        ([],),
    ],
    awkward=[
        ([("user", "")],),
        ([("user", "Hello!"), ("assistant", ""), ("user", ""), ("user", "\n")],),
        ([("tool", text) for text in shelf.TEXTS],),
        ([(text or "x", "a") for text in shelf.TEXTS],),
    ],
)
def by_lines(turns):
    lines = []
    for turn in turns:
        lines += ["<|im_start|>" + turn[0], turn[1] + "<|im_end|>"]
    return "\n".join([*lines, "<|im_start|>assistant", ""])


START, END = "<|im_start|>", "<|im_end|>"


def _said(turns):
    return "".join(f"{START}{who}\n{what}{END}\n" for who, what in turns)


@mistake(
    "chat.transcript",
    "transcript-not-opened",
    "The assistant's turn was not opened, so the machine would go on with *your* line. The text must end with the mark, assistant, and a new line.",
)
def _(turns):
    return _said(turns)


@mistake(
    "chat.transcript",
    "transcript-closed",
    "The assistant's turn was closed before it has said a word. The machine closes it, with <|im_end|>: leave it open.",
)
def _(turns):
    return f"{_said(turns)}{START}assistant\n{END}\n"


@mistake(
    "chat.transcript",
    "transcript-closed-at-once",
    "The assistant's turn was closed before it has said a word. The machine closes it, with <|im_end|>: leave it open.",
)
def _(turns):
    return f"{_said(turns)}{START}assistant\n{END}"


@mistake(
    "chat.transcript",
    "transcript-name-only",
    "Nearly: after the last `assistant` a new line is missing. Then the machine would go on with that word.",
)
def _(turns):
    return f"{_said(turns)}{START}assistant"


@mistake(
    "chat.transcript",
    "transcript-mark-only",
    "The last turn is opened, but for whom? After the mark comes `assistant` and a new line.",
)
def _(turns):
    return _said(turns) + START


@mistake(
    "chat.transcript",
    "transcript-users-turn",
    "You opened a turn of the user: then the machine plays *you*. Open one of the assistant.",
)
def _(turns):
    return f"{_said(turns)}{START}user\n"


@mistake(
    "chat.transcript",
    "transcript-swapped",
    "Who and what are exchanged: a turn is a pair (who, what), and who comes first.",
)
def _(turns):
    return _said([(what, who) for who, what in turns]) + f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-roles-swapped",
    "User and assistant are exchanged: the machine would take your words for its own. Take `who` as it stands in the turn.",
)
def _(turns):
    other = {"user": "assistant", "assistant": "user"}
    return _said([(other.get(who, who), what) for who, what in turns]) + f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-always-user",
    "Every turn was given to the user. Write who speaks: it stands in the turn.",
)
def _(turns):
    return _said([("user", what) for _, what in turns]) + f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-no-names",
    "It doesn't say who speaks. After <|im_start|> comes the speaker's name and a new line.",
)
def _(turns):
    return "".join(f"{START}{what}{END}\n" for _, what in turns) + f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-system-dropped",
    "The system's turn was left out. It is a turn like any other: the stage direction that the machine reads first.",
)
def _(turns):
    return _said([turn for turn in turns if turn[0] != "system"]) + f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-system-added",
    "A system turn was added that nobody gave. Write the turns that you are given, and no others.",
)
def _(turns):
    if not turns or turns[0][0] != "system":
        turns = [("system", "You are a helpful AI assistant named SmolLM, trained by Hugging Face"), *turns]
    return _said(turns) + f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-last-only",
    "Only the last turn was written. The machine remembers nothing: what is not in the text was never said.",
)
def _(turns):
    return _said(turns[-1:]) + f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-first-only",
    "Only the first turn was written. (Does a return stand inside the loop?)",
)
def _(turns):
    return _said(turns[:1]) + f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-opened-each-time",
    "A turn of the assistant was opened after every turn. One is enough, at the very end: below the loop.",
)
def _(turns):
    return "".join(_said([turn]) + f"{START}assistant\n" for turn in turns) or f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-opened-for-user",
    "The assistant's turn was opened only where the user spoke last. It is always the assistant's turn at the end: that is what the text is made for.",
)
def _(turns):
    opened = f"{START}assistant\n" if turns and turns[-1][0] == "user" else ""
    return _said(turns) + opened


@mistake(
    "chat.transcript",
    "transcript-no-line-after-name",
    "The name and what is said stand on one line. After the name comes a new line: \\n.",
)
def _(turns):
    return "".join(f"{START}{who} {what}{END}\n" for who, what in turns) + f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-name-and-colon",
    "People write `user: Hello!`; this model was trained on something else: the name, and a new line.",
)
def _(turns):
    return "".join(f"{START}{who}: {what}{END}\n" for who, what in turns) + f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-stuck-together",
    "The name and what is said stick together. After the name comes a new line: \\n.",
)
def _(turns):
    return "".join(f"{START}{who}{what}{END}\n" for who, what in turns) + f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-no-line-after-end",
    "After <|im_end|> a new line is missing.",
)
def _(turns):
    return "".join(f"{START}{who}\n{what}{END}" for who, what in turns) + f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-joined",
    '"\\n".join puts new lines between, and none at the end: after the last <|im_end|> one is missing.',
)
def _(turns):
    return "\n".join(f"{START}{who}\n{what}{END}" for who, what in turns) + f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-empty-lines",
    "There is an empty line between the turns. One new line after <|im_end|> is enough.",
)
def _(turns):
    return "".join(f"{START}{who}\n{what}{END}\n\n" for who, what in turns) + f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-line-before-end",
    "<|im_end|> follows right on what was said, on the same line.",
)
def _(turns):
    return "".join(f"{START}{who}\n{what}\n{END}\n" for who, what in turns) + f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-not-ended",
    "The turns are not closed: after what was said comes <|im_end|>.",
)
def _(turns):
    return "".join(f"{START}{who}\n{what}\n" for who, what in turns) + f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-marks-exchanged",
    "The two marks are exchanged: a turn begins with <|im_start|> and ends with <|im_end|>.",
)
def _(turns):
    return "".join(f"{END}{who}\n{what}{START}\n" for who, what in turns) + f"{END}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-stripped",
    "Spaces or lines at the ends of what was said are gone. Write it as it is.",
)
def _(turns):
    return _said([(who, what.strip()) for who, what in turns]) + f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-capitals",
    "The names were written with capitals. The model knows them as user, assistant and system: take `who` as it is.",
)
def _(turns):
    return _said([(who.capitalize(), what) for who, what in turns]) + f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-backslash-lost",
    "There is /n or a plain n where a new line should be: it is written \\n, with a backslash, inside the quotes.",
)
def _(turns):
    return "".join(f"{START}{who}/n{what}{END}/n" for who, what in turns) + f"{START}assistant/n"


@mistake(
    "chat.transcript",
    "transcript-list",
    'This is a list of the turns. Make one text of it: "".join(...).',
)
def _(turns):
    return [f"{START}{who}\n{what}{END}\n" for who, what in turns] + [f"{START}assistant\n"]


@mistake(
    "chat.transcript",
    "transcript-raw",
    "A backslash and an n stand where a new line should be. Was the text made with r'...', or with a doubled backslash?",
)
def _(turns):
    return (_said(turns) + f"{START}assistant\n").replace("\n", "\\n")
