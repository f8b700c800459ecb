"""What benchmarks/faster.py puts into the library's place in training, compared with the library's own."""

import math
from pathlib import Path

import pytest
import torch

from nextword import attention, optim, recipes, training, transformer
from nextword.optim import Group
from nextword.training import TrainingConfig
from nextword.transformer import ModelConfig, Transformer

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
TEXT = torch.arange(4000) ** 2 % 31
CPU = torch.device("cpu")


@pytest.fixture
def faster(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import faster

    return faster


def numbers(*shape, seed=0, kind=torch.float32):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed)).to(kind)


def with_blame(function, *given):
    """What a function gives of these, and how much each of them is to blame for a mixture of what it gave."""
    given = [one.detach().clone().requires_grad_() for one in given]
    gave = function(*given)
    return [gave.detach(), *torch.autograd.grad((gave.float() * numbers(*gave.shape, seed=9)).sum(), given)]


def assert_near(found, needed, share):
    """All within so much of the largest, and as near on the whole: no sign, factor or place is another."""
    for one, other in zip(found, needed, strict=True):
        one, other = one.double(), other.double()
        assert one.shape == other.shape and (one - other).abs().max() < 3 * share * other.abs().max()
        assert (one - other).norm() < share * other.norm()


def in_16_bits(function):
    def under_autocast(*given):
        with training.multiplying_in("bfloat16", CPU):
            return function(*given)

    return under_autocast


@pytest.mark.parametrize("n", [7, 128, 200, 256])
def test_attention_and_its_blame_are_those_of_float64(faster, n):
    query, key, value = (numbers(2, 3, n, 16, seed=seed, kind=torch.bfloat16) for seed in range(3))
    needed = with_blame(attention.attend, query.double(), key.double(), value.double())
    assert_near(with_blame(in_16_bits(faster.attend), query, key, value), needed, 0.02)


def test_no_query_sees_what_comes_later(faster):
    query, key, value = (numbers(1, 2, 200, 16, seed=seed, kind=torch.bfloat16) for seed in range(3))
    before = in_16_bits(faster.attend)(query, key, value)
    key[..., 150:, :], value[..., 150:, :] = 3, 50
    after = in_16_bits(faster.attend)(query, key, value)
    assert torch.equal(before[..., :150, :], after[..., :150, :])
    assert not torch.isclose(before[..., 150:, :], after[..., 150:, :]).all(dim=-1).any()


@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
def test_norms_and_turns_are_those_of_float64(faster, kind):
    x = 3 * numbers(2, 3, 20, 8, kind=kind)
    needed = with_blame(transformer.rms_norm, x.double())
    assert_near(with_blame(in_16_bits(faster.rms_norm), x), needed, 1e-6 if kind == torch.float32 else 0.005)
    places = torch.arange(20)
    needed = with_blame(lambda x: attention.rope(x, places), x.double())
    assert_near(with_blame(in_16_bits(lambda x: faster.rope(x, places)), x), needed, 0.005)


def test_the_mlp_is_that_of_float64(faster):
    layer = transformer.MLP(ModelConfig(vocab_size=9, **recipes.shape(32, 1, 2, 16)))
    x = numbers(4, 20, 32)
    found = with_blame(in_16_bits(lambda x: faster.mlp(x, layer)), x)
    layer.double()
    assert_near(found, with_blame(lambda x: transformer.mlp(x, layer), x.double()), 0.02)


@pytest.mark.parametrize("shape", [(4, 32, 32), (3, 24, 64), (3, 64, 24)])
def test_a_stack_is_turned_as_each_of_its_matrices(faster, shape):
    stack = 5 * numbers(*shape)
    found = faster.newton_schulz(stack)
    for one, matrix in zip(found, stack, strict=True):
        needed = optim.newton_schulz(matrix)
        assert (one - needed).norm() < 0.05 * needed.norm()


def test_the_optimizer_is_the_librarys(faster):
    """Three steps: memories, rates, decay and the bias of young means all take part."""
    shapes = {
        "a": (16, 16),
        "b": (16, 16),
        "tall": (32, 16),
        "wide": (16, 32),
        "table": (9, 16),
        "bias": (16,),
    }
    ends = []
    for kind in (optim.Optimizer, faster.Together):
        dials = {
            name: numbers(*shape, seed=i).requires_grad_() for i, (name, shape) in enumerate(shapes.items())
        }
        matrices = {name: dials[name] for name in ("a", "b", "tall", "wide")}
        rest = {name: dials[name] for name in ("table", "bias")}
        groups = [Group(matrices, "muon", 0.3, {"beta": 0.9, "weight_decay": 0.4})]
        groups.append(Group(rest, "adamw", 0.1, {"betas": (0.8, 0.95)}))
        optimizer = kind(groups)
        for step in range(3):
            for i, dial in enumerate(dials.values()):
                dial.grad = numbers(*dial.shape, seed=100 * step + i)
            optimizer.step(1 - step / 4)
            assert all(dial.grad is None for dial in dials.values())
        ends.append(
            {
                name: dial.detach() - numbers(*dial.shape, seed=i)
                for i, (name, dial) in enumerate(dials.items())
            }
        )
    plain, together = ends
    for name in shapes:
        assert (together[name] - plain[name]).norm() < 0.03 * plain[name].norm()
    assert torch.allclose(together["table"], plain["table"], atol=1e-5)
    with pytest.raises(ValueError, match="clips nothing"):
        optimizer.step(limit=1.0)


def test_a_run_learns_as_the_plain_one(faster):
    losses = []
    for hastened in (False, True):
        model = Transformer(
            ModelConfig(vocab_size=31, **recipes.shape(32, 2, 2, 160)), torch.Generator().manual_seed(0)
        )
        config = TrainingConfig(12, batch=2, context=160, weight_decay=0.1, precision="bfloat16")
        run = training.begin(model, config)
        if hastened:
            with faster.dropped_in():
                training.train(faster.hasten(run), TEXT)
        else:
            training.train(run, TEXT)
        losses.append(run.losses)
    plain, hasty = losses
    assert plain != hasty  # else nothing was put in its place
    assert max(abs(a - b) for a, b in zip(plain, hasty, strict=True)) < 0.02 * math.log(31)
    assert hasty[-1] < 0.9 * hasty[0]


def test_outside_of_16_bits_and_afterwards_all_is_the_librarys(faster):
    own = transformer.rms_norm, transformer.mlp, attention.rope, attention.attend
    x, model = torch.arange(12)[None], Transformer(ModelConfig(vocab_size=31, **recipes.shape(32, 2, 2, 64)))
    needed = model(x)
    with faster.dropped_in():
        assert torch.equal(model(x), needed)
    assert own == (transformer.rms_norm, transformer.mlp, attention.rope, attention.attend)
