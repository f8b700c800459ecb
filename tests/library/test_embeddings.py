"""Rung `embeddings`: against brute force, closed forms and torch's own, and by properties."""

import math
import random

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nextword import embeddings
from nextword.base import datasets
from nextword.embeddings import Embeddings

numbers = st.floats(-30, 30, width=32).filter(lambda x: x == 0 or abs(x) > 1e-3)
tables = st.integers(1, 5).flatmap(
    lambda n: st.lists(st.lists(numbers, min_size=n, max_size=n), min_size=1, max_size=6).map(torch.tensor)
)
texts = st.lists(st.lists(st.integers(0, 4), max_size=12), max_size=4)


def noise(*shape, seed=4):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@given(tables)
def test_unit_rows_have_length_1_or_are_zero(vectors):
    found = embeddings.unit(vectors)
    assert torch.allclose(found, torch.nn.functional.normalize(vectors, dim=-1), atol=1e-6)
    assert torch.allclose(found.norm(dim=-1), (vectors.norm(dim=-1) > 0).float(), atol=1e-5)


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
@pytest.mark.parametrize("length", [1e-4, 1, 300, 1e4])
def test_unit_in_any_kind_of_number(kind, length):
    """In float16 the square of 300 is past the largest number, and that of 0.0001 is 0."""
    vectors = torch.tensor([[3.0, 4.0], [0.0, 0.0], [-4.0, 3.0]]).mul(length).to(kind)
    found = embeddings.unit(vectors)
    assert found.dtype == kind
    needed = torch.tensor([[0.6, 0.8], [0.0, 0.0], [-0.8, 0.6]])
    assert torch.allclose(found.float(), needed, atol=1e-2 if kind == torch.bfloat16 else 2e-3)
    assert embeddings.cosine(vectors, vectors[0])[0].item() == pytest.approx(1, abs=1e-2)
    ends = vectors[0], vectors[1]
    assert embeddings.project_onto(vectors, *ends)[0].isclose(torch.tensor(-5.0 * length, dtype=kind), 1e-2)


@pytest.mark.parametrize("shape", [(4, 3), (1, 3), (2, 5, 3), (1, 1, 1), (2, 3, 4, 5), (3, 3, 3), (0, 2, 3)])
def test_differences_are_torchs_however_many_axes_stand_in_front(shape):
    vectors = noise(*shape)
    found = embeddings.differences(vectors)
    assert torch.equal(found, vectors.diff(dim=-2)) and found.shape == (*shape[:-2], shape[-2] - 1, shape[-1])


@given(tables)
def test_differences_lead_from_the_first_row_to_the_last(vectors):
    steps = embeddings.differences(vectors)
    assert torch.allclose(vectors[0] + steps.sum(dim=0), vectors[-1], atol=1e-3)


@given(tables)
def test_cosine_is_torchs(vectors):
    needed = torch.nn.functional.cosine_similarity(vectors, vectors[-1], dim=-1)
    assert torch.allclose(embeddings.cosine(vectors, vectors[-1]), needed, atol=1e-5)


@given(tables, st.floats(0.1, 50))
def test_cosine_does_not_mind_lengths(vectors, factor):
    one, other = (embeddings.cosine(v, vectors[0]) for v in (vectors, vectors * factor))
    assert torch.allclose(one, other, atol=1e-5)
    assert (one.abs() <= 1 + 1e-5).all()


def test_a_zero_vector_is_like_nothing():
    assert embeddings.cosine(torch.zeros(2, 3), torch.ones(3)).tolist() == [0, 0]
    assert embeddings.cosine(torch.ones(2, 3), torch.zeros(3)).tolist() == [0, 0]


@given(texts, st.integers(0, 14))
def test_cooccurrence_by_brute_force(texts, window):
    needed = torch.zeros(5, 5)
    for ids in texts:
        for i, word in enumerate(ids):
            for j, other in enumerate(ids):
                needed[word, other] += i != j and abs(i - j) <= window
    found = embeddings.cooccurrence(texts, 5, window)
    assert torch.equal(found, needed) and torch.equal(found, found.T)


@given(tables.map(torch.abs))
def test_ppmi_is_its_definition(counts):
    found, total = embeddings.ppmi(counts), counts.double().sum()
    for i, row in enumerate(counts.double()):
        for j, count in enumerate(row):
            ratio = count * total / (row.sum() * counts[:, j].double().sum()) if count else 0
            assert math.isclose(found[i, j], max(0, math.log(ratio)) if ratio else 0, abs_tol=1e-4)


