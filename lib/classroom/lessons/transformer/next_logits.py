"""Exercise `transformer.next_logits`: its cases, its right answer found otherwise, and how people get it wrong."""

import copy

import torch
from torch import nn
from torch.nn import functional

from classroom.judge.lives import in_a_model
from classroom.judge.registry import Wrong, check, mistake
from classroom.lessons.transformer.shared import DEEP, Part, Scaled, Small, _random, more, right_on, through


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


TIED = Model("model(tied: 6 tokens, 4 numbers each)", Scaled(_random(4)), _random(6, 4))


UNTIED = Model("model(not tied: 6 tokens, 4 numbers each)", Scaled(_random(4)), _random(6, 4), _random(6, 4))


AS_MANY = Model("model(4 tokens, 4 numbers each)", Scaled(_random(4)), _random(4, 4))


def next_logits_calls_the_norm(function):
    """What looks inside a model stands where the final norm is called."""
    seen, model = [], copy.deepcopy(UNTIED)
    model.final_norm.register_forward_hook(lambda *_: seen.append(True))
    if right_on(function, next_logits, DEEP, model) and not seen:
        says = "The values are right, but model.final_norm is never called: whoever listens in on the model does so there."
        raise Wrong("next-logits-calls", says)


@check(
    "transformer.next_logits",
    lives=in_a_model,
    cases=[
        (torch.tensor([[[1.0, 2.0], [5.0, 6.0], [3.0, 8.0]]]), PLAIN_END),
        (
            torch.tensor([[[1.0, 2.0], [5.0, 6.0], [3.0, 8.0]], [[7.0, 2.0], [2.0, 0.0], [4.0, 2.0]]]),
            PLAIN_END,
        ),
        (torch.tensor([[1.0, 2.0], [5.0, 6.0], [3.0, 8.0]]), PLAIN_END),
        (_random(1, 5, 4), TIED),
        (_random(2, 3, 4), TIED),
        (_random(4, 4), TIED),
        (_random(1, 3, 4), UNTIED),
        (_random(2, 3, 4), AS_MANY),
        (_random(2, 3, 2, 4), UNTIED),
        (_random(2, 1, 4), TIED),
    ],
    awkward=[
        (more(1, 4), UNTIED),
        (more(1, 1, 1, 4), TIED),
    ],
    behaviours=(next_logits_calls_the_norm,),
)
def next_logits(x, model):
    found = []
    for rows in x.reshape(-1, *x.shape[-2:]).tolist():
        found.append(through(model.table.tolist(), None, model.final_norm.hand(rows[-1])))
    return torch.tensor(found).reshape(*x.shape[:-2], len(model.table))


@mistake(
    "transformer.next_logits",
    "next-logits-first",
    "You took the first vector. It has read only itself; the last has read everything.",
)
def _(x, model):
    return model.unembed(model.final_norm(x[..., 0, :]))


@mistake(
    "transformer.next_logits",
    "next-logits-mean",
    "You took the mean of all vectors. Only the last has read everything: the others answer what comes after *them*.",
)
def _(x, model):
    return model.unembed(model.final_norm(x.mean(dim=-2)))


@mistake(
    "transformer.next_logits",
    "next-logits-sum",
    "You added up all vectors. Only the last has read everything: the others answer what comes after *them*.",
)
def _(x, model):
    return model.unembed(model.final_norm(x.sum(dim=-2)))


@mistake(
    "transformer.next_logits",
    "next-logits-mean-of-answers",
    "You took the mean of all answers. Each vector answers what comes after *it*; asked is what comes after the last.",
)
def _(x, model):
    return model.unembed(model.final_norm(x)).mean(dim=-2)


@mistake(
    "transformer.next_logits",
    "next-logits-largest",
    "For each token you took its best chance anywhere in the text. Asked is what comes after the last vector.",
)
def _(x, model):
    return model.unembed(model.final_norm(x)).amax(dim=-2)


@mistake(
    "transformer.next_logits",
    "next-logits-all",
    "This answers for every place in the text. Only what comes after the last one is needed: x[..., -1, :].",
)
def _(x, model):
    return model.unembed(model.final_norm(x))


