"""Exercise `transformer.next_logits`: the last vector of each text, normed and unembedded. Hard in it: which axis `last` goes along."""

import copy

import torch
from torch import nn

from classroom.judge.comparison import same, show
from classroom.judge.diagnosis import ask
from classroom.judge.listed import edits
from classroom.judge.lives import in_a_model
from classroom.judge.registry import Wrong, check
from classroom.judge.sandbox import run
from classroom.judge.shelf_tensors import noises
from classroom.lessons.transformer.shared import DEEP, Part, Scaled, Small, right_on, through

random, more = noises(74), noises(174)


class Model(Small):
    """The end of a model: its final norm and its unembedding. A tied one uses the table of embeddings."""

    def __init__(self, says, final_norm, table, embedding=None):
        super().__init__(table=table)
        self.final_norm, self.says = final_norm, says
        self.embedding = nn.Embedding.from_pretrained(table if embedding is None else embedding)

    def unembed(self, x):
        return nn.functional.linear(x, self.table)

    def forward(self, ids, cache=None):
        raise Wrong(
            "next-logits-calls-model",
            "model(...) reads tokens, from the beginning. x has been through all layers: what is left are the "
            "final norm and the unembedding.",
        )


PLAIN_END = Model(
    "model(final_norm halves, unembedding [[1, 0], [0, 1], [1, 1], [0, -1]])",
    Part(1 / 2),
    torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.0, -1.0]]),
)
TIED = Model("model(tied: 6 tokens, 4 numbers each)", Scaled(random(4)), random(6, 4))
UNTIED = Model("model(not tied: 6 tokens, 4 numbers each)", Scaled(random(4)), random(6, 4), random(6, 4))
AS_MANY = Model("model(4 tokens, 4 numbers each)", Scaled(random(4)), random(4, 4))

ONE_TEXT = torch.tensor([[[1.0, 2.0], [5.0, 6.0], [3.0, 8.0]]])
TWO_TEXTS = torch.tensor([[[1.0, 2.0], [5.0, 6.0], [3.0, 8.0]], [[7.0, 2.0], [2.0, 0.0], [4.0, 2.0]]])
CASES = [
    (ONE_TEXT, PLAIN_END),
    (TWO_TEXTS, PLAIN_END),
    (ONE_TEXT[0], PLAIN_END),
    (random(1, 5, 4), TIED),
    (random(2, 3, 4), TIED),
    (random(4, 4), TIED),
    (random(1, 3, 4), UNTIED),
    (random(2, 3, 4), AS_MANY),
    (random(2, 3, 2, 4), UNTIED),
    (random(2, 1, 4), TIED),
]
AWKWARD = [(more(1, 4), UNTIED), (more(1, 1, 1, 4), TIED)]


def every_text_is_answered(function):
    """Where one text came alone, the answer for the first or last of all looks right but for an axis."""
    found = run(function, (TWO_TEXTS, PLAIN_END)).value
    if getattr(found, "shape", None) != (4,):
        return
    for which, text in (("first", 0), ("last", 1)):
        if same(found, next_logits(TWO_TEXTS[text], PLAIN_END)):
            says = f"Two texts came, and only the {which} was answered. Each text has a last vector of its own: x[..., -1, :]."
            raise Wrong(
                "next-logits-one-text", says, "next_logits of two texts", show(found), "one row for each text"
            )


def any_axes_may_stand_in_front(function):
    """One text has none, a batch of batches two: what counts axes from the left is right in between."""
    if not right_on(function, next_logits, TWO_TEXTS, PLAIN_END):
        return
    for what, x in (
        ("one text by itself", ONE_TEXT[0]),
        ("a batch of batches", torch.stack([TWO_TEXTS] * 3)),
    ):
        if not right_on(function, next_logits, x, PLAIN_END):
            says = f"It is right for a batch of texts, and not for {what}: in front there may be no axis, one, or more. "
            says += "x[:, -1] counts from the left; x[..., -1, :] counts from the right, and leaves what is in front alone."
            raise Wrong(
                "next-logits-from-the-left",
                says,
                f"next_logits of {what}",
                needed=show(next_logits(x, PLAIN_END)),
            )