def test_ppmi_of_what_chance_gives_is_nothing():
    independent = torch.tensor([1.0, 2.0, 5.0])[:, None] * torch.tensor([3.0, 1.0])
    assert embeddings.ppmi(independent).abs().max() < 1e-6
    assert embeddings.ppmi(torch.zeros(2, 3)).tolist() == [[0] * 3] * 2


@pytest.mark.parametrize("shape, n", [((6, 4), 1), ((6, 4), 4), ((5, 5), 2), ((3, 9), 2), ((60, 80), 7)])
def test_no_summary_of_that_size_is_better(shape, n):
    table = noise(*shape)
    rows, columns = embeddings.truncated_svd(table, n)
    assert rows.shape == (shape[0], n) and columns.shape == (shape[1], n)
    left, sizes, right = torch.linalg.svd(table, full_matrices=False)
    best = left[:, :n] * sizes[:n] @ right[:n]
    off, least = (table - rows @ columns.T).norm(), (table - best).norm()
    assert off <= least * 1.001 + 1e-5
    assert torch.allclose((rows**2).sum(dim=0), (columns**2).sum(dim=0), rtol=1e-3)  # sizes shared out evenly


def test_a_summary_comes_out_the_same_each_time_signs_included():
    table = noise(30, 20)
    torch.manual_seed(1)
    first = embeddings.truncated_svd(table, 5)
    torch.manual_seed(2)
    again = embeddings.truncated_svd(table.clone(), 5)
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    largest = first[1].gather(0, first[1].abs().argmax(dim=0, keepdim=True))
    assert (largest > 0).all()


@pytest.mark.parametrize("n", [0, -1, 5])
def test_a_summary_larger_than_the_table_is_refused(n):
    with pytest.raises(ValueError, match=rf"\(6, 4\) has summaries of 1 to 4 columns, not {n}"):
        embeddings.truncated_svd(noise(6, 4), n)


@given(tables, st.integers(1, 8), st.sets(st.integers(0, 5)))
def test_nearest_is_a_sort(vectors, n, without):
    found = embeddings.nearest(vectors, vectors[0], n, sorted(without))
    cosines = embeddings.cosine(vectors, vectors[0]).tolist()
    rest = sorted(set(range(len(vectors))) - without, key=lambda row: (-cosines[row], row))
    assert found == rest[:n]


def test_analogy_with_and_without_its_inputs():
    vectors = noise(40, 6)
    for a, b, c in ((0, 1, 2), (5, 5, 9), (3, 8, 3)):
        query = vectors[a] - vectors[b] + vectors[c]
        assert embeddings.analogy(vectors, a, b, c, 5, False) == embeddings.nearest(vectors, query, 5)
        assert not {a, b, c} & set(embeddings.analogy(vectors, a, b, c, 37))
    assert embeddings.analogy(vectors, 5, 5, 9, 1, without_inputs=False) == [9]


@given(tables)
def test_a_ruler_turned_round_counts_backwards(vectors):
    low, high = vectors[0], vectors[-1]
    there, back = (embeddings.project_onto(vectors, *ends) for ends in ((low, high), (high, low)))
    assert torch.allclose(there, -back, atol=1e-4)
    between = there[-1] - there[0]  # the two words lie as far apart on it as they are
    assert math.isclose(between, (high - low).norm(), rel_tol=1e-3, abs_tol=1e-3)


# ---- words ----

WORDS = Embeddings(
    ["swan", "swans", "river", "nothing"],
    torch.tensor([[1.0, 0.0], [1.0, 1.0], [-1.0, 3.0], [0.0, 0.0]]),
)


def test_words_and_their_rows():
    assert WORDS["swans"].tolist() == [1, 1]
    assert [word for word, _ in WORDS.nearest("swan", 2)] == ["swans", "nothing"]
    assert WORDS.nearest("swan", 1)[0][1] == pytest.approx(math.sqrt(0.5))
    assert WORDS.project_onto("swan", "swans", ["river", "swan"]) == {"river": 3, "swan": 0}
    assert WORDS.project_onto("swan", "swans", []) == {}
    assert WORDS.analogy("swans", "swan", "river", 1, without_inputs=False)[0][0] == "river"


