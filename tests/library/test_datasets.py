"""The readers against the real sources: every number that the course tells about its data is checked here."""

import functools
from collections import Counter

import numpy as np
import pytest

from nextword.base import cache, datasets
from tests.library import real

pytestmark = pytest.mark.network


@functools.cache
def dialogs(**min_turns):
    """Tens of megabytes of JSON, read once."""
    return datasets.dialogs(**min_turns)


def test_fairy_tales():
    text = datasets.text("fairy_tales")
    assert len(text) == 1_993_182
    assert not set("\r\ufeff") & set(text)
    assert "once upon a time" in text.lower()


def test_novels():
    novels = datasets.novels()
    assert len(novels) == 7 and "Pride and Prejudice" in novels and "Swann's Way" in novels
    assert novels["Dubliners"].endswith("upon all the living and the dead.\n\n\n")
    assert sum(map(len, novels.values())) == 3_446_644


def test_only_free_novels_are_unpacked():
    names = " ".join(path.name for path in cache.path("novels").iterdir())
    assert not any(author in names for author in ("Huxley", "Kafka", "Tarantino", "Andersen"))


def test_shakespeare():
    plays = datasets.shakespeare()
    assert len(plays) == 38
    assert "HAMLET\nTo be, or not to be: that is the question:\n" in plays["hamlet"]
    assert not any(mark in text for text in plays.values() for mark in ("**", "_", "\\", "# ", " \n"))
    assert sum(map(len, plays.values())) == 4_956_302


def test_speeches():
    speeches = datasets.speeches()
    assert len(speeches) == 249 and sum(map(len, speeches.values())) == 12_181_093
    assert speeches["1790-Washington-1"].startswith("Fellow-Citizens of the Senate")


def test_passages():
    passages = datasets.passages()
    assert len(passages) == len(set(passages)) == 12_271
    assert sum(map(len, passages)) == 7_219_202
    assert all(" -- " in passage for passage in passages)  # the title's end


def test_one_text():
    assert datasets.text("passages") == "\n\n".join(datasets.passages())
    assert datasets.text("novels") == "\n\n".join(datasets.novels().values())


def test_dialogs():
    rated = dialogs()
    assert len(rated) == 2_963 and min(len(dialog.turns) for dialog in rated) == 6
    assert {kind for dialog in rated for kind in dialog.ratings} == {"witty", "upbeat", "interesting"}
    assert {score for dialog in rated for score in dialog.ratings.values()} <= set(range(1, 11))


def test_replies():
    everyone = dialogs(min_turns=2)
    assert len(everyone) == 4_018
    assert sum(1 for _ in datasets.replies(everyone)) == 90_028
    assert sum(1 for _ in datasets.replies(dialogs())) == 88_838


def test_human_ratings():
    rated = datasets.human_ratings()
    assert Counter(one.kind for one in rated) == {
        "film": 10_605,
        "news": 5_190,
        "product": 3_708,
        "tweet": 4_200,
    }
    assert sum(len(one.ratings) for one in rated) == 536_520
    assert {rating for one in rated for rating in one.ratings} == set(range(-4, 5))
    assert not any("\ufeff" in one.text or "&amp;" in one.text for one in rated)


def test_ratings_belong_to_their_sentences():
    means = {one.text[:30]: one.mean for one in datasets.human_ratings()}
    assert means["The Rock is destined to be the"] == 34 / 15
    assert means["troubleshooting ad-2500 and ad"] == -0.9
    assert means["Yay. Another good phone interv"] == pytest.approx(2.2626, abs=1e-4)  # the other file: 1.44


def test_glove():
    words, vectors = datasets.glove()
    assert len(words) == len(set(words)) == 400_000 and words[:3] == ["the", ",", "."]
    assert vectors.shape == (400_000, 50) and vectors.dtype == np.float32
    assert isinstance(vectors, np.memmap) and not vectors.flags.writeable


def test_glove_words_stand_at_their_rows():
    words, vectors = datasets.glove()
    row = {word: vectors[words.index(word)] for word in ("king", "man", "woman", "queen")}
    guess, queen = row["king"] - row["man"] + row["woman"], row["queen"]
    assert guess @ queen / np.linalg.norm(guess) / np.linalg.norm(queen) == pytest.approx(0.86, abs=0.005)


def test_smollm2():
    fields = real.file().fields
    assert fields["general.architecture"].contents() == "llama"
    assert fields["llama.block_count"].contents() == 30 and fields["llama.embedding_length"].contents() == 576
    assert len(fields["tokenizer.ggml.tokens"].data) == 49_152


@pytest.mark.parametrize("key", cache.sources())
def test_the_manifest_tells_the_size(key):
    place = cache.path(key)
    files = (
        [place]
        if place.is_file()
        else [p for p in place.rglob("*") if p.is_file() and p.name != cache.RECEIPT]
    )
    assert sum(file.stat().st_size for file in files) == cache.source(key).on_disk


@pytest.mark.parametrize(
    "ratings",
    [
        ["1\t0\t0\t[1, 2]"],  # a sentence without ratings
        ["1\t0\t0\t[1, 2]", "2\t0\t0\t[1, 2"],  # cut off
        ["1\t0\t0\t[1, 2]", "2\t0\t0\t[]"],
        ["1\t0\t0\t[1, 2]", "2\t0\t0\t[1, 40]"],
        ["1\t0\t0\t[1, 2]", "2\t0\t0\t3"],
    ],
)
def test_a_damaged_file_of_ratings_is_named_with_its_line(tmp_path, ratings):
    sentences = ["id\tmean\tsentence", "1\t1.5\tGood.", "2\t1.5\tGood, too."]
    (tmp_path / "some_GroundTruth.txt").write_text("\n".join(sentences))
    (tmp_path / "some_anonDataRatings.txt").write_text("\n".join(ratings))
    with pytest.raises(cache.DataError, match="sentence '2' is damaged .*nextword data --verify"):
        list(datasets._rated("film", tmp_path / "some"))
