"""What is right on plain inputs and wrong on awkward ones is refused; what is explained then is true."""

import math

import pytest
import torch

from classroom.judge import diagnosis, registry, shelf, shelf_tensors
from classroom.judge.lost import lost
from nextword import attention, chat, embeddings, sampling
from nextword.base import overrides

WRONG = []


def wrong(target: str, id: str = ""):
    return lambda function: WRONG.append((target, id, function)) or function


@wrong("black_box.likeliest", "place-spoiled")
def _(options):
    return max(options, key=options.get).rstrip()


@wrong("black_box.pick")
def past_the_end_the_last_of_the_alphabet(options, u):
    end = 0.0
    for piece, probability in options.items():
        end += probability
        if u < end:
            return piece
    return sorted(options)[-1]


@wrong("black_box.write", "lost-at-the-edges")
def _(start, n, machine, choose):
    text = start.lstrip()
    for _ in range(n):
        text += choose(machine(text))
    return text


@wrong("black_box.write")
def a_window(start, n, machine, choose):
    for _ in range(n):
        start += choose(machine(start[-1000:]))
    return start


@wrong("chat.transcript")
def empty_turns_are_left_out(turns):
    told = "".join(f"{chat.START}{who}\n{what}{chat.END}\n" for who, what in turns if what)
    return f"{told}{chat.START}assistant\n"


@wrong("ngram.loss")
def equals_count_once(probabilities):
    each = set(probabilities)
    return sum(-math.log(p) if p > 0 else math.inf for p in each) / len(each)


@wrong("ngram.loss")
def in_float32(probabilities):
    return -torch.tensor(probabilities).log().mean().item()


@wrong("sampling.softmax")
def the_median_is_taken_away(logits):
    powers = torch.exp(logits - logits.median(-1, keepdim=True).values)
    return powers / powers.sum(-1, keepdim=True)


@wrong("sampling.softmax", "softmax-never-0")
def _(logits):
    return torch.softmax(logits, -1) + 1e-8


@wrong("sampling.with_temperature", "temperature-very-low")
def _(logits, temperature):
    if temperature == 0:
        return torch.where(logits == logits.amax(-1, keepdim=True), logits, -1e9)
    return logits / temperature


@wrong("sampling.top_k", "place-spoiled")
def _(logits, k):
    smallest = torch.topk(logits, min(k, logits.shape[-1]), dim=-1).values[..., -1:]
    return logits.masked_fill(logits < smallest, -math.inf).squeeze()


@wrong("sampling.top_p", "top-p-at-1")
def _(logits, p):
    probabilities, order = sampling.softmax(logits).sort(dim=-1, descending=True)
    kept = (probabilities.cumsum(-1) - probabilities < p).gather(-1, order.argsort(-1))
    return logits.masked_fill(~kept, -math.inf)


def _pins(ends, generator):
    return torch.rand(ends[..., -1:].shape, generator=generator) * ends[..., -1:]


@wrong("sampling.draw", "draw-shape")
def _(probabilities, generator=None):
    ends = probabilities.cumsum(-1)
    return (ends <= _pins(ends, generator)).sum(-1).squeeze()


@wrong("sampling.draw", "draw-one-pin")
def _(probabilities, generator=None):
    ends = probabilities.cumsum(-1)
    shape = (ends.shape[0],) + (1,) * (ends.ndim - 1) if ends.ndim > 1 else (1,)
    return (ends <= torch.rand(shape, generator=generator) * ends[..., -1:]).sum(-1)


@wrong("sampling.draw", "draw-impossible")
def _(probabilities, generator=None):
    ends = probabilities.cumsum(-1)
    return (ends < _pins(ends, generator)).sum(-1)


@wrong("sampling.draw", "draw-rounded")
def _(probabilities, generator=None):
    ends = probabilities.double().cumsum(-1)
    pin = ((torch.rand(ends[..., -1:].shape, generator=generator) * 500).floor() + 0.5) / 500
    return (ends <= pin * ends[..., -1:]).sum(-1)


@wrong("sampling.draw", "draw-frequencies")
def _(probabilities, generator=None):
    ends = (probabilities**1.1).cumsum(-1)
    return (ends <= _pins(ends, generator)).sum(-1)


