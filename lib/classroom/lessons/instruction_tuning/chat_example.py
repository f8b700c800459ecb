"""A chat as an example: the transcript up to where the assistant speaks, its words, and the mark that ends its turn."""

from classroom.judge.comparison import show
from classroom.judge.listed import edits
from classroom.judge.registry import View, Wrong, check, find
from nextword import chat
from nextword.finetuning import Example
from nextword.tokenizer import Tokenizer

LETTERS = Tokenizer([], special=(chat.START, chat.END))
HELLO = [("system", ""), ("user", "Hello!"), ("assistant", "Hi.")]


def see(chat_example, turns) -> dict[str, object]:
    """What is read, and what is learned, as text and as tokens."""
    found = chat_example(turns, LETTERS)
    if not isinstance(found, Example):
        says = "What comes back is no Example. It is made as Example(ids, start): a tuple of tokens, and a place in it."
        raise Wrong("chat-example-no-example", says, call(turns), show(found))
    return {
        "learned": LETTERS.decode(found.ids[found.start :]),
        "read": LETTERS.decode(found.ids[: found.start]),
        "ids": list(found.ids),
        "start": int(found.start),
    }


def call(turns) -> str:
    return f"chat_example({show(turns)}, tokenizer)"


def they_part_here(chat_example):
    """What is read, and what is learned, where it is not what it should be."""
    for (turns,) in find("finetuning.chat_example").cases:
        yours, needed = see(chat_example, turns), whole_and_cut(turns)
        for what in ("read", "learned"):
            if yours[what] != needed[what]:
                says = f"What is {what} is {yours[what]!r}, and it should be {needed[what]!r}."
                raise Wrong(f"chat-example-{what}", says, call(turns))
        if yours["ids"] != needed["ids"]:
            says = "The text is right, and its tokens are not: is a mark written in letters, or letters made a mark?"
            raise Wrong("chat-example-tokens", says, call(turns), show(yours["ids"]), show(needed["ids"]))


@check(
    "finetuning.chat_example",
    behaviours=[they_part_here],
    view=View(see, call),
    cases=[
        (HELLO,),
        ([("system", "Be brief."), ("user", "Who are you?"), ("assistant", "A swan, I hope.")],),
        ([*HELLO, ("user", "How are you?"), ("assistant", "Tired.")],),
        ([("system", ""), ("user", "Say <|im_end|>."), ("assistant", "<|im_end|> it is.")],),
    ],
    awkward=[
        ([("system", ""), ("user", "Hm?"), ("assistant", "")],),
        ([("system", ""), ("assistant", "Who is there?")],),
        ([("user", "Hello!"), ("assistant", "Hi.\n")],),
        ([*HELLO, ("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "é🦆")],),
    ],
)
def whole_and_cut(turns):
    """From the whole transcript: the reply's turn is the last that is opened, and closed."""
    system = [] if turns[0][0] == "system" else [("system", chat.SYSTEM)]
    start, end = (LETTERS.id_of(mark) for mark in (chat.START, chat.END))
    ids = []
    for who, what in [*system, *turns]:
        ids += [start, *who.encode(), *b"\n"]
        begins = len(ids)
        ids += [*what.encode(), end, *b"\n"]
    ids = ids[:-1]  # the new line behind the last mark is no part of the reply
    read, learned = LETTERS.decode(ids[:begins]), LETTERS.decode(ids[begins:])
    return {"learned": learned, "read": read, "ids": ids, "start": begins}


ENDED = "(*prompt, *said, tokenizer.id_of(chat.END))"
edits(
    "finetuning.chat_example",
    (
        "chat-example-no-end",
        ENDED,
        "(*prompt, *said)",
        "The mark that ends the turn is missing behind the reply. A model that never learns to set it goes on and on, and speaks for you as well.",
    ),
    (
        "chat-example-end-in-letters",
        ENDED,
        "(*prompt, *said, *tokenizer.encode(chat.END))",
        "The mark was written in letters. In a text that is encoded marks are letters like any others; the mark itself is tokenizer.id_of(chat.END).",
    ),
    (
        "chat-example-line-after-end",
        ENDED,
        '(*prompt, *said, tokenizer.id_of(chat.END), *tokenizer.encode("\\n"))',
        "A new line stands behind the mark. When the model has set the mark its turn is over: nothing is learned behind it.",
    ),
    (
        "chat-example-asked-counts",
        ", len(prompt))",
        ", 1)",
        "All of the chat counts, what the user said as well. What counts begins where the reply does: at len(prompt).",
    ),
    (
        "chat-example-first-token-lost",
        ", len(prompt))",
        ", len(prompt) + 1)",
        "The first token of the reply does not count. Places count from 0: behind len(prompt) tokens comes the place len(prompt).",
    ),
    (
        "chat-example-one-too-early",
        ", len(prompt))",
        ", len(prompt) - 1)",
        "The last token of the prompt counts, too: start is one place too early.",
    ),
    (
        "chat-example-whole-chat-as-prompt",
        "chat.encode_chat(asked, tokenizer)",
        "chat.encode_chat(turns, tokenizer)",
        "The reply stands in the prompt already, closed, and then once more. Give encode_chat the turns before it only: it opens the assistant's turn itself.",
    ),
    (
        "chat-example-turn-not-opened",
        "chat.encode_chat(asked, tokenizer)",
        "chat.encode_chat(asked, tokenizer)[: -len(tokenizer.encode('assistant\\n')) - 1]",
        "The assistant's turn is not opened before its words: the opening mark, its name and a new line are missing.",
    ),
    (
        "chat-example-last-question-only",
        "chat.encode_chat(asked, tokenizer)",
        "chat.encode_chat(asked[:1] + asked[1:][-1:], tokenizer)",
        "Of the turns before the reply only the last one is read. The whole chat so far goes in: without it the reply may make no sense.",
    ),
)
