"""What is told is true of the reader's code: Nones, arguments that make no difference, kinds of number, the library."""

import dataclasses
import math

import pytest
import torch
from torch import nn

from classroom.judge import comparison, diagnosis, endings, lives, probes, registry, unreadable
from classroom.judge.copies import copied
from classroom.judge.sandbox import TooLong, run
from nextword import attention, sampling, tokenizer, transformer
from nextword.base import overrides


def said(target, function):
    return diagnosis.diagnose(registry.find(target), function)


# ---- what came back ----


def test_a_missing_return_is_told_only_where_one_can_be_missing():
    def falls(tokens, n_context=1):
        if n_context > 50:
            return {}

    def gives(tokens, n_context=1):
        return {}.get("nothing")

    assert "end in a return?" in said("ngram.count_next", falls).says
    assert "return" not in said("ngram.count_next", gives).says


@pytest.mark.parametrize(
    "body, falls",
    [
        ("return x", False),
        ("if x:\n  return 1", True),
        ("if x:\n  return 1\nelse:\n  return 2", False),
        ("while True:\n  x", False),
        ("while True:\n  break", True),
        ("for y in x:\n  return y", True),
        ("try:\n  return 1\nexcept E:\n  raise", False),
        ("try:\n  x\nfinally:\n  return 1", False),
        ("with x:\n  return 1", False),
        ("if x:\n  return\nreturn 2", True),
        ("def g():\n  return\nreturn g", False),
    ],
)
def test_can_fall_off(body, falls, tmp_path):
    import linecache

    text = "def f(x):\n" + "".join(f"    {line}\n" for line in body.splitlines())
    space, name = {}, str(tmp_path / "f.py")
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    exec(compile(text, name, "exec"), space)
    assert endings.can_fall_off(space["f"]) is falls


def test_a_none_on_the_way_is_no_missing_return():
    def searches(text):
        import re

        return re.search("no such thing", text).group()

    assert "return" not in said("tokenizer.utf8_bytes", searches).says


def test_a_none_that_is_written_out_was_not_found_nowhere():
    def written_out(probabilities):
        total = -sum(math.log(p) if p else -math.inf for p in probabilities) / len(probabilities)
        return total if len(probabilities) > 2 else None

    def on_a_line(probabilities):
        if len(probabilities) < 3:
            return None
        return -sum(math.log(p) if p else -math.inf for p in probabilities) / len(probabilities)

    def looked_up(probabilities):
        return {n: n / 7 for n in (3, 4, 200)}.get(len(probabilities))

    for function in (written_out, on_a_line):
        told = said("ngram.loss", function)
        assert "Was its line reached that returns None?" in told.says and "found nothing" not in told.says, (
            told.says
        )
    assert "What found nothing gives None" in said("ngram.loss", looked_up).says


# ---- what makes no difference ----


def test_an_argument_that_makes_no_difference():
    def always_two(logits, k):
        kth = logits.topk(min(2, logits.shape[-1]), dim=-1).values[..., -1:]
        return logits.masked_fill(logits < kth, -math.inf) + 0 * 3 - 1

    wrong = said("sampling.top_k", always_two)
    assert wrong.id == "argument-ignored" and wrong.says.startswith("`k` makes no difference in yours")


def test_run_that_is_ignored_is_no_search_for_a_piece():
    def always_six(tokens, source, run=6):
        run = 6
        known = {tuple(source[i : i + run]) for i in range(len(source) - run + 1)}
        marked = set()
        for s in range(len(tokens) - run + 1):
            if tuple(tokens[s : s + run]) in known:
                marked.update(range(s, s + run))
        return len(marked) / len(tokens)

    wrong = said("ngram.copied_share", always_six)
    assert "piece in source" not in wrong.says


