"""Rung `lora`: a pair of thin matrices beside a large one: nothing at first, equal to a full matrix when merged."""

import copy
from dataclasses import replace

import pytest
import torch
from torch import nn

from nextword import finetuning, lora
from nextword.base import overrides
from nextword.finetuning import Example
from nextword.lora import Adapted, LoraConfig
from nextword.training import TrainingConfig
from nextword.transformer import ModelConfig, Transformer

SIZES = {
    "vocab_size": 11,
    "d_model": 16,
    "n_layers": 3,
    "n_heads": 4,
    "n_kv_heads": 2,
    "d_mlp": 32,
    "context": 24,
}
IDS = torch.randint(11, (3, 9), generator=torch.Generator().manual_seed(5))


def a_model(**more):
    model = Transformer(ModelConfig(**SIZES | more), torch.Generator().manual_seed(0))
    with torch.no_grad():
        for matrix in model.parameters():
            matrix.normal_(0, 0.3, generator=torch.Generator().manual_seed(matrix.numel()))
    return model


def learned(model, **settings):
    """The same model with pairs that are no longer 0."""
    lora.adapt(model, LoraConfig(**{"rank": 2, "alpha": 6.0} | settings), torch.Generator().manual_seed(1))
    with torch.no_grad():
        for _, _, adapted in lora.pairs(model):
            adapted.b.normal_(0, 0.2, generator=torch.Generator().manual_seed(adapted.b.numel()))
    return model


def examples(n=40):
    rows = torch.randint(9, (n, 5), generator=torch.Generator().manual_seed(3)).tolist()
    return [Example((9, *row, 10), 2) for row in rows]


# ---- closed forms ----


def test_forward_is_the_formula_in_float64():
    """peft's forward pass, written out: base(x) + B(A(x)) * alpha / r."""
    g = torch.Generator().manual_seed(0)
    for rank, alpha in ((1, 1.0), (2, 8.0), (4, 2.0)):
        x, weight = torch.randn(2, 3, 6, generator=g).double(), torch.randn(5, 6, generator=g).double()
        a, b = torch.randn(rank, 6, generator=g).double(), torch.randn(5, rank, generator=g).double()
        scale = LoraConfig(rank, alpha).scale
        assert scale == alpha / rank
        needed = torch.einsum("bti,oi->bto", x, weight) + (alpha / rank) * torch.einsum(
            "bti,ri,or->bto", x, a, b
        )
        assert torch.allclose(lora.forward(x, weight, a, b, scale), needed, atol=1e-12)
        merged = lora.merge(weight, a, b, scale)
        assert torch.allclose(x @ merged.T, needed, atol=1e-12)
        assert torch.linalg.matrix_rank(merged - weight) == rank


def test_gradients_are_those_of_the_full_matrix_through_the_product():
    """With G the full matrix's gradient: dB = scale G A^T and dA = scale B^T G."""
    g = torch.Generator().manual_seed(0)
    x, weight = torch.randn(7, 6, generator=g), torch.randn(5, 6, generator=g, requires_grad=True)
    a, b = (torch.randn(*shape, generator=g).requires_grad_() for shape in ((2, 6), (5, 2)))
    lora.forward(x, weight, a, b, 3.0).square().sum().backward()
    assert torch.allclose(b.grad, 3 * weight.grad @ a.detach().T, atol=1e-3)
    assert torch.allclose(a.grad, 3 * b.detach().T @ weight.grad, atol=1e-3)


def test_a_pair_as_wide_as_the_matrix_reaches_any_matrix():
    weight, needed = torch.randn(4, 6), torch.randn(4, 6)
    a, b = torch.eye(4, 6), torch.zeros(4, 4)
    left, values, right = torch.linalg.svd(needed - weight, full_matrices=False)
    a, b = right, left * values
    assert torch.allclose(lora.merge(weight, a, b, 1.0), needed, atol=1e-5)


# ---- a model with pairs ----


def test_before_the_first_step_nothing_has_changed():
    model = a_model()
    needed = model(IDS)
    lora.adapt(model, LoraConfig(rank=3), torch.Generator().manual_seed(0))
    assert torch.equal(model(IDS), needed)
    assert all(adapted.a.any() and not adapted.b.any() for _, _, adapted in lora.pairs(model))


def test_the_pairs_alone_are_dials_and_as_many_as_they_should_be():
    model = lora.adapt(a_model(), LoraConfig(rank=3, n_layers=2))
    d, kv, rank = 16, 8, 3
    assert sum(dial.numel() for dial in lora.dials(model).values()) == 2 * rank * ((d + d) + (d + kv))
    assert all(name.endswith((".a", ".b")) for name in lora.dials(model))
    assert {name.split(".")[1] for name in lora.dials(model)} == {"1", "2"}  # the last two layers


