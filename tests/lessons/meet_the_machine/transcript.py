"""Answers to `chat.transcript` as readers might write them."""

from nextword import chat
from tests.lessons import right, wrong


@right("chat.transcript")
def _(turns):
    text = ""
    for who, what in turns:
        text += chat.START + who + "\n" + what + chat.END + "\n"
    return text + chat.START + "assistant\n"


@right("chat.transcript")
def _(turns):
    opened = [f"<|im_start|>{turn[0]}\n{turn[1]}<|im_end|>" for turn in turns]
    return "\n".join([*opened, "<|im_start|>assistant\n"])


@right("chat.transcript")
def _(turns):
    return "".join(map("<|im_start|>{0[0]}\n{0[1]}<|im_end|>\n".format, turns)) + "<|im_start|>assistant\n"


def said(turns, form=f"{chat.START}%s\n%s{chat.END}\n"):
    return "".join(form % (who, what) for who, what in turns)


OPENED = chat.START + "assistant" + "\n"


@wrong("chat.transcript", "transcript-not-opened")
def _(turns):
    return said(turns)


@wrong("chat.transcript", "transcript-closed")
def _(turns):
    return said([*turns, ("assistant", "")])


@wrong("chat.transcript", "transcript-up-to-here")
def _(turns):
    return said(turns) + OPENED + chat.END


@wrong("chat.transcript", "transcript-name-only")
def _(turns):
    return (said(turns) + OPENED).rstrip()


@wrong("chat.transcript", "transcript-up-to-here")
def _(turns):
    return said(turns) + OPENED.replace("assistant", "user")


@wrong("chat.transcript", "transcript-swapped")
def _(turns):
    return "".join(f"{chat.START}{turn[1]}\n{turn[0]}{chat.END}\n" for turn in turns) + OPENED


@wrong("chat.transcript", "transcript-up-to-here")
def _(turns):
    return "".join(said([turn]) for turn in turns if turn[0] in ("user", "assistant")) + OPENED


@wrong("chat.transcript", "transcript-last-only")
def _(turns):
    text = ""
    for who, what in turns:
        text = f"{chat.START}{who}\n{what}{chat.END}\n"
    return text + OPENED


@wrong("chat.transcript", "transcript-first-only")
def _(turns):
    for turn in turns:
        return said([turn]) + OPENED
    return OPENED


@wrong("chat.transcript", "transcript-opened-each-time")
def _(turns):
    text = ""
    for turn in turns:
        text += said([turn])
        text += OPENED
    return text or OPENED


@wrong("chat.transcript", "transcript-up-to-here")
def _(turns):
    text = said(turns)
    if turns[-1:] and turns[-1][0] == "user":
        text += OPENED
    return text


@wrong("chat.transcript", "transcript-name-and-colon")
def _(turns):
    return said(turns, f"{chat.START}%s: %s{chat.END}\n") + OPENED


@wrong("chat.transcript", "transcript-stuck-together")
def _(turns):
    return said(turns, f"{chat.START}%s%s{chat.END}\n") + OPENED


@wrong("chat.transcript", "transcript-no-line-after-end")
def _(turns):
    return said(turns, f"{chat.START}%s\n%s{chat.END}") + OPENED


@wrong("chat.transcript", "transcript-joined")
def _(turns):
    return said(turns)[:-1] + OPENED


@wrong("chat.transcript", "transcript-line-before-end")
def _(turns):
    return said(turns, f"{chat.START}%s\n%s\n{chat.END}\n") + OPENED


@wrong("chat.transcript", "transcript-not-ended")
def _(turns):
    return said(turns, f"{chat.START}%s\n%s\n") + OPENED


@wrong("chat.transcript", "transcript-up-to-here")
def _(turns):
    return said([(who.strip(), what.strip()) for who, what in turns]) + OPENED


@wrong("chat.transcript", "transcript-up-to-here")
def _(turns):
    return said(turns, f"{chat.START}%s/n%s{chat.END}/n") + chat.START + "assistant/n"


@wrong("chat.transcript", "transcript-list")
def _(turns):
    return [said([turn]) for turn in turns] + [OPENED]


@wrong("chat.transcript", "transcript-no-f")
def _(turns):
    return "".join("{chat.START}{who}\n{what}{chat.END}\n" for who, what in turns) + OPENED


@wrong("chat.transcript", "transcript-quoted-mark")
def _(turns):
    return "".join("chat.START" + who + "\n" + what + chat.END + "\n" for who, what in turns) + OPENED


@wrong("chat.transcript", "transcript-up-to-here")
def _(turns):
    return said(turns) + "<|im_start>assistant\n"
