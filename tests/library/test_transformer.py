"""Rung `transformer`: against transformers' own Llama and GPT-2; its cache, counts, taps and swaps."""

import threading

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nextword import attention, transformer
from nextword.attention_parts.kv_cache import KVCache
from nextword.base import overrides
from nextword.transformer import ModelConfig, Transformer
from nextword.transformer_parts.config import GPT3_MATRICES
from tests.library import theirs

some = settings(max_examples=25, deadline=None)
SMALL = ModelConfig(vocab_size=23, d_model=24, n_layers=3, n_heads=6, n_kv_heads=2, d_mlp=40, context=50)
SMOLLM2 = ModelConfig(49_152, 576, 30, 9, 1_536, context=8_192, n_kv_heads=3, rope_base=100_000.0)


@st.composite
def shapes(draw):
    """What a Llama and a GPT-2 can differ in."""
    n_kv_heads, group, head_dim = (
        draw(st.integers(1, 3)),
        draw(st.integers(1, 3)),
        draw(st.sampled_from([2, 4, 8])),
    )
    return {
        "vocab_size": draw(st.integers(5, 60)),
        "d_model": n_kv_heads * group * head_dim,
        "n_layers": draw(st.integers(1, 3)),
        "n_heads": n_kv_heads * group,
        "n_kv_heads": n_kv_heads,
        "d_mlp": draw(st.integers(3, 50)),
        "context": 64,
        "tied": draw(st.booleans()),
    }


def made(config, seed=0):
    """A model whose dials are large enough for every part to matter, biases and norms included."""
    generator = torch.Generator().manual_seed(seed)
    model = Transformer(config, generator)
    with torch.no_grad():
        for name, dials in model.named_parameters():
            dials.normal_(mean="norm.weight" in name, std=0.3, generator=generator)
    return model


def some_ids(config, seed, batch, length):
    return torch.randint(config.vocab_size, (batch, length), generator=torch.Generator().manual_seed(seed))


def agree(ours, theirs_, ids):
    """The same logits: at once, without and with a cache, token by token or by pieces, plain and fused."""
    with torch.no_grad():
        needed = theirs_(ids).logits
        assert torch.allclose(ours(ids), needed, atol=1e-4, rtol=1e-5)
        for pieces in (1, 3):
            cache = KVCache()
            found = torch.cat([ours(piece, cache) for piece in ids.split(pieces, dim=1)], dim=1)
            assert torch.allclose(found, needed, atol=1e-4, rtol=1e-5)
        with overrides.replacing("attention.attend", attention.attend_fused):
            assert torch.allclose(ours(ids), needed, atol=1e-4, rtol=1e-5)
            cache = KVCache()
            ours(ids[:, :2], cache)
            last = transformer.next_logits(ours.stream(ids[:, 2:], cache), ours)
            assert torch.allclose(last, needed[:, -1], atol=1e-4, rtol=1e-5)


@some
@given(
    shapes(),
    st.booleans(),
    st.sampled_from([100.0, 10_000.0, 100_000.0]),
    st.integers(3, 60),
    st.integers(0, 99),
)
@pytest.mark.slow
def test_a_llama_of_ours_is_theirs(shape, biases, rope_base, length, seed):
    config = ModelConfig(**shape, biases=biases, rope_base=rope_base)
    model = made(config, seed)
    agree(model, theirs.llama(model), some_ids(config, seed, 2, length))


@pytest.mark.slow
@some
@given(shapes(), st.integers(3, 60), st.integers(0, 99))
def test_a_gpt2_of_ours_is_theirs(shape, length, seed):
    gpt2 = {"norm": "layer", "mlp": "gelu", "positions": "learned", "biases": True}
    config = ModelConfig(**shape | {"n_kv_heads": shape["n_heads"]}, **gpt2)
    model = made(config, seed)
    agree(model, theirs.gpt2(model), some_ids(config, seed, 2, length))


@pytest.mark.parametrize("window", [1, 4])
@pytest.mark.parametrize(
    "more", [{"positions": "none"}, {"mlp": "relu2", "norm_weights": False}, {"norm": "layer"}]
)
def test_a_cache_changes_nothing(more, window):
    model = made(ModelConfig(23, 24, 2, 6, 40, context=50, n_kv_heads=3, window=window, **more))
    ids, cache = some_ids(model.config, 1, 1, 12), KVCache()
    with torch.no_grad():
        found = torch.cat([model(piece, cache) for piece in ids.split(5, dim=1)], dim=1)
        assert torch.allclose(found, model(ids), atol=1e-5)


def test_without_positions_a_word_sees_a_bag_of_words():
    model = made(ModelConfig(23, 24, 1, 6, 40, context=50, positions="none"))
    one, other = model(torch.tensor([[1, 2, 3, 4]])), model(torch.tensor([[3, 1, 2, 4]]))
    assert torch.allclose(one[0, -1], other[0, -1], atol=1e-5)


