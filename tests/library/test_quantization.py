"""Rung `quantization`: each weight within half a step, the fast product within its bound, the model nearly the same."""

import warnings

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nextword import evaluation, generation, quantization
from nextword.base import overrides
from nextword.generation import SamplingConfig
from nextword.quantization import Int8Linear
from nextword.transformer import ModelConfig, Transformer
from tests.library import real

sizes = st.integers(1, 40)
seeds = st.integers(0, 10_000)


def a_matrix(rows, columns, seed=0, spread=1.0):
    chance = torch.Generator().manual_seed(seed)
    return torch.randn(rows, columns, generator=chance) * spread * torch.rand(rows, 1, generator=chance)


@given(sizes, sizes, seeds, st.sampled_from([1e-6, 0.05, 1.0, 1e6]))
def test_each_weight_is_within_half_a_step_of_its_row(rows, columns, seed, spread):
    matrix = a_matrix(rows, columns, seed, spread)
    numbers, scale = quantization.quantize(matrix)
    assert numbers.dtype == torch.int8 and numbers.shape == matrix.shape and scale.shape == (rows,)
    step = matrix.double().abs().max(dim=1).values / 127
    assert torch.allclose(scale.double(), step, rtol=1e-5)
    off = (quantization.dequantize(numbers, scale).double() - matrix.double()).abs()
    assert (off <= step[:, None] * 0.5001).all()
    assert (numbers.int().abs().amax(dim=1) == 127).all()  # all of the range is used, and -128 is not
    assert ((numbers.int() == 0) | (numbers.sign() == matrix.sign())).all()


def test_it_is_torchs_own_quantization():
    matrix = a_matrix(30, 50, 3)
    numbers, scale = quantization.quantize(matrix)
    theirs = torch.quantize_per_channel(matrix, scale, torch.zeros(30, dtype=torch.int64), 0, torch.qint8)
    assert torch.equal(theirs.int_repr(), numbers)
    assert torch.allclose(theirs.dequantize(), quantization.dequantize(numbers, scale), atol=1e-7)


def test_rows_that_are_zero_or_one_number():
    numbers, scale = quantization.quantize(torch.tensor([[0.0, 0.0], [-3.0, -3.0], [1e-30, 0.0]]))
    assert numbers.tolist() == [[0, 0], [-127, -127], [127, 0]] and scale.isfinite().all()
    assert quantization.dequantize(numbers, scale)[0].tolist() == [0, 0]


def test_bfloat16_weights():
    matrix = a_matrix(4, 64, 1).bfloat16()
    numbers, scale = quantization.quantize(matrix)
    needed, needed_scale = quantization.quantize(matrix.float())
    assert torch.equal(numbers, needed) and torch.equal(scale.float(), needed_scale)


@given(sizes, sizes, st.integers(1, 5), seeds)
def test_the_product_is_that_of_the_weights_again(rows, columns, places, seed):
    numbers, scale = quantization.quantize(a_matrix(rows, columns, seed))
    x = a_matrix(places, columns, seed + 1).unsqueeze(0)
    needed = x.double() @ quantization.dequantize(numbers, scale).double().T
    found = quantization.product(x, numbers, scale)
    assert found.shape == (1, places, rows) and torch.allclose(found.double(), needed, atol=1e-5)


@pytest.mark.parametrize("halves", [False, True])
@settings(max_examples=60, deadline=None)
@given(sizes, st.integers(1, 130), st.sampled_from([1, 2, 5, 40]), seeds, st.sampled_from([1e-3, 1.0, 1e4]))
def test_the_fast_product_keeps_its_bound(halves, rows, columns, places, seed, spread):
    """Sizes of which the call could read beyond the end are among them: there it must not be called."""
    numbers, scale = quantization.quantize(a_matrix(rows, columns, seed))
    x = a_matrix(places, columns, seed + 1, spread)
    with overrides.replacing("quantization.bfloat16_is_quicker", lambda: halves):
        found = quantization.product_fast(x, numbers, scale).double()
    needed = x.double() @ quantization.dequantize(numbers, scale).double().T
    assert ((found - needed).abs() <= quantization.bound(x, numbers, scale) + 1e-6 * spread).all()


