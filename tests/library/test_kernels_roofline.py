"""Rung `kernels.roofline`: by closed forms, by properties, and against published speeds."""

import dataclasses
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nextword.kernels import compiled, roofline
from nextword.kernels.compiled import Launch, Tensor
from nextword.kernels.roofline import A100, H100, Machine, Shape
from nextword.kernels.roofline_parts import published, tiles, units

WITHIN = 0.25  # of the published speed: the model's error that we state
SMALL = st.integers(1, 40)


def brute(queries, keys, block_queries, block_keys, causal):
    """Pairs of tiles by asking every place: (queries' tile, keys' tile): "whole", "part" or absent."""
    found = {}
    for q in range(queries):
        for k in range(keys):
            seen = not causal or k <= q + keys - queries
            found.setdefault((q // block_queries, k // block_keys), []).append(seen)
    return {tile: all(seen) for tile, seen in found.items() if any(seen)}


@given(SMALL, SMALL, st.sampled_from([1, 4, 8]), st.sampled_from([1, 4, 8]), st.booleans())
def test_tiles_along_keys_are_those_that_anybody_sees(queries, keys, block_queries, block_keys, causal):
    keys = max(queries, keys)
    shape = Shape(1, 1, queries, keys, 16, causal)
    wanted = brute(queries, keys, block_queries, block_keys, causal)
    for row, (whole, masked) in enumerate(tiles.along_keys(shape, block_queries, block_keys)):
        kinds = [kind for (q, _), kind in wanted.items() if q == row]
        assert whole + masked == len(kinds)
        if keys % block_keys == 0 and queries % block_queries == 0:
            assert whole == sum(kinds)


@given(st.integers(1, 8), st.booleans(), st.sampled_from([1, 2, 4]))
def test_both_directions_go_through_the_same_tiles(n, causal, group):
    shape = Shape(1, 4, 8 * n, 8 * n, 16, causal, n_kv_heads=4 // group)
    along_keys = sum(map(sum, tiles.along_keys(shape, 8, 8))) * shape.n_heads
    assert sum(map(sum, tiles.along_queries(shape, 8, 8))) * shape.kv_heads == along_keys


@pytest.mark.parametrize("card", [A100, H100], ids=lambda card: card.name)
def test_the_numbers_of_a_card_agree_with_each_other(card):
    """The data sheet's operations a second are processors x clock x operations a clock."""
    assert card.processors * card.clock * card.matrix_operations == pytest.approx(card.flops, rel=0.005)


@given(st.floats(1, 1e15), st.floats(1, 1e15))
def test_a_roofline_is_the_lower_of_two_lines(flops, n_bytes):
    found = roofline.roofline(flops, n_bytes, H100)
    assert found.flops == pytest.approx(min(H100.flops, H100.bandwidth * flops / n_bytes))
    assert found.limit == ("arithmetic" if flops / n_bytes >= roofline.ridge(H100) else "memory")
    assert found.seconds * found.flops == pytest.approx(flops)


def test_this_machine_is_slower_than_an_h100_and_faster_than_nothing():
    here = roofline.measure_here(n=256, megabytes=16, rounds=2)
    assert isinstance(here, Machine)
    assert 1e8 < here.flops < H100.flops and 1e8 < here.bandwidth < H100.bandwidth


@given(st.floats(1, 1e4), st.floats(1, 1e4), st.integers(1, 12))
def test_overlap_lies_between_taking_turns_and_all_at_once(tensor, other, n):
    found = units.overlapped(tensor, other, n)
    assert max(tensor, other) * (1 - 1e-9) <= found <= (tensor + other) * (1 + 1e-9)
    assert units.overlapped(tensor, other, n + 1) <= found * (1 + 1e-9)
    assert units.overlapped(tensor, other, 1) == pytest.approx(tensor + other)


def a_kernel(**changes):
    return SimpleNamespace(**(vars(published.flash_attention_3(128)) | changes))


def test_a_prediction_lies_between_its_bounds_and_knows_its_limit():
    shape = Shape(1, 16, 4096, 4096, 128, causal=True)
    found = roofline.predict(a_kernel(), H100, shape)
    assert found.least <= found.seconds <= found.most
    assert shape.flops / found.least < H100.flops
    assert found.limit == "tensor"
    loop = a_kernel().loops[0]
    many = a_kernel(loops=(loop | {"instructions": loop["instructions"] | {"MUFU": 1000}},))
    assert roofline.predict(many, H100, shape).limit == "special"
    assert roofline.predict(many, H100, shape).seconds > found.seconds
    slow = dataclasses.replace(H100, bandwidth=1e9)
    assert roofline.predict(a_kernel(), slow, shape).limit == "memory"
    assert roofline.predict(a_kernel(), A100, shape).seconds > found.seconds


def test_twice_the_work_takes_about_twice_the_time():
    once, twice = (roofline.predict(a_kernel(), H100, Shape(n, 16, 4096, 4096, 128, False)) for n in (4, 8))
    assert twice.seconds == pytest.approx(2 * once.seconds, rel=0.05)


def test_a_kernel_without_a_product_is_refused():
    with pytest.raises(ValueError, match="no inner loop with a matrix instruction"):
        roofline.predict(a_kernel(loops=()), H100, Shape(1, 1, 64, 64, 16, True))


@pytest.mark.parametrize("head_dim, causal", published.TRITON)
def test_our_plain_kernel_is_predicted_as_fast_as_a_triton_kernel_was_measured(head_dim, causal):
    """Not the same kernel, but of the same kind: within a quarter at every length, from 1,024 to 16,384 tokens."""
    pytest.importorskip("triton")
    query = Tensor((1, 8, 1024, head_dim))
    [made] = compiled.compiled(
        Launch("nextword.kernels.flash_attention.forward", 3 * (query,), {"causal": causal})
    )
    for length, measured in zip(published.LENGTHS, published.TRITON[head_dim, causal], strict=True):
        shape = published.shape(length, head_dim, causal)
        predicted = shape.flops / roofline.predict(made, H100, shape).seconds / 1e12
        assert predicted == pytest.approx(measured, rel=WITHIN), f"{length} tokens"


@pytest.mark.parametrize("head_dim, causal", published.FLASH_ATTENTION_3)
def test_flash_attention_3_from_its_necessary_instructions(head_dim, causal):
    for length, measured in zip(
        published.LENGTHS, published.FLASH_ATTENTION_3[head_dim, causal], strict=True
    ):
        if length >= 2048:  # below, what happens around the loop counts, and that we don't know of it
            shape = published.shape(length, head_dim, causal)
            found = roofline.predict(published.flash_attention_3(head_dim), H100, shape)
            assert shape.flops / found.seconds / 1e12 == pytest.approx(measured, rel=WITHIN), (
                f"{length} tokens"
            )