def test_a_text_needs_no_batch():
    model, ids = made(SMALL), torch.tensor([3, 1, 2])
    assert torch.allclose(model(ids), model(ids[None])[0], atol=1e-5)
    assert transformer.next_logits(model.stream(ids), model).shape == (23,)


# ---- counting ----


@pytest.mark.parametrize(
    "config",
    [
        SMALL,
        ModelConfig(23, 24, 2, 6, 40, context=50, tied=False, biases=True),
        ModelConfig(23, 24, 2, 6, 40, context=50, norm="layer", mlp="gelu", positions="learned", biases=True),
        ModelConfig(23, 24, 2, 6, 40, context=50, mlp="relu2", norm_weights=False, positions="none"),
    ],
)
def test_the_counter_counts_what_a_model_has(config):
    needed = sum(dials.numel() for dials in Transformer(config).parameters())
    assert transformer.count_parameters(config) == needed


def test_numbers_that_are_known():
    assert transformer.count_parameters(SMOLLM2) == 134_515_008
    assert transformer.count_parameters(GPT3_MATRICES) == 175_181_291_520
    assert len(GPT3_MATRICES.parameters_by_kind()) == 8


# ---- new dials ----


def test_new_dials_follow_their_generator():
    one, other, third = (Transformer(SMALL, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2))
    ids = torch.tensor([[1, 2, 3]])
    assert torch.equal(one(ids), other(ids)) and not torch.equal(one(ids), third(ids))
    assert one(ids).abs().max() < 1  # nearly every token equally likely


def test_it_can_learn():
    model, ids = Transformer(SMALL, torch.Generator().manual_seed(0)), some_ids(SMALL, 0, 4, 10)

    def loss():
        logits = model(ids)[:, :-1]
        return torch.nn.functional.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())

    before = loss()
    before.backward()
    with torch.no_grad():
        for dials in model.parameters():
            assert dials.grad is not None and dials.grad.isfinite().all()
            dials -= 0.5 * dials.grad
    assert loss() < before


# ---- taps ----


def test_every_place_can_be_recorded():
    model, ids = made(SMALL), torch.tensor([[1, 2, 3, 4]])
    with torch.no_grad(), model.recorded("*.stream", "1.query", "1.key", "1.value", "1.mixed") as seen:
        model(ids)
    assert [seen[f"{layer}.stream"].shape for layer in range(3)] == [(1, 4, 24)] * 3
    assert seen["1.query"].shape == (1, 6, 4, 4) and seen["1.key"].shape == seen["1.value"].shape == (
        1,
        2,
        4,
        4,
    )
    found = attention.merge_heads(attention.attend(seen["1.query"], seen["1.key"], seen["1.value"]))
    assert torch.allclose(found, seen["1.mixed"], atol=1e-6)


def test_the_stream_is_the_sum_of_its_parts():
    model, ids = made(SMALL), torch.tensor([[1, 2, 3, 4]])
    places = ("*.stream", "*.attention", "*.middle", "*.neurons", "*.mlp", "final", "normed")
    with torch.no_grad(), model.recorded(*places) as seen:
        logits = model(ids)
    assert torch.allclose(seen["0.stream"], model.embedding(ids))
    for layer in range(3):
        after = seen["final"] if layer == 2 else seen[f"{layer + 1}.stream"]
        assert torch.allclose(seen[f"{layer}.stream"] + seen[f"{layer}.attention"], seen[f"{layer}.middle"])
        assert torch.allclose(seen[f"{layer}.middle"] + seen[f"{layer}.mlp"], after)
        assert torch.allclose(model.layers[layer].mlp.down(seen[f"{layer}.neurons"]), seen[f"{layer}.mlp"])
    assert torch.allclose(model.unembed(seen["normed"]), logits)


@pytest.mark.parametrize("place", [*transformer.hooks.HOOK_POINTS, "final", "normed"])
def test_a_tap_can_change_what_it_sees(place):
    model, ids = made(SMALL), torch.tensor([[1, 2, 3, 4]])
    place = place if place in ("final", "normed") else f"1.{place}"
    with torch.no_grad():
        before = model(ids)
        with model.hooked({place: torch.zeros_like}):
            assert not torch.allclose(model(ids), before)
        with model.hooked({place: lambda vectors: None}):
            assert torch.equal(model(ids), before)
        assert torch.equal(model(ids), before)


def test_a_tap_sees_and_changes_only_what_its_thread_runs():
    model, ids, other = made(SMALL), torch.tensor([[1, 2, 3, 4]]), torch.tensor([[5, 6]])
    found = []

    def run():
        with torch.no_grad():
            found.append(model(other))

    with torch.no_grad():
        needed, of_other = model(ids), model(other)
        with model.recorded("1.stream") as seen, model.hooked({"2.mlp": torch.zeros_like}):
            changed = model(ids)
            thread = threading.Thread(target=run)
            thread.start()
            thread.join()
    assert seen["1.stream"].shape == (1, 4, 24) and not torch.equal(changed, needed)
    assert torch.equal(found[0], of_other)


