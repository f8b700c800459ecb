"""Figures: the course's look is theirs alone, also where a slider draws while a cell does."""

import base64
import io
import json
import threading
from html.parser import HTMLParser

import matplotlib
import numpy as np
import pytest
from PIL import Image

from classroom import paths
from classroom.display import figures
from tests import pace


@pytest.fixture
def slowly(monkeypatch):
    """Two threads that make a figure at the same time are both at it; the first that began is the first to end."""
    both, own = threading.Barrier(2), figures.Figure

    def made(**more):
        try:
            first = both.wait(timeout=0.5) == 0
        except threading.BrokenBarrierError:  # the other one waits for its turn
            first = True
        if not first:
            done.wait(timeout=pace.seconds(10))
        return own(**more)

    done = threading.Event()
    monkeypatch.setattr(figures, "Figure", made)
    return done


def test_two_threads_leave_matplotlib_as_it_was(slowly):
    before, drawn = dict(matplotlib.rcParams), []

    def draw():
        drawn.append(figures.figure("a finding")[1])
        slowly.set()

    threads = [threading.Thread(target=draw) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert dict(matplotlib.rcParams) == before
    assert all(ax.get_title(loc="left") == "a finding" and not ax.spines["top"].get_visible() for ax in drawn)


def test_a_figure_that_fails_leaves_matplotlib_as_it_was():
    before = dict(matplotlib.rcParams)
    with pytest.raises(ValueError):
        figures.figure("a finding", columns=0)
    assert dict(matplotlib.rcParams) == before
    assert figures.png(figures.figure("a finding")[0]) == figures.png(figures.figure("a finding")[0])


# ---- for everybody ----


class Images(HTMLParser):
    """The pictures in a piece of HTML: the attributes of each."""

    def __init__(self, html: str):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        if tag == "img":
            self.found.append(dict(attributes))


def stored(path):
    """The id of its cell and the attributes of each picture that a notebook stores; one outside HTML has no alt."""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            found = Images("".join(data.get("text/html", ""))).found
            if "image/png" in data and not found:
                found = [{"src": f"data:image/png;base64,{''.join(data['image/png'])}"}]
            yield from ((cell["id"], image) for image in found)


def pixels(source):
    """The picture in a data URI, as numbers."""
    picture = base64.b64decode(source.partition(";base64,")[2])
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB")).astype(int)


NOTEBOOKS = sorted(
    path for folder in ("notebooks", "solutions") for path in (paths.root() / folder).glob("*.ipynb")
)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_stored_picture_is_told_sharp_and_whole(path):
    for cell, image in stored(path):
        assert len(image.get("alt", "")) > 20, f"{cell}: its picture says nothing to those who cannot see it"
        drawn = pixels(image["src"])
        moves = image["src"].startswith("data:image/gif")  # of many pictures each has fewer pixels
        assert drawn.shape[1] >= (1 if moves else figures.SHARP) * int(image["width"]), cell
        for edge in (drawn[:2], drawn[-2:], drawn[:, :2], drawn[:, -2:]):
            assert edge.min() > 245, f"{cell}: something runs out of the picture"


def test_ink_at_an_edge_would_be_noticed():
    drawing, _ = figures.figure("a finding")
    drawing.text(0.95, 0.5, "this text runs out of the picture")
    [image] = Images(figures.html(drawing, "It says so.")).found
    assert pixels(image["src"])[:, -2:].min() < 245


def test_a_figure_is_told_by_title_and_sentence():
    drawing, ax = figures.figure("Swans > ducks")
    ax.plot([1, 2])
    page = figures.html(drawing, 'From 1 to 2, "or so" & more.')
    [image] = Images(page).found
    assert image["alt"] == 'Swans > ducks. From 1 to 2, "or so" & more.'
    assert (image["width"], image["height"]) == ("800", "320")
    assert page.endswith("From 1 to 2, &quot;or so&quot; &amp; more.</p>")  # the caption, for all
    assert "<p" not in figures.html(drawing, "From 1 to 2.", caption=False)
    [again] = Images(figures.html(drawing, "Swans > ducks: 2.")).found
    assert again["alt"] == "Swans > ducks: 2."  # not twice
    assert figures.html("<b>html</b>", "Bold.", caption=False) == "<b>html</b>"


@pytest.mark.parametrize("width", [4, 8])
def test_a_long_title_wraps(width):
    title = "One neuron silenced: Andersen falls from 0.85 to 0.04, and all of the others hardly move at all"
    drawing, ax = figures.figure(title, width=width)
    ax.plot([1, 2])
    drawn = pixels(Images(figures.html(drawing, "So.")).found[0]["src"])
    assert "\n" in ax.get_title("left") and figures.finding(drawing) == title
    assert drawn[:, -2:].min() > 245


def test_a_title_of_one_long_word_ends_the_search_for_room():
    drawing, ax = figures.figure("x" * 300)
    assert figures.png(drawing)