@mistake(
    "transformer.next_logits",
    "next-logits-no-norm",
    "The final norm is missing: model.final_norm before model.unembed.",
)
def _(x, model):
    return model.unembed(x[..., -1, :])


@mistake(
    "transformer.next_logits",
    "next-logits-norm-afterwards",
    "The norm came last. It scales the vector, before it is compared with the tokens.",
)
def _(x, model):
    return model.final_norm(model.unembed(x[..., -1, :]))


@mistake(
    "transformer.next_logits",
    "next-logits-batch",
    "x[-1] is the last *text* of a batch. The last vector of each text lies along the axis before the last: x[..., -1, :].",
)
def _(x, model):
    return model.unembed(model.final_norm(x[-1]))


@mistake(
    "transformer.next_logits",
    "next-logits-needs-a-batch",
    "x[:, -1, :] needs exactly three axes. One text by itself has two, and a batch of batches four: the dots in x[..., -1, :] "
    "stand for as many as there are.",
)
def _(x, model):
    return model.unembed(model.final_norm(x[:, -1, :]))


@mistake(
    "transformer.next_logits",
    "next-logits-from-the-left",
    "x[:, -1] counts axes from the left: right for a batch of texts, wrong for one text by itself and for batches of batches. "
    "Count from the right: x[..., -1, :].",
)
def _(x, model):
    return model.unembed(model.final_norm(x[:, -1]))


@mistake(
    "transformer.next_logits",
    "next-logits-last-number",
    "x[..., -1] is the last *number* of each vector. The last vector is x[..., -1, :].",
)
def _(x, model):
    return model.unembed(model.final_norm(x[..., -1]))


@mistake(
    "transformer.next_logits",
    "next-logits-axis-kept",
    "There is an axis of length 1 too many. x[..., -1, :] takes the last vector and drops the axis, x[..., -1:, :] keeps it.",
)
def _(x, model):
    return model.unembed(model.final_norm(x[..., -1:, :]))


@mistake(
    "transformer.next_logits",
    "next-logits-softmax",
    "These are probabilities. Logits are needed, before softmax: temperature and top-k come in between.",
)
def _(x, model):
    return model.unembed(model.final_norm(x[..., -1, :])).softmax(dim=-1)


@mistake(
    "transformer.next_logits",
    "next-logits-token",
    "This is the likeliest token. A logit for every token is needed; choosing comes later.",
)
def _(x, model):
    return model.unembed(model.final_norm(x[..., -1, :])).argmax(dim=-1)


@mistake(
    "transformer.next_logits",
    "next-logits-embedding",
    "You used the table of embeddings. Some models have another matrix for the way out: model.unembed knows which.",
)
def _(x, model):
    return model.final_norm(x[..., -1, :]) @ model.embedding.weight.T


@mistake(
    "transformer.next_logits",
    "next-logits-vector",
    "This is the last vector, normed. model.unembed is missing, which compares it with every token.",
)
def _(x, model):
    return model.final_norm(x[..., -1, :])


@mistake(
    "transformer.next_logits",
    "next-logits-one-before",
    "You took the last vector but one: -1 is the last.",
)
def _(x, model):
    return model.unembed(model.final_norm(x[..., -2, :]))


@mistake(
    "transformer.next_logits",
    "next-logits-len",
    "len(x) is the length of the first axis, the number of texts. The places lie along the axis before the last: x[..., -1, :].",
)
def _(x, model):
    return model.unembed(model.final_norm(x[..., len(x) - 1, :]))


@mistake(
    "transformer.next_logits",
    "next-logits-log-softmax",
    "These are logs of probabilities, after softmax. The logits are what unembed gives.",
)
def _(x, model):
    return model.unembed(model.final_norm(x[..., -1, :])).log_softmax(dim=-1)


@mistake(
    "transformer.next_logits",
    "next-logits-own-norm",
    "You normed by yourself, without the weights that belong to it: model.final_norm(...) has them.",
)
def _(x, model):
    return model.unembed(functional.rms_norm(x[..., -1, :], x.shape[-1:], None, 1e-5))
