"""The pictures of lesson 14 say what is true: seven matmuls give the gradients, and each tile has one owner."""

import pytest
import torch

from classroom.lessons.fused_attention_backward import widgets
from nextword import attention_backward


def a_head():
    """All that stands in the picture, with gradients of autograd beside it."""
    torch.manual_seed(0)
    q, k, v, grad = (torch.randn(5, 4, dtype=torch.float64) for _ in range(4))
    leaves = [x.clone().requires_grad_() for x in (q, k, v)]
    p = (leaves[0] @ leaves[1].T).softmax(-1)
    needed = dict(zip(("dQ", "dK", "dV"), torch.autograd.grad(p @ leaves[2], leaves, grad), strict=True))
    return {"Q": q, "K": k, "V": v, "P": p.detach(), "dO": grad}, needed


def test_the_seven_matmuls_are_the_way_back():
    space, needed = a_head()
    for kernel, made, left, right, _ in widgets.MATMULS:
        space[made] = eval(f"{left} @ {right}", {}, space)
        if made == "S":
            assert torch.allclose(space["S"].softmax(-1), space["P"]), kernel
        if made == "dP":
            space["dS"] = attention_backward.score_gradients(space["P"], space["dP"])
    assert all(torch.allclose(space[name], needed[name]) for name in needed)


def test_four_are_the_keys_and_three_the_queries():
    of = [kernel for kernel, *_ in widgets.MATMULS]
    assert of == ["keys"] * 4 + ["queries"] * 3


def test_the_slider_tells_each_matmul():
    dial = widgets.seven_matmuls()
    assert list(dial.slider.names)[:2] == ["1: S", "2: dV"] and len(dial.slider.names) == 7
    assert "1 of 7, in the kernel that owns keys: S = Q times K turned round" in dial.says
    dial.slider.index = 6
    assert "7 of 7, in the kernel that owns queries: dQ = dS times K" in dial.text.value
    assert "added up in the program that owns it" in dial.text.value


@pytest.mark.parametrize("number", range(7))
def test_boxes_lie_beside_one_another(number):
    x, y = widgets.place(number)
    widths = [widgets.shape(name)[0] + 0.32 for name in widgets.MATMULS[number][1:4]]
    assert x + sum(widths) < 15.0 and 0 <= y <= 3.8


def test_each_tile_that_is_seen_has_one_owner_in_each_picture():
    drawing, says = widgets.owners(4)
    for ax, owner in zip(drawing.axes, (lambda row, column: column, lambda row, column: row), strict=True):
        numbers = {
            text.get_position(): int(text.get_text()) for text in ax.texts if text.get_text().isdigit()
        }
        assert len(numbers) == 10  # 4 + 3 + 2 + 1
        for (x, y), number in numbers.items():
            assert number == owner(3 - int(y), int(x))
    assert "4 by 4 tiles" in says