def only_the_last_vector_counts(function):
    """Whatever is done with the others, the answer moves when they do."""
    changed = DEEP.clone()
    changed[..., :-1, :] *= -2
    answers = [ask("transformer.next_logits", function, x, UNTIED) for x in (DEEP, changed)]
    if all(getattr(answer, "shape", None) == (2, 6) for answer in answers) and not same(*answers):
        says = "The answer changes when another vector than the last does. Only the last has read everything: the others answer what "
        says += "comes after *them*. Take x[..., -1, :] first, then norm and unembed that one."
        raise Wrong("next-logits-others", says)


def next_logits_calls_the_norm(function):
    """What looks inside a model stands where the final norm is called."""
    seen, model = [], copy.deepcopy(UNTIED)
    model.final_norm.register_forward_hook(lambda *_: seen.append(True))
    if right_on(function, next_logits, DEEP, model) and not seen:
        says = "The values are right, but model.final_norm is never called: whoever listens in on the model does so there."
        raise Wrong("next-logits-calls", says)


@check(
    "transformer.next_logits",
    CASES,
    before=[every_text_is_answered, any_axes_may_stand_in_front],
    behaviours=[only_the_last_vector_counts, next_logits_calls_the_norm],
    awkward=AWKWARD,
    lives=in_a_model,
)
def next_logits(x, model):
    found = []
    for rows in x.reshape(-1, *x.shape[-2:]).tolist():
        found.append(through(model.table.tolist(), None, model.final_norm.hand(rows[-1])))
    return torch.tensor(found).reshape(*x.shape[:-2], len(model.table))


LAST, NORMED = "x[..., -1, :]", "model.final_norm(x[..., -1, :])"

edits(
    "transformer.next_logits",
    (
        "next-logits-first",
        LAST,
        "x[..., 0, :]",
        "You took the first vector. It has read only itself; the last has read everything.",
    ),
    (
        "next-logits-mean",
        LAST,
        "x.mean(dim=-2)",
        "You took the mean of all vectors. Only the last has read everything: the others answer what comes after *them*.",
    ),
    (
        "next-logits-all",
        LAST,
        "x",
        "This answers for every place in the text. Only what comes after the last one is needed: x[..., -1, :].",
    ),
    (
        "next-logits-batch",
        LAST,
        "x[-1]",
        "x[-1] is the last *text* of a batch. The last vector of each text lies along the axis before the last: x[..., -1, :].",
    ),
    (
        "next-logits-last-number",
        LAST,
        "x[..., -1]",
        "x[..., -1] is the last *number* of each vector. The last vector is x[..., -1, :].",
    ),
    (
        "next-logits-axis-kept",
        LAST,
        "x[..., -1:, :]",
        "There is an axis of length 1 too many. x[..., -1, :] takes the last vector and drops the axis, x[..., -1:, :] keeps it.",
    ),
    (
        "next-logits-no-norm",
        NORMED,
        LAST,
        "The final norm is missing: model.final_norm before model.unembed.",
    ),
    (
        "next-logits-norm-afterwards",
        f"model.unembed({NORMED})",
        f"model.final_norm(model.unembed({LAST}))",
        "The norm came last. It scales the vector, before it is compared with the tokens.",
    ),
    (
        "next-logits-vector",
        f"model.unembed({NORMED})",
        NORMED,
        "This is the last vector, normed. model.unembed is missing, which compares it with every token.",
    ),
    (
        "next-logits-embedding",
        f"model.unembed({NORMED})",
        f"{NORMED} @ model.embedding.weight.T",
        "You used the table of embeddings. Some models have another matrix for the way out: model.unembed knows which.",
    ),
    (
        "next-logits-softmax",
        f"({NORMED})",
        f"({NORMED}).softmax(dim=-1)",
        "These are probabilities. Logits are needed, before softmax: temperature and top-k come in between.",
    ),
    (
        "next-logits-token",
        f"({NORMED})",
        f"({NORMED}).argmax(dim=-1)",
        "This is the likeliest token. A logit for every token is needed; choosing comes later.",
    ),
)
