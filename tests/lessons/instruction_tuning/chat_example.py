"""Answers to `finetuning.chat_example` as readers might write them."""

from nextword import chat
from nextword.finetuning import Example
from tests.lessons import right, wrong


def _parts(turns, tokenizer):
    prompt = chat.encode_chat(turns[:-1], tokenizer)
    return prompt, tokenizer.encode(turns[-1][1]), [tokenizer.id_of(chat.END)]


@right("finetuning.chat_example")
def _(turns, tokenizer):
    prompt, said, end = _parts(turns, tokenizer)
    return Example(tuple(prompt + said + end), len(prompt))


@right("finetuning.chat_example")
def _(turns, tokenizer):
    ids = chat.encode_chat(turns, tokenizer)
    opened = len(tokenizer.encode("\n")) + 1 + len(tokenizer.encode("assistant\n"))
    ids = ids[:-opened]
    return Example(tuple(ids), len(ids) - 1 - len(tokenizer.encode(turns[-1][1])))


@wrong("finetuning.chat_example", "chat-example-no-example")
def _(turns, tokenizer):
    prompt, said, end = _parts(turns, tokenizer)
    return prompt + said + end, len(prompt)


@wrong("finetuning.chat_example", "chat-example-no-end")
def _(turns, tokenizer):
    prompt, said, _ = _parts(turns, tokenizer)
    return Example(tuple(prompt + said), len(prompt))


@wrong("finetuning.chat_example", "chat-example-end-in-letters")
def _(turns, tokenizer):
    prompt, _, _ = _parts(turns, tokenizer)
    return Example(tuple(prompt + tokenizer.encode(turns[-1][1] + chat.END)), len(prompt))


@wrong("finetuning.chat_example", "chat-example-line-after-end")
def _(turns, tokenizer):
    prompt, said, end = _parts(turns, tokenizer)
    return Example(tuple(prompt + said + end + tokenizer.encode("\n")), len(prompt))


@wrong("finetuning.chat_example", "chat-example-asked-counts")
def _(turns, tokenizer):
    return Example(tuple(sum(_parts(turns, tokenizer), [])), start=1)


@wrong("finetuning.chat_example", "chat-example-first-token-lost")
def _(turns, tokenizer):
    prompt, said, end = _parts(turns, tokenizer)
    return Example(tuple(prompt + said + end), 1 + len(prompt))


@wrong("finetuning.chat_example", "chat-example-one-too-early")
def _(turns, tokenizer):
    ids = sum(_parts(turns, tokenizer), [])
    return Example(tuple(ids), len(_parts(turns, tokenizer)[0]) - 1)


@wrong("finetuning.chat_example", "chat-example-whole-chat-as-prompt")
def _(turns, tokenizer):
    prompt, (_, said, end) = chat.encode_chat(turns, tokenizer), _parts(turns, tokenizer)
    return Example(tuple(prompt + said + end), len(prompt))


@wrong("finetuning.chat_example", "chat-example-turn-not-opened")
def _(turns, tokenizer):
    prompt, said, end = _parts(turns, tokenizer)
    prompt = prompt[: -1 - len(tokenizer.encode("assistant\n"))]
    return Example((*prompt, *said, *end), len(prompt))


@wrong("finetuning.chat_example", "chat-example-last-question-only")
def _(turns, tokenizer):
    asked = [turns[0], turns[-2]] if len(turns) > 2 else turns[:1]
    prompt, (_, said, end) = chat.encode_chat(asked, tokenizer), _parts(turns, tokenizer)
    return Example((*prompt, *said, *end), len(prompt))