@pytest.mark.parametrize(
    "ask, says",
    [
        (lambda: WORDS["swam"], "no vector for 'swam'; near it in spelling: 'swan', 'swans'"),
        (lambda: WORDS["Swan"], "near it in spelling: 'swan'"),
        (lambda: WORDS["🦆"], "^there is no vector for '🦆'$"),
        (lambda: WORDS[""], "no vector for an empty word"),
        (lambda: WORDS.nearest("rivers"), "near it in spelling: 'river'"),
        (lambda: WORDS.nearest("swan", 4), "4 words were asked for, and 1 to 3 can be had"),
        (lambda: WORDS.nearest("swan", 0), "0 words were asked for"),
        (lambda: WORDS.nearest("nothing", 1), "all zeros: it points nowhere"),
        (lambda: WORDS.analogy("swan", "swans", "river", 2), "2 words were asked for, and 1 to 1 can be had"),
        (lambda: WORDS.analogy("swan", "swan", "nothing", 1), "all zeros"),
        (
            lambda: WORDS.project_onto("swan", "swan", ["river"]),
            "from 'swan' to 'swan' there is no direction",
        ),
        (lambda: WORDS.project_onto("swan", "swans", ["rivver"]), "no vector for 'rivver'"),
        (lambda: Embeddings(["swan"], torch.zeros(2, 3)), "1 words came with 2 vectors"),
        (lambda: embeddings.glove(0), "GloVe has 1 to 400,000 words to give, not 0"),
        (lambda: embeddings.learn([["a", "b"]], dim=3), r"\(2, 2\) has summaries of 1 to 2 columns, not 3"),
        (lambda: embeddings.learn([], dim=3), "no words to learn from"),
    ],
)
def test_what_cannot_be_answered_is_said_in_a_sentence(ask, says):
    with pytest.raises(ValueError, match=says):
        ask()


def test_a_swapped_function_is_used(monkeypatch):
    monkeypatch.setattr(embeddings, "cosine", lambda vectors, vector: torch.arange(len(vectors)).float())
    assert [word for word, _ in WORDS.nearest("swan", 2)] == ["nothing", "river"]


def test_words_used_alike_get_vectors_alike():
    chance, things = random.Random(1), {"swan": "water", "duck": "water", "king": "crown", "queen": "crown"}
    told = []
    for _ in range(300):
        word = chance.choice(list(things))
        told.append([word, ",", things[word], chance.choice(["old", "new", "young"])])
    own = embeddings.learn(told, window=1, dim=4)
    for word, alike, other in (("swan", "duck", "queen"), ("king", "queen", "duck")):
        near, far = embeddings.cosine(torch.stack([own[alike], own[other]]), own[word]).tolist()
        assert near > 0.9 > 0.5 > far
    assert "," not in own.words and own.vectors.shape == (len(own.words), 4)


def test_from_one_to_two_is_the_step_that_plural_knows_of():
    """Over 23 nouns: on nearly all directions from one to many, the largest step is that from one to two."""
    nouns = "cat dog horse bird river king queen ship house tree book boy girl day year hand eye friend word"
    nouns, words = [*nouns.split(), "letter", "garden", "flower", "stone"], embeddings.glove()
    both = torch.stack([torch.stack([words[noun], words[noun + "s"]]) for noun in nouns])
    directions = embeddings.unit(embeddings.differences(both))[..., 0, :]
    numbers = torch.stack([words[number] for number in ("one", "two", "three", "four", "five")])
    steps = embeddings.differences(numbers @ directions.T)  # (4, nouns)
    assert (steps.argmax(dim=0) == 0).sum() >= 21
    assert (steps > 0).all(dim=0).sum() <= 8  # it does not count


def test_glove_holds_what_is_told_of_it():
    words = embeddings.glove()
    assert len(words.words) == 100_000 and words.vectors.shape == (100_000, 50)
    every, rows = datasets.glove()
    assert words.words == every[:100_000] and words.vectors[7].tolist() == rows[7].tolist()
    assert [word for word, _ in words.analogy("king", "man", "woman", 1)] == ["queen"]
    assert words.analogy("king", "man", "woman", 1, without_inputs=False)[0][0] == "king"
    assert [word for word, _ in words.analogy("uncle", "man", "woman", 4)][3] == "aunt"


@pytest.mark.parametrize("kind", [torch.bfloat16, torch.float16])
def test_in_16_bits_lengths_neither_overflow_nor_vanish(kind):
    for size in (300, 60_000, 1e-4):
        found = embeddings.unit(size * torch.tensor([0.6, 0.8]).to(kind))
        assert found.dtype == kind and (found.double() - torch.tensor([0.6, 0.8]).double()).abs().max() < 0.01
