"""The moving pictures of lesson 09 say what is true of the numbers that they are given, and its counter of bytes counts."""

import base64
import io
import re

import torch
from PIL import Image

from classroom.lessons.fused_attention import memory, widgets
from nextword import attention

SCORES = [0.0, 1.0, 2.0, 0.5, 4.0, 1.0, 0.0, 3.0]
VALUES = [1.0, -1.0, 2.0, 0.0, 5.0, 1.0, 0.0, -2.0]


def test_the_last_summary_is_the_whole_softmax():
    seen = widgets.summaries(SCORES, VALUES, 2)
    weights = torch.tensor(SCORES, dtype=torch.float64).softmax(0)
    needed = float(weights @ torch.tensor(VALUES, dtype=torch.float64))
    assert len(seen) == 5 and abs(seen[-1].mixed[0] / seen[-1].total - needed) < 1e-12


def test_each_step_tells_what_became_of_the_sum():
    seen = widgets.summaries(SCORES, VALUES, 2)
    assert [widgets.told(step, seen) for step in range(1, 5)] == [
        "Block 1: the first maximum is 1.0",
        "Block 2: a larger score. What was summed becomes 0.37 times as much",
        "Block 3: a larger score. What was summed becomes 0.14 times as much",
        "Block 4: no larger score; this block's powers are added",
    ]


def test_a_film_has_a_picture_a_block_and_ends_still():
    film = widgets.block_by_block(SCORES, VALUES, 2)
    page = film._repr_mimebundle_()["text/html"]
    assert "2 times a larger score comes" in film.says
    gif = Image.open(io.BytesIO(base64.b64decode(re.search(r"data:image/gif;base64,([^\"]+)", page)[1])))
    assert gif.n_frames == 4 and gif.info["loop"] == 2
    assert 'media="(prefers-reduced-motion: reduce)"' in page and f'alt="{film.says}"' in page
    assert len(page) < 400_000


def test_the_slider_counts_tiles():
    dial = widgets.tiles_left(1024, 64, (None, 128))
    assert "136 of 256 tiles" in dial.says
    dial.slider.index = 0
    assert "All keys: 256 of 256" in dial.text.value
    dial.slider.index = 2
    assert "A window of 128: 45 of 256" in dial.text.value


def test_bytes_are_counted_at_their_most():
    x = torch.randn(1, 100, 16)
    table = 100 * 100 * 4
    most = memory.most_bytes(attention.attend, x, x, x)
    assert 2 * table <= most <= 6 * table
    assert memory.most_bytes(lambda a: a.view(-1), x) == 0
    assert memory.most_bytes(lambda: [torch.zeros(10) for _ in range(3)]) == 120
    assert memory.most_bytes(lambda: [torch.zeros(10).sum().item() for _ in range(3)]) == 44


def test_growth_is_told_by_the_last_doubling():
    picture = widgets.growth([1, 2, 4], {"with a table": [10, 40, 160], "fused": [5, 10, 20]})
    assert "with a table 4 times, fused 2 times" in picture.says
