"""Rung `chat`: a chat is a text in which two take turns, and the model writes on.

The machine knows no turns. A transcript marks them with special tokens, ends in an opened turn of the assistant, and
the loop of `generation` runs until the model closes it.
Source: the chat template that SmolLM2's own file holds, which the tests compare with.
"""

import re
import weakref
from collections.abc import Iterator
from dataclasses import replace

import torch

from nextword import generation
from nextword.attention_parts.kv_cache import KVCache
from nextword.base import overrides
from nextword.chat_parts.reply import Reply
from nextword.generation import SamplingConfig
from nextword.pretrained_parts.byte_tokenizer import PretrainedTokenizer
from nextword.tokenizer import Tokenizer
from nextword.transformer import Transformer

Turn = tuple[str, str]  # who ("system", "user" or "assistant"), and what was said

START, END = "<|im_start|>", "<|im_end|>"
SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
CHAT_SAMPLING = SamplingConfig(max_new=300, temperature=0.8, p=0.95)
ESCAPED_MARK = (
    "<\ue000|"  # stands for "<|" in what people say, so that nobody can close a turn by writing its mark
)


def transcript(turns: list[Turn]) -> str:
    """The chat template: the whole chat as one text, up to where the assistant is to speak.

    >>> print(transcript([("system", "Be brief."), ("user", "Hello!")]))
    <|im_start|>system
    Be brief.<|im_end|>
    <|im_start|>user
    Hello!<|im_end|>
    <|im_start|>assistant
    <BLANKLINE>
    """
    for turn in turns:
        check_turn(turn)
    said = [f"{START}{who}\n{what}{END}\n" for who, what in turns]
    return "".join(said) + f"{START}assistant\n"


def encode_chat(turns: list[Turn], tokenizer: Tokenizer | PretrainedTokenizer) -> list[int]:
    """The transcript as tokens, in which only the marks of turns are special, whatever people wrote.

    As in the model's own template, a chat without a system turn begins with the usual one.
    """
    for turn in turns:
        check_turn(turn)
    if turns and turns[0][0] != "system":
        turns = [("system", SYSTEM), *turns]
    written = transcript([(who, what.replace("<|", ESCAPED_MARK)) for who, what in turns])
    ids = []
    for part in re.split(f"({re.escape(START)}|{re.escape(END)})", written):
        ids += (
            [tokenizer.id_of(part)]
            if part in (START, END)
            else tokenizer.encode(part.replace(ESCAPED_MARK, "<|"))
        )
    return ids


def check_turn(turn: object) -> None:
    """Refuse what is no turn, with a ValueError: a role could hold marks, and a dict would give the names of its keys.

    >>> check_turn({"role": "user", "content": "Hello!"})
    Traceback (most recent call last):
    ValueError: a turn is who and what, such as ('user', 'Hello!'), and this came: {'role': 'user', 'content': 'Hello!'}
    """
    if (
        not isinstance(turn, tuple | list)
        or len(turn) != 2
        or not all(isinstance(part, str) for part in turn)
    ):
        raise ValueError(f"a turn is who and what, such as ('user', 'Hello!'), and this came: {turn!r}")
    if "<|" in turn[0]:
        raise ValueError(f"nobody in a chat is called {turn[0]!r}: a name such as 'user' holds no marks")


class Chat:
    """A chat with a model: it keeps the turns, and what the model has read of them. Attention runs fused.

    With an empty system prompt there is an empty system turn; the model was never shown a chat without one. When the
    chat has grown too long for the model, it reads no longer what was said first; `turns` keeps all.
    """

    def __init__(
        self,
        model: Transformer,
        tokenizer: Tokenizer | PretrainedTokenizer,
        system: str = SYSTEM,
        config: SamplingConfig = CHAT_SAMPLING,
        generator: torch.Generator | None = None,
    ):
        self.model, self.tokenizer, self.config, self.generator = model, tokenizer, config, generator
        self.turns = [("system", system)]
        self.cache, self.read = KVCache(), []  # the tokens that the cache has read
        self.latest = lambda: None  # the reply that was asked for last, while somebody holds it

    def reply(self, said: str) -> Reply:
        """What the assistant answers, piece by piece; one who stops listening has heard what there is of it.

        One reply at a time: another that is still being written is broken off, and kept as far as it was heard.
        """
        if not said.strip():
            raise ValueError("there is nothing to answer: say something first")
        if (unfinished := self.latest()) is not None:
            unfinished.break_off()
        room = self.model.config.context - self.config.max_new
        ids = encode_chat(fitting([*self.turns, ("user", said)], self.tokenizer, room), self.tokenizer)
        config = replace(self.config, stop=(self.tokenizer.id_of(END),))
        common = common_prefix_length(ids[:-1], self.read)  # the last is read anew: it makes the prediction
        self.cache.truncate(common)
        self.read = self.read[: self.cache.length]
        tokens = generation.generate(self.model, ids, config, self.generator, self.cache)
        reply = Reply(self.stream_reply(said, ids, tokens))
        self.latest = weakref.ref(reply)
        return reply

    def stream_reply(self, said: str, ids: list[int], tokens: Iterator[int]) -> Iterator[str]:
        """The pieces of a reply; both turns are kept when it ends, or when nobody listens any more."""
        heard = []

        def noted() -> Iterator[int]:
            while (token := quickly(tokens)) is not None:
                heard.append(token)
                yield token

        try:
            yield from generation.stream_text(noted(), self.tokenizer)
        finally:
            self.read = (ids + heard)[: self.cache.length]
            self.turns += [("user", said), ("assistant", self.tokenizer.decode(heard))]


def fitting(turns: list[Turn], tokenizer: Tokenizer | PretrainedTokenizer, room: int) -> list[Turn]:
    """The system turn and as many of the latest turns as have room, in tokens; a chat goes on with what was asked.

    >>> letters = Tokenizer([], special=(START, END))
    >>> fitting([("system", ""), ("user", "1"), ("assistant", "2"), ("user", "3")], letters, room=50)
    [('system', ''), ('user', '3')]
    """
    system, latest = turns[:1], turns[1:]
    while len(latest) > 1 and len(encode_chat([*system, *latest], tokenizer)) > room:
        latest = latest[2:]  # a question goes with its answer
    return [*system, *latest]


def quickly(tokens: Iterator[int]) -> int | None:
    """The next token, or None where there is none, with fused attention for the length of this one step."""
    with overrides.fast():
        return next(tokens, None)


def common_prefix_length(one: list[int], other: list[int]) -> int:
    """How many tokens two texts share at their beginning.

    >>> common_prefix_length([1, 2, 3], [1, 2, 4, 3])
    2
    """
    pairs = zip(one, other, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