def test_what_goes_on_for_ever_on_other_inputs_is_no_claim(monkeypatch):
    check = registry.find("sampling.top_k")
    cases = [repr(case) for case in check.cases]

    def endless(logits, k):
        if repr((logits, k)) not in cases:
            raise TooLong
        return logits

    assert probes.ignored(check, endless, [run(endless, case) for case in check.cases]) == ""
    assert probes.refutes(check, endless, lambda logits, k: logits + 1) is False


def test_always_the_same():
    wrong = said("neuron_ablation.find_neuron", lambda before, after, limit=0.05: None)
    assert wrong.id == "always-the-same" and wrong.says == "It gives None, whatever it is given."


def test_always_the_same_number_in_tensors_of_other_shapes():
    wrong = said("speculative.residual", lambda target, draft: torch.zeros_like(target))
    assert wrong.id == "always-the-same" and wrong.says == "It gives nothing but 0.0, whatever it is given."


def test_merge_with_its_arguments_exchanged_is_not_told_to_merge():
    def train(chunks, n_merges):
        merges = []
        for new_id in range(256, 256 + n_merges):
            counts = tokenizer.count_pairs(chunks)
            if not counts:
                break
            pair = min(counts, key=lambda p: (-counts[p], p))
            chunks = [tokenizer.merge(pair, ids, new_id) for ids in chunks]
            merges.append(pair)
        return merges

    wrong = said("tokenizer.train", train)
    assert "Replace the pair in them" not in wrong.says


def test_a_second_thing_is_told_only_where_the_first_shows_nearly_everywhere():
    def by_d_minus_1(x, weight=None, eps=1e-5):
        scaled = x * torch.rsqrt(x.square().sum(dim=-1, keepdim=True) / max(1, x.shape[-1] - 1) + eps)
        return scaled if weight is None else scaled * weight

    assert "one thing more" not in said("transformer.rms_norm", by_d_minus_1).says


def test_another_default_is_no_matter_of_stacks():
    def rope(x, positions, base=100_000.0):
        angle = attention.angles(positions, x.shape[-1], base)
        cos, sin = angle.cos(), angle.sin()
        right, up = x[..., 0::2], x[..., 1::2]
        return torch.stack([right * cos - up * sin, right * sin + up * cos], dim=-1).flatten(-2)

    assert said("attention.rope", rope).id != "stack"


# ---- kinds of number, and the library ----

DOUBLES = {
    "sampling.softmax": lambda logits: torch.softmax(logits.double(), dim=-1),
    "attention.weighted_sum": lambda weights, value: weights.double() @ value.double(),
    "attention.merge_heads": lambda x: x.transpose(-3, -2).flatten(-2).double(),
    "embeddings.unit": lambda vectors: nn.functional.normalize(vectors.double(), dim=-1),
}


@pytest.mark.parametrize("target", DOUBLES)
def test_right_numbers_of_another_kind(target):
    wrong = said(target, DOUBLES[target])
    assert wrong.id == "loses-its-kind" and "float64" in wrong.says and ".to(x.dtype)" in wrong.says


def test_mlp_and_block_in_float64():
    def mlp(x, layer):
        return layer.down(nn.functional.silu(layer.gate(x)) * layer.up(x)).double()

    def block(x, layer, positions, cache=None):
        x = x + layer.attention(layer.attention_norm(x), positions, cache)
        return (x + layer.mlp(layer.mlp_norm(x))).double()

    for target, function in (("transformer.mlp", mlp), ("transformer.block", block)):
        assert said(target, function).id == "loses-its-kind"


def test_a_right_function_that_a_model_cannot_run_on():
    check = registry.find("attention.merge_heads")

    def three_axes(x):
        if x.shape[-1] == 4 and x.ndim == 4:
            raise RuntimeError("no batches")
        return x.transpose(-3, -2).flatten(-2)

    def far_off(x):
        return x.transpose(-3, -2).flatten(-2) * 1.5

    assert lives.in_a_model(check, three_axes).id == "stops-in-the-model"
    assert lives.in_a_model(check, far_off).id == "differs-in-the-model"
    assert lives.in_a_model(check, overrides.original("attention.merge_heads")) is None
    assert lives.in_training(check, overrides.original("attention.merge_heads")) is None