def test_the_call_is_used_where_it_may_be(monkeypatch):
    if not quantization.fast_is_there():
        pytest.skip("no fast int8 product here")
    called, own = [], quantization.int8_call
    monkeypatch.setattr(quantization, "int8_call", lambda *given: called.append(1) or own(*given))
    for columns, odd in ((64, 0), (63, 0), (48, 0), (64, 1)):
        room = torch.zeros(10 * columns + odd, dtype=torch.int8)
        numbers = room[odd:].view(10, columns)  # with odd = 1 it begins at an odd address
        quantization.product_fast(torch.ones(2, columns), numbers, torch.ones(10))
        turned = torch.zeros(columns, 32, dtype=torch.int8).T  # column by column
        quantization.product_fast(torch.ones(2, columns), turned, torch.ones(32))
    assert len(called) == 1


def test_a_row_is_the_same_whoever_is_beside_it():
    numbers, scale = quantization.quantize(a_matrix(100, 576))
    x = a_matrix(9, 576, 1)
    together = quantization.product_fast(x, numbers, scale)
    alone = torch.cat([quantization.product_fast(row[None], numbers, scale) for row in x])
    assert torch.allclose(together, alone, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("how", ["absent", "wrong", "refuses", "slow"])
def test_where_the_call_cannot_be_used_it_is_the_plain_product_and_a_note(monkeypatch, how):
    def wrong(x, numbers, ones):
        return (x.float() @ numbers.float().T * 1.02).bfloat16()

    def refuses(x, numbers, ones):
        raise RuntimeError("not for this machine")

    if how in ("wrong", "refuses"):
        monkeypatch.setattr(torch, "_weight_int8pack_mm", wrong if how == "wrong" else refuses, raising=False)
    elif how == "absent":
        monkeypatch.delattr(torch, "_weight_int8pack_mm", raising=False)
    else:
        monkeypatch.setattr(quantization, "is_right", lambda: True)
        monkeypatch.setattr(quantization, "is_quicker", lambda: False)
    quantization.fast_is_there.cache_clear()
    x, (numbers, scale) = a_matrix(2, 64), quantization.quantize(a_matrix(5, 64, 1))
    says = {"absent": "no such call", "wrong": "wrong here", "refuses": "wrong here", "slow": "slower here"}
    try:
        with pytest.warns(UserWarning, match=says[how]):
            found = quantization.product_fast(x, numbers, scale)
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # it says so once
            again = quantization.product_fast(x, numbers, scale)
        with overrides.fast():  # and does not go round in circles
            assert torch.equal(quantization.product(x, numbers, scale), found)
    finally:
        quantization.fast_is_there.cache_clear()
    assert torch.equal(found, again)
    assert torch.allclose(found, quantization.product(x, numbers, scale), atol=1e-5)


# ---- a model ----

KINDS = {
    "a Llama with shared heads": {"n_kv_heads": 1},
    "a GPT-2": {"positions": "learned", "norm": "layer", "mlp": "gelu", "biases": True},
    "ours": {"tied": False, "qk_norm": True, "embedding_norm": True, "norm_weights": False},
}


def a_model(**options):
    sizes = {"vocab_size": 50, "d_model": 32, "n_layers": 2, "n_heads": 2, "d_mlp": 64, "context": 40}
    model, chance = Transformer(ModelConfig(**sizes | options)), torch.Generator().manual_seed(1)
    with torch.no_grad():
        for dials in model.parameters():
            dials.normal_(std=0.3, generator=chance)
    return model


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fast", [False, True])
def test_a_small_model_is_the_model_of_its_rounded_weights(kind, fast):
    model = a_model(**KINDS[kind])
    before = {name: dials.clone() for name, dials in model.named_parameters()}
    small, ids = quantization.quantize_model(model), torch.tensor([[1, 4, 9, 30]])
    rounded = a_model(**KINDS[kind])
    with torch.no_grad():
        for name, dials in rounded.named_parameters():
            if dials.dim() == 2 and name != "positions.weight":
                dials.copy_(quantization.dequantize(*quantization.quantize(dials)))
    needed = rounded(ids)
    if fast:
        with overrides.fast():
            found = small(ids)
    else:
        found = small(ids)
    assert torch.allclose(found, needed, atol=0.3 if fast else 1e-3)
    assert not torch.allclose(model(ids), needed, atol=1e-2)  # it is another model, and told apart
    assert all(torch.equal(before[name], dials) for name, dials in model.named_parameters())
    matrices = [part for part in small.modules() if isinstance(part, Int8Linear)]
    assert len(matrices) == (2 * (7 if model.config.mlp == "swiglu" else 6)) + 1 + (not model.config.tied)


def test_a_small_model_hangs_on_nothing_of_the_first():
    model = a_model()
    small, ids = quantization.quantize_model(model), torch.tensor([[1, 2, 3]])
    needed = small(ids)
    with small.recorded("0.query") as seen:
        model(ids)
    assert not seen
    with torch.no_grad():
        for dials in model.parameters():
            dials.zero_()
    assert torch.equal(small(ids), needed)
    assert not any(dials.requires_grad for dials in small.parameters()) and not small.training
    assert type(model) is Transformer


def test_it_writes_and_is_measured_like_any_model():
    model = a_model()
    small = quantization.quantize_model(model)
    assert len(list(generation.generate(small, [1, 2], SamplingConfig(9, 0)))) == 9
    text = torch.randint(50, (60,), generator=torch.Generator().manual_seed(0))
    nats = [evaluation.evaluate(one, text, 20) for one in (model, small)]
    assert abs(nats[0] - nats[1]) < 0.05 * nats[0]


def test_a_reader_s_own_quantize_and_product_are_used():
    def coarse(matrix):
        numbers, scale = overrides.original("quantization.quantize")(matrix)
        return numbers * 0, scale

    with overrides.replacing("quantization.quantize", coarse):
        assert not quantization.quantize_model(a_model())(torch.tensor([[1, 2]])).any()
    small = quantization.quantize_model(a_model())
    own = overrides.original("quantization.product")
    with overrides.replacing("quantization.product", lambda *given: 0 * own(*given)), overrides.fast():
        assert not small(torch.tensor([[1, 2]])).any()


def test_the_memory_is_a_quarter():
    model = a_model(d_model=256, d_mlp=512)
    n = sum(dials.numel() for dials in model.parameters() if dials.dim() == 2)
    rows = sum(dials.shape[0] for dials in model.parameters() if dials.dim() == 2)
    norms = sum(dials.numel() for dials in model.parameters() if dials.dim() == 1)
    assert quantization.weight_bytes(model) == 4 * (n + norms)
    assert quantization.weight_bytes(quantization.quantize_model(model)) == n + 4 * rows + 4 * norms


def test_a_broken_model_is_refused():
    model = a_model()
    with torch.no_grad():
        model.layers[1].mlp.down.weight[3, 4] = float("nan")
    with pytest.raises(ValueError, match="a weight is not a finite number"):
        quantization.quantize_model(model)


@pytest.mark.network
def test_the_real_model_in_int8_is_nearly_as_good():
    model, tok = real.load()
    small = quantization.quantize_model(model)
    assert 3.9 < quantization.weight_bytes(model) / quantization.weight_bytes(small) < 4
    text = "Once upon a time there was a miller who had a daughter, and she was clever as well as pretty."
    ids = torch.tensor([tok.encode(text)])
    with overrides.fast(), torch.inference_mode():
        logs = [one(ids).float().log_softmax(-1) for one in (model, small)]
    nats = [-log[0, :-1].gather(1, ids[0, 1:, None]).mean().item() for log in logs]
    assert abs(nats[0] - nats[1]) < 0.05
    assert (logs[0].argmax(-1) == logs[1].argmax(-1)).float().mean() > 0.8
