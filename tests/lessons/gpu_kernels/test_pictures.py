"""The pictures of lesson 08 say what is true of the launches that they are given."""

import numpy as np
import pytest
import torch

from classroom.lessons.gpu_kernels import pictures
from nextword.kernels import basics, tl, trace, triton


@triton.jit
def double_kernel(x, out, BLOCK: tl.constexpr):
    places = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    tl.store(out + places, 2 * tl.load(x + places))


def doubled(n, programs):
    with trace.record(stop=False) as launches:
        double_kernel[(programs,)](torch.ones(n), torch.empty(n), BLOCK=8)
    return launches[0]


def drawn(drawing):
    """The texts in the cells, and the title."""
    ax = drawing.axes[0]
    return [text.get_text() for text in ax.texts], ax.get_title("left")


def test_each_place_bears_its_programs_number():
    texts, title = drawn((both := pictures.written(doubled(24, 3)))[0])
    assert texts == ["0"] * 8 + ["1"] * 8 + ["2"] * 8
    assert title == "Each place is written by one program" and "3 programs in all" in both[1]


def test_what_nobody_wrote_and_what_lies_outside_is_marked():
    texts, title = drawn(pictures.written(doubled(20, 2))[0])
    assert texts.count("–") == 4 and title == "4 places were written by nobody"
    drawing, says = pictures.written(doubled(20, 3))
    texts, title = drawn(drawing)
    assert texts.count("×") == 4 and "past the end" in title and "20 to 23" in says


def test_tiles_bear_two_numbers():
    with trace.record() as launches:
        basics.transpose(torch.ones(6, 10), block=4)
    texts, _ = drawn(pictures.written(launches[0], shape=(10, 6))[0])
    assert set(texts) == {f"{i},{j}" for i in range(2) for j in range(3)} and len(texts) == 60


def test_pieces_of_memory_are_counted_in_the_picture():
    with trace.record() as launches:
        basics.softmax(torch.ones(32, 32))
        basics.softmax(torch.ones(32, 32))
    drawing, says = pictures.sent(launches, ["one", "other"], "x_pointer", side=32)
    assert says.count("takes 4 pieces of 32 bytes") == 2
    picture = drawing.axes[0].images[0].get_array()
    assert np.all(np.asarray(picture)[1:] == 1) and not np.any(np.asarray(picture)[0] == 1)


def test_the_slider_goes_from_program_to_program():
    with trace.record() as launches:
        basics.matmul(torch.ones(64, 32), torch.ones(32, 64), block=32)
    shapes = {"a_pointer": (64, 32), "b_pointer": (32, 64), "out_pointer": (64, 64)}
    dial = pictures.tiles(launches[0], shapes)
    assert "Program 2 of 4 reads 8,192 bytes" in dial.says
    dial.slider.index = 0
    assert "0 tiles were done before it" in dial.text.value


def test_a_roofline_names_each_work_and_its_operations_a_byte():
    drawing, says = pictures.roofline({"small": (1e9, 1e9), "large": (1e12, 1e10)}, {"a": 0.5, "b": 1000.0})
    assert "a 0.5 operations a byte, b 1,000.0 operations a byte" in says
    lines = drawing.axes[0].lines
    assert [list(line.get_ydata()) for line in lines[2:]] == [[5e8, 5e9], [1e9, 1e12]]


def test_ways_are_drawn_with_their_times():
    texts, _ = drawn(pictures.ways({"slow": 259.0, "quick": 0.063, "card": 2e-6})[0])
    assert texts == ["259 s", "63 ms", "2 µs"]


@pytest.mark.parametrize("seconds, said", [(1.44, "1.4 s"), (99.0, "99 s"), (5e-7, "0.5 µs")])
def test_times_in_words(seconds, said):
    assert pictures.shown_seconds(seconds) == said