def test_gradients_that_are_lost_are_noticed_where_a_check_asks():
    check = registry.find("transformer.rms_norm")

    def detached(x, weight=None, eps=1e-5):
        scaled = x * torch.rsqrt(x.detach().square().mean(dim=-1, keepdim=True) + eps)
        return scaled if weight is None else scaled * weight

    assert lives.in_a_model(check, detached) is None
    assert lives.in_training(check, detached).id == "differs-in-the-model"


@pytest.mark.parametrize(
    "target", ["attention.attend", "attention.rope", "transformer.block", "transformer.next_logits"]
)
def test_what_a_model_calls_is_asked_to_live_in_one(target):
    assert registry.find(target).lives is lives.in_a_model


# ---- models, gradients and dataclasses as arguments ----


@dataclasses.dataclass
class Batch:
    ids: torch.Tensor
    weight: torch.Tensor


def test_an_untouched_model_is_no_changed_input():
    model = nn.Linear(2, 2)
    assert not run(lambda m: m(torch.ones(2)), (model,)).changed_input
    assert run(lambda m: m.weight.data.zero_(), (model,)).changed_input
    config = transformer.ModelConfig(vocab_size=4, d_model=4, n_layers=1, n_heads=2, d_mlp=4, context=8)
    assert not run(lambda m: m(torch.tensor([[1, 2]])), (transformer.Transformer(config),)).changed_input


def test_tensors_with_gradients_can_be_given_and_come_back():
    leaf = torch.ones(2, requires_grad=True)
    outcome = run(lambda x: x * 2, (leaf * 3,))
    assert outcome.error is None and outcome.value.tolist() == [6, 6] and not outcome.changed_input
    loss = run(lambda m: m(torch.ones(2)).sum(), (nn.Linear(2, 1),))
    assert loss.error is None and loss.value.requires_grad


def test_dataclasses_of_tensors():
    batch = Batch(torch.arange(3), torch.ones(2))
    assert not run(lambda b: b.ids.sum(), (batch,)).changed_input
    assert run(lambda b: b.ids.zero_(), (batch,)).changed_input
    assert comparison.same(batch, Batch(torch.arange(3), torch.ones(2)))
    assert not comparison.same(batch, Batch(torch.arange(3), torch.zeros(2)))
    grown = run(lambda b: Batch(b.ids + 1, b.weight), (batch,))
    assert grown.value.ids.tolist() == [1, 2, 3]


def test_a_copy_is_a_copy():
    inner = torch.ones(2, requires_grad=True) * 2
    twin = copied({"a": [inner], "b": (inner,)})
    assert twin["a"][0] is twin["b"][0] is not inner and twin["a"][0].is_leaf and twin["a"][0].requires_grad


# ---- cells that cannot be read ----


@pytest.mark.parametrize(
    "line, words",
    [
        ("return sum(p", "is opened here and never closed"),
        ("if p return 1", "A colon is missing"),
        ("x = 'abc", "no quote closes it"),
        ("return p)", "closes what was never opened"),
        ("return “p”", "curly quote"),
        ("if p = 1: return p", "write =="),
    ],
)
def test_what_python_says_of_a_cell_in_our_words(line, words):
    cell = f'@mine("ngram.loss")\ndef loss(p):\n    {line}\n'
    (made,) = unreadable.transformed(cell.splitlines(keepends=True))
    assert words in made and "'ngram.loss', 3" in made


def test_other_cells_are_left_alone():
    for cell in ("def f(:\n", '@mine("ngram.loss")\ndef loss(p):\n    return await p\n', "print(1)\n"):
        lines = cell.splitlines(keepends=True)
        if "await" not in cell:
            assert unreadable.transformed(lines) == lines


def test_softmax_is_still_what_it_was():
    assert said("sampling.softmax", lambda logits: sampling.torch.softmax(logits, dim=-1)) is None
