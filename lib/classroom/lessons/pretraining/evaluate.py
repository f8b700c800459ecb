"""How surprised a model is by a text that is only read: it must not learn, nor leave numbers out, while it is measured."""

import torch
from torch import nn
from torch.nn import functional

from classroom.judge import comparison
from classroom.judge.comparison import kind
from classroom.judge.listed import edits
from classroom.judge.registry import View, Wrong, check
from classroom.lessons.pretraining.shared import TEXT, a_model, shown
from nextword.transformer import Transformer


class Forgetful(Transformer):
    """A model that leaves out every third number of its vectors while it trains (dropout, but no chance in it)."""

    def __init__(self):
        nn.Module.__init__(self)  # all that it has of a Transformer is another one, inside
        self.inner = a_model()
        self.config, self.embedding, self.readings = self.inner.config, self.inner.embedding, []

    def forward(self, ids):
        x = self.inner.stream(ids)
        self.readings.append((x.requires_grad, self.training))
        if self.training:
            x = x * (torch.arange(x.shape[-1]) % 3 > 0) * 1.5
        return self.inner.unembedding(x)


def see(evaluate, n_tokens: int, context: int, stride: int | None = None, training: bool = True):
    """What it gives, and how the model is afterwards; what it does to the model meanwhile is judged here."""
    model, text = Forgetful().train(training), TEXT[:n_tokens]
    called = call(n_tokens, context, stride, training)
    with torch.enable_grad():
        given = evaluate(model, text, context, stride)
        learns_still = torch.is_grad_enabled() and all(x.requires_grad for x in model.parameters())
    quiet = "model.eval() before it reads switches that off."
    learns = "with torch.no_grad(): around the reading leaves it out."
    if any(forgets and graph for graph, forgets in model.readings):
        says = "The model reads as it does while it learns: it leaves numbers out (dropout), and a graph is built for blame. "
        raise Wrong("evaluate-as-in-training", says + quiet + " And " + learns, called)
    if any(forgets for _, forgets in model.readings):
        says = "The model is measured while it leaves numbers out, as it does in training (dropout): it looks worse than it is. "
        raise Wrong("evaluate-dropout", says + quiet, called)
    if any(graph for graph, _ in model.readings):
        says = (
            "Each reading builds a graph for blame that nobody will pass back: that costs memory and time. "
        )
        raise Wrong("evaluate-gradient", says + learns, called)
    if not learns_still:
        says = "Afterwards nothing can learn any more: gradients were switched off, and are off still. "
        raise Wrong(
            "evaluate-ends-learning",
            says + "with torch.no_grad(): switches them on again at its end.",
            called,
        )
    if model.training is not training:
        says = "Afterwards the model is not as it was: in training again, or not. "
        says += "Note model.training first, and end with model.train(was_training)."
        raise Wrong("evaluate-leaves-it-quiet", says, called)
    if isinstance(given, torch.Tensor):
        says = f"It gives {kind(given)}. Give a plain number: .item() makes one."
        raise Wrong("evaluate-gives-a-tensor", says, called)
    return given


def close(yours, needed, nan: bool = False) -> bool:
    """Whether two means of nats are the same, as closely as float32 knows them."""
    return comparison.same(in_float32(yours), in_float32(needed), nan)


def in_float32(nats):
    """A number that is compared no more closely than a model in float32 knows it; anything else as it is."""
    return torch.tensor(nats, dtype=torch.float32) if isinstance(nats, float) else nats


def call(n_tokens: int, context: int, stride: int | None = None, training: bool = True) -> str:
    options = {"context": context} | ({} if stride is None else {"stride": stride})
    state = "in training" if training else "not in training"
    return f"evaluate(a model with dropout, {state}, a text of {n_tokens} tokens, {shown(options)})"


@check(
    "evaluation.evaluate",
    view=View(see, call),
    same=close,
    cases=[(7, 6), (20, 6), (20, 6, 3), (33, 8, 5), (12, 4, 1), (19, 6, 6, False)],
    awkward=[(2, 1), (2, 8), (9, 8), (10, 8, 1, False), (90, 8), (31, 7, 2)],
)
def evaluate(n_tokens, context, stride=None, training=True):
    """Token by token: each is predicted from what its piece holds before it."""
    model, text, stride = Forgetful().eval(), TEXT[:n_tokens], stride or context
    end, total = min(n_tokens, context + 1), 0.0
    for place in range(1, n_tokens):
        if place >= end:
            end = min(n_tokens, end + stride)
        with torch.no_grad():
            logits = model(text[None, max(0, end - 1 - context) : place])[0, -1]
        total += functional.cross_entropy(logits, text[place].long()).double().item()
    return total / (n_tokens - 1)


edits(
    "evaluation.evaluate",
    (
        "evaluate-all-tokens",
        "total / (len(tokens) - 1)",
        "total / len(tokens)",
        "It is shared out over all tokens. The first was not predicted, so there is one less: len(tokens) - 1.",
    ),
    (
        "evaluate-sum",
        "total / (len(tokens) - 1)",
        "total",
        "This is the whole surprise, summed. The mean is asked for: share it out over the tokens that were predicted.",
    ),
    (
        "evaluate-mean-over-pieces",
        "total / (len(tokens) - 1)",
        "total / len(pieces)",
        "It is shared out over the pieces. Share it out over the tokens that were predicted: len(tokens) - 1.",
    ),
    (
        "evaluate-mean-of-means",
        "evaluation.surprise(model, tokens, [piece]) for piece in pieces)\n",
        "evaluation.surprise(model, tokens, [piece]) / (piece[1] - piece[2]) for piece in pieces)"
        " / len(pieces) * (len(tokens) - 1)\n",
        "This is a mean of the pieces' means: tokens of the last piece, which may be short, weigh more than others. "
        "Add up all surprise first, and divide once.",
    ),
    (
        "evaluate-counts-twice",
        "evaluation.surprise(model, tokens, [piece])",
        "evaluation.surprise(model, tokens, [(piece[0], piece[1], piece[0] + 1)])",
        "Where pieces overlap, tokens are counted more than once. Of each piece what counts begins at its third number.",
    ),
    (
        "evaluate-bits",
        "return total / (len(tokens) - 1)",
        "return total / (len(tokens) - 1) / math.log(2)",
        "These are bits. The mean surprise is told in nats, as evaluation.surprise gives it.",
    ),
    (
        "evaluate-first-piece",
        "for piece in pieces)",
        "for piece in pieces[:1])",
        "Only the first piece is read. The text goes on.",
    ),
)