@wrong("sampling.draw", "draw-needs-generator")
def _(probabilities, generator=None):
    ends = probabilities.cumsum(-1)
    generator.get_state()
    return (ends <= _pins(ends, generator)).sum(-1)


@wrong("sampling.draw", "draw-restarts-generator")
def _(probabilities, generator=None):
    if generator is not None:
        generator.manual_seed(generator.initial_seed())
    ends = probabilities.cumsum(-1)
    return (ends <= _pins(ends, generator)).sum(-1)


@wrong("sampling.draw")
def three_tokens_are_written_in(probabilities, generator=None):
    ends = probabilities.cumsum(-1)
    length = ends[..., 2:3]
    return ((ends <= torch.rand(length.shape, generator=generator) * length) & (ends < length)).sum(-1)


@wrong("tokenizer.decode")
def the_byte_0_is_left_out(ids, table):
    return b"".join(table[i] for i in ids).replace(b"\0", b"").decode("utf-8", errors="replace")


@wrong("embeddings.unit", "loses-its-kind")
def _(vectors):
    return torch.nn.functional.normalize(vectors.double(), dim=-1)


@wrong("embeddings.cosine", "lost-at-the-edges")
def _(vectors, vector):
    return (embeddings.unit(vectors) @ embeddings.unit(vector)).squeeze()


@wrong("attention.attend")
def scaled_by_the_length_of_a_value(query, key, value, *, causal=True, window=None):
    key, value = attention.repeat_kv(key, query.shape[-3]), attention.repeat_kv(value, query.shape[-3])
    table = query @ key.mT / math.sqrt(value.shape[-1])
    table = attention.mask_future(table) if causal else table
    return sampling.softmax(table if window is None else attention.mask_outside_window(table, window)) @ value


@wrong("transformer.count_parameters", "calls-the-library")
def _(config):
    return sum(config.parameters_by_kind().values())


@wrong("neuron_ablation.find_neuron", "find-neuron-not-an-int")
def _(before, after, limit=0.05):
    moved = (after[:, 1:] - before[1:]).abs().amax(-1) <= limit
    fall = ((before[0] - after[:, 0]) * moved).numpy()
    return fall.argmax() if (fall > 0).any() else None


@pytest.mark.parametrize("target, id, function", WRONG, ids=[f"{t}-{i or f.__name__}" for t, i, f in WRONG])
def test_what_goes_wrong_at_the_edges_is_refused(target, id, function):
    found = diagnosis.diagnose(registry.find(target), function)
    assert found is not None, "it passed"
    assert found.id == id or not id, vars(found)


def test_the_library_may_count_as_it_does():
    own = overrides.original("transformer.count_parameters")
    assert (
        diagnosis.diagnose(registry.find("transformer.count_parameters"), lambda config: own(config)) is None
    )


def test_plain_cases_explain_and_awkward_ones_refuse():
    check = registry.Check("ngram.loss", sum, [([1, 2],), ([3, 4],), ([],)], n_plain=2)
    check.mistakes.append(registry.Mistake("of-nothing", "Nothing gives 1.", lambda x: sum(x) or 1))
    check.mistakes.append(registry.Mistake("product", "They are multiplied.", lambda x: math.prod(x)))
    assert diagnosis.diagnose(check, lambda x: sum(x) or 1).id == "of-nothing"
    assert diagnosis.diagnose(check, lambda x: sum(x) or 2).id == "value"
    assert diagnosis.diagnose(check, lambda x: math.prod(x) if x else 0).id == "product"


def test_what_got_lost_is_told():
    assert "stripped" in lost("a", " a\n") and not lost("b", " a\n") and not lost("\n", "\r\n")
    row = torch.ones(1, 3)
    assert "(1, 3)" in lost(torch.ones(3), row) and not lost(torch.zeros(3), row) and not lost(row, row)


def test_the_shelf_is_awkward():
    """No two axes of ALL_DIFFER are as long as each other, and no row of logits has two best ones."""
    assert len(set(shelf_tensors.ALL_DIFFER.shape)) == shelf_tensors.ALL_DIFFER.ndim
    for logits in shelf_tensors.LOGITS:
        best = logits == logits.amax(-1, keepdim=True)
        assert (best.sum(-1) == 1).all()
    assert any(text != text.strip() for text in shelf.TEXTS) and "" in shelf.TEXTS