def test_taps_are_gone_after_an_error_and_unused_there_are_none():
    model = made(SMALL)
    with pytest.raises(ValueError, match="out of range"), model.recorded("*.query"):
        model(torch.tensor([[99]]))
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())


def test_a_place_that_is_not_there_is_a_sentence():
    for place in ("3.query", "query", "1.quarry", "*.", "x.query"):
        with (
            pytest.raises(ValueError, match="there is no hook point .*0 to 2, or"),
            made(SMALL).recorded(place),
        ):
            pass


# ---- swaps ----

REPLACEABLE = ["transformer.rms_norm", "transformer.mlp", "transformer.block", "transformer.next_logits"]
REPLACEABLE += [
    "attention.attend",
    "attention.weights",
    "attention.weighted_sum",
    "attention.scores",
    "attention.rope",
]
REPLACEABLE += [
    "attention.mask_future",
    "attention.split_heads",
    "attention.merge_heads",
    "attention.repeat_kv",
]


@pytest.mark.parametrize("target", [*REPLACEABLE, "sampling.softmax"])
def test_a_swap_reaches_a_model_that_is_there(target):
    model, ids, called = made(SMALL), torch.tensor([[1, 2, 3]]), []
    own = overrides.original(target)

    def noted(*args, **kwargs):
        called.append(target)
        return own(*args, **kwargs)

    with torch.no_grad(), overrides.replacing(target, noted):
        transformer.next_logits(model.stream(ids), model)
    assert called


def test_taps_see_through_functions_of_a_reader():
    def block(x, layer, positions, cache=None):
        middle = layer.attention(layer.attention_norm(x), positions, cache) + x
        return middle + layer.mlp(layer.mlp_norm(middle))

    def mlp(x, layer):
        return layer.down(layer.gate(x).sigmoid() * layer.gate(x) * layer.up(x))

    model, ids = made(SMALL), torch.tensor([[1, 2, 3]])
    places = ("*.stream", "*.query", "*.middle", "*.neurons", "*.mlp")
    with torch.no_grad(), model.recorded(*places) as before:
        model(ids)
    replaced = overrides.replacing("transformer.block", block), overrides.replacing("transformer.mlp", mlp)
    with torch.no_grad(), replaced[0], replaced[1], model.recorded(*places) as seen:
        model(ids)
    assert seen.keys() == before.keys()
    assert all(torch.allclose(seen[place], before[place], atol=1e-4) for place in seen)


# ---- errors are sentences ----


@pytest.mark.parametrize(
    "call, says",
    [
        (lambda: ModelConfig(9, 30, 2, 4, 8, context=9), "d_model 30 does not split evenly into 4 heads"),
        (lambda: ModelConfig(9, 32, 2, 4, 8, context=9, n_kv_heads=3), "4 query heads cannot share 3 heads"),
        (lambda: ModelConfig(9, 12, 2, 4, 8, context=9), "head_dim 3 is odd"),
        (lambda: ModelConfig(9, 32, 0, 4, 8, context=9), "n_layers is 0, and is at least 1"),
        (
            lambda: ModelConfig(9, 32, 2, 4, 8, context=9, norm="batch"),
            "norm is 'batch'; there are: rms, layer",
        ),
        (lambda: ModelConfig(9, 32, 2, 4, 8, context=9, mlp="tanh"), "there are: swiglu, gelu, relu2"),
        (
            lambda: Transformer(SMALL)(torch.tensor([[1, 23]])),
            "token id 23 is out of range: this model has 0 to 22",
        ),
        (lambda: Transformer(SMALL)(torch.tensor([[-1, 2]])), "token id -1 is out of range"),
        (lambda: Transformer(SMALL)(torch.zeros(1, 0, dtype=torch.long)), "there are no tokens to read"),
        (
            lambda: Transformer(SMALL)(torch.zeros(1, 51, dtype=torch.long)),
            "51 tokens long, .* at most 50: shorten",
        ),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def test_a_cache_counts_towards_the_context():
    model, cache = Transformer(SMALL), KVCache()
    model(torch.zeros(1, 50, dtype=torch.long), cache)
    with pytest.raises(ValueError, match="51 tokens long"):
        model(torch.zeros(1, 1, dtype=torch.long), cache)


@pytest.mark.parametrize("kind", [torch.bfloat16, torch.float16])
def test_in_16_bits_norms_round_once(kind):
    generator = torch.Generator().manual_seed(0)
    x, weight = (5 * torch.randn(n, 576, generator=generator).to(kind) for n in (200, 1))
    for w in (None, weight[0]):
        exact = torch.nn.functional.rms_norm(x.double(), (576,), None if w is None else w.double(), 1e-5)
        exact = exact.to(kind)
        found = transformer.rms_norm(x, w)
        assert found.dtype == kind and (found != exact).double().mean() < 1e-3
    assert transformer.rms_norm(torch.full((1, 8), 300.0, dtype=kind)).isfinite().all()
