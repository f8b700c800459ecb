"""What is told of a rope that turns by other angles: the base that gives them."""

import pytest
import torch

from classroom.judge import registry
from classroom.judge.diagnosis import diagnose
from nextword import attention


def turning(angles):
    """A rope whose angles come from `angles(positions, head_dim, base)`."""

    def rope(x, positions, base=10_000.0):
        angle = angles(positions, x.shape[-1], base)
        cos, sin = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
        right, up = x[..., 0::2], x[..., 1::2]
        return torch.stack([right * cos - up * sin, right * sin + up * cos], dim=-1).flatten(-2)

    return rope


@pytest.mark.parametrize(
    "angles, told",
    [
        (lambda positions, dim, base: attention.angles(positions, dim, 10 * base), "a base of 1,000."),
        (lambda positions, dim, base: attention.angles(positions, dim), "a base of 10,000."),
        (lambda positions, dim, base: attention.angles(positions, dim, base**0.5), "a base of 10."),
    ],
)
def test_another_base_is_named(angles, told):
    wrong = diagnose(registry.find("attention.rope"), turning(angles))
    assert (
        wrong.id == "rope-speeds"
        and f"Here base is 100, and yours turns as it would with {told}" in wrong.says
    )


def test_where_all_arrows_turn_too_slowly_no_base_is_blamed():
    degrees = turning(lambda positions, dim, base: attention.angles(positions, dim, base) / 57.3)
    wrong = diagnose(registry.find("attention.rope"), degrees)
    assert wrong.id == "rope-speeds" and "Here base is" not in wrong.says