@pytest.mark.parametrize("more", [{}, {"biases": True, "norm": "layer"}, {"qk_norm": True}])
def test_merged_is_the_same_model_without_pairs(more):
    model = learned(a_model(**more), matrices=("query", "key", "value", "output"))
    plain = a_model(**more)
    needed = model(IDS)
    assert (needed - plain(IDS)).abs().max() > 0.1
    lora.merge_all(model)
    assert not any(lora.pairs(model)) and torch.allclose(model(IDS), needed, atol=1e-4)
    assert model.state_dict().keys() == plain.state_dict().keys()
    assert all(dial.requires_grad for dial in model.parameters())


def test_taken_off_it_is_the_model_before_to_the_last_bit():
    plain = a_model()
    needed = plain(IDS)
    assert torch.equal(lora.take_off(learned(plain))(IDS), needed)


def test_learning_turns_the_pairs_and_holds_the_rest_still():
    model = a_model()
    before = copy.deepcopy(model.state_dict())
    lora.adapt(model, LoraConfig(rank=4), torch.Generator().manual_seed(0))
    run = lora.begin(model, TrainingConfig(30, batch=8, context=24), lr=0.02)
    finetuning.finetune(run, examples(), 10)
    assert sum(run.losses[-5:]) < sum(run.losses[:5]) - 0.5
    assert all(adapted.b.any() for _, _, adapted in lora.pairs(model))
    lora.take_off(model)
    assert all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())


def test_a_first_step_is_that_of_torchs_adamw():
    """The same gradients to the same rule: torch's optimizer over the same pairs."""
    ours, its = (lora.adapt(a_model(), LoraConfig(2), torch.Generator().manual_seed(1)) for _ in range(2))
    run = lora.begin(ours, TrainingConfig(8, batch=4, context=24, decay=0.0), lr=0.01)
    finetuning.finetune(run, examples(), 10)
    optimizer = torch.optim.AdamW(lora.dials(its).values(), 0.01, betas=(0.9, 0.95), weight_decay=0)
    generator = torch.Generator().manual_seed(0)
    for _ in range(8):
        chosen = torch.randint(40, (4,), generator=generator)
        ids, mask = finetuning.batch([examples()[i] for i in chosen], 10)
        chances = its(ids[:, :-1]).log_softmax(-1).gather(-1, ids[:, 1:, None])[..., 0]
        optimizer.zero_grad()
        (-chances[mask].mean()).backward()
        optimizer.step()
    for name, dial in lora.dials(ours).items():
        assert torch.allclose(dial, lora.dials(its)[name], atol=1e-5), name


def test_a_readers_functions_are_called():
    model, called = learned(a_model()), []
    own = overrides.original("lora.forward")
    with overrides.replacing("lora.forward", lambda *args: called.append(1) or own(*args)):
        model(IDS)
    assert len(called) == 2 * SIZES["n_layers"]
    with overrides.replacing("lora.merge", lambda weight, a, b, scale: torch.zeros_like(weight)):
        lora.merge_all(model)
    assert not model.layers[0].attention.query.weight.any()


# ---- what cannot be done ----


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ({"n_layers": 9}, "this model has 3"),
        ({"n_layers": 0}, "this model has 3"),
        ({"matrices": ("query", "gate")}, "gate"),
        ({"matrices": ()}, "this came"),
    ],
)
def test_what_is_not_there_is_told(config, says):
    model = a_model()
    with pytest.raises(ValueError, match=says):
        lora.adapt(model, LoraConfig(**config))
    assert not any(lora.pairs(model)) and all(dial.requires_grad for dial in model.parameters())


def test_pairs_are_put_on_once_and_learned_only_where_there_are_some():
    model = a_model()
    with pytest.raises(ValueError, match="no pairs"):
        lora.begin(model, TrainingConfig(1))
    lora.adapt(model)
    with pytest.raises(ValueError, match="pairs already"):
        lora.adapt(model)
    with pytest.raises(ValueError, match="at least 1"):
        LoraConfig(rank=0)


def test_a_pair_is_of_the_kind_of_its_matrix():
    linear = nn.Linear(6, 4).to(torch.bfloat16)
    adapted = Adapted(linear, replace(LoraConfig(), rank=2))
    assert adapted(torch.ones(3, 6, dtype=torch.bfloat16)).dtype == torch.bfloat16
    assert adapted.merged().weight.shape == (4, 6) and adapted.merged().bias is linear.bias
