"""The tokenizer gives back what it was given, agrees with its fast twin, and says no in sentences."""

import functools
import importlib.util
import json
import os
import random
import sys
import tracemalloc
import unicodedata
from collections import Counter

import numpy as np
import pytest
import regex
import tiktoken
import tokenizers
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nextword import text, tokenizer
from nextword.tokenizer import GPT2_PATTERN, Tokenizer
from nextword.tokenizer_parts import fast

SENTENCES = [
    "The duckling that followed the swans down the river to the bank was tired.",
    "Ællingen, der fulgte svanerne ned ad floden til bredden, var træt.",
    "Το παπάκι που ακολούθησε τους κύκνους στο ποτάμι ως την όχθη ήταν κουρασμένο.",
    "跟着天鹅顺流而下来到岸边的小鸭子累了。",
    "🦆 👩‍👩‍👧 e\u0301 I'm we'll 12,345 3.14  two  spaces\t\ttabs\r\n\r\n\n   ",
    "",
    " ",
    "\u00a0\u2028\u200b\u0085 \x1c\x00 x",
]
WORDS = r"\S+|\s+"  # another pattern than GPT-2's
THREE_DIGITS = r"[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"
EVERYTHING = r"(?s:.+)"
few = settings(max_examples=60, deadline=None)
small_ids = st.lists(st.lists(st.integers(0, 4), max_size=14), max_size=8)
any_bytes = st.one_of(st.binary(max_size=80), st.text(max_size=40).map(str.encode))


@functools.cache
def trained(pattern: str = GPT2_PATTERN, special: tuple[str, ...] = ()) -> Tokenizer:
    """A tokenizer of 600 tokens from some tales and sentences."""
    some = "\n".join(SENTENCES) + "\n".join(text.tales().values())
    some = some[: 10_000 if pattern == EVERYTHING else 200_000]  # one chunk of everything is slow to train on
    return Tokenizer.train(some, 600, pattern, special)


# ---- there and back ----


@few
@given(any_bytes)
@example(b"")
@example("🦆 and é".encode())
@example(b"\xff\xfe\x00 \x80swan\xf0\x9f\xa6")
@example("\ud83e".encode("utf-8", "surrogatepass"))
@pytest.mark.parametrize("pattern", [GPT2_PATTERN, WORDS, EVERYTHING])
def test_any_bytes_come_back(pattern, raw):
    tok = trained(pattern)
    assert tok.decode_bytes(tok.encode(raw)) == raw


@few
@given(st.text(max_size=60))
def test_any_text_comes_back(said):
    tok = trained()
    assert tok.decode(tok.encode(said)) == said
    assert tok.encode(said) == tok.encode(said.encode())


@pytest.mark.parametrize("piece", ["a", "the swan ", "ab", "🦆", "\n", "é " * 3])
def test_a_line_of_a_megabyte(piece):
    line = piece * (1_000_000 // len(piece.encode()))
    assert trained().decode(trained().encode(line)) == line


@pytest.mark.parametrize("size", [1, 40])
def test_random_bytes(size):
    raw = random.Random(size).randbytes(size * 1000)
    assert trained().decode_bytes(trained().encode(raw)) == raw


def test_two_halves_of_a_letter_are_that_letter():
    """As JSON may write them; tiktoken joins them, too."""
    tok, halves = trained(), "a \ud83e\udd86!"
    assert tok.encode(halves) == tok.encode("a 🦆!") == tok.to_tiktoken().encode(halves)
    assert Tokenizer.train(halves * 9, 300) == Tokenizer.train("a 🦆!" * 9, 300)


def test_broken_bytes_are_shown_as_such():
    assert trained().decode(trained().encode(b"a\xffb")) == "a\ufffdb"


def test_decoding_by_hand_gives_the_same():
    tok = trained()
    ids = tok.encode(SENTENCES[4])
    assert tokenizer.decode(ids, tok.table) == tok.decode(ids) == SENTENCES[4]


# ---- special tokens ----

CHAT = ("<|im_start|>", "<|im_end|>", "<|im_end|><|im_start|>", "<|")


def test_a_special_token_in_a_users_text_stays_text():
    tok = trained(special=CHAT)
    ids = tok.encode("I am done.<|im_end|>")
    assert max(ids) < 256 + len(tok.merges)
    assert tok.decode(ids) == "I am done.<|im_end|>"


def test_a_special_token_where_it_is_allowed():
    tok = trained(special=CHAT)
    allowed = ("<|im_end|>",)
    assert tok.encode("a<|im_end|>", allowed) == [97, tok.id_of("<|im_end|>")]
    ids = tok.encode("<|im_start|>a<|im_end|>", allowed)
    assert tok.id_of("<|im_start|>") not in ids and ids[-1] == tok.id_of("<|im_end|>")
    assert tok.decode(ids) == "<|im_start|>a<|im_end|>"


@pytest.mark.parametrize("order", [CHAT, CHAT[::-1]])
def test_of_overlapping_names_the_longest(order):
    tok = trained(special=CHAT)
    ids = tok.encode("<|im_end|><|im_start|><|im_end|><|x", order)
    assert ids == [*map(tok.id_of, ("<|im_end|><|im_start|>", "<|im_end|>", "<|")), ord("x")]


def test_a_name_is_no_pattern():
    tok = Tokenizer([], special=("a.c", "(", "<|é🦆|>"))
    assert tok.encode("abc", ("a.c",)) == [97, 98, 99]
    assert tok.encode("(<|é🦆|>", ("(", "<|é🦆|>")) == [257, 258]
    assert tok.decode([258]) == "<|é🦆|>"


@few
@given(
    st.lists(st.sampled_from([*CHAT, "duck", " ", "<", "|", ">"]), max_size=8).map("".join),
    st.sets(st.sampled_from(CHAT)),
)
def test_whatever_is_allowed_the_text_comes_back(said, allowed):
    tok = trained(special=CHAT)
    ids = tok.encode(said, tuple(allowed))
    assert tok.decode(ids) == said
    assert {i for i in ids if i >= 256 + len(tok.merges)} <= {tok.id_of(name) for name in allowed}


@pytest.mark.parametrize("kind", [tuple, list, set, frozenset, lambda names: dict.fromkeys(names).keys()])
def test_names_come_in_any_collection(kind):
    tok = Tokenizer([], special=CHAT)
    said = "<|im_start|>a<|im_end|>"
    assert tok.encode(said, kind(CHAT[:2])) == tok.encode(said, CHAT[:2]) == [256, 97, 257]
    made = Tokenizer.train("aaaa", 262, special=kind(CHAT))
    assert set(made.special) == set(CHAT) and made == Tokenizer(made.merges, special=made.special)
    assert Plain([], special=kind(CHAT)).encode("<|", CHAT) == [Plain([], special=kind(CHAT)).id_of("<|")]


def test_a_set_of_names_gets_the_same_ids_each_time():
    assert Plain([], special=set(CHAT)).special == tuple(sorted(CHAT))


def test_nothing_is_learned_of_a_special_token():
    """A transcript in which the marks are the commonest thing: none of their letters is merged."""
    chat = "<|im_start|>duck<|im_end|>swan" * 50
    tok = Tokenizer.train(chat, 300, special=CHAT[:2])
    assert tok.merges == Tokenizer.train("duck\nswan\n" * 50, 300, r"\w+|\s").merges
    assert not any(b"im" in token or b"|" in token for token in token_list(tok))
    assert any(b"im" in token for token in token_list(Tokenizer.train(chat, 300)))


def token_list(tok: Tokenizer) -> list[bytes]:
    """What each merge of a tokenizer stands for."""
    return tok.table[256 : 256 + len(tok.merges)]


# ---- plain and fast ----


@few
@given(small_ids, st.integers(0, 12))
@example([[1, 1, 1, 1, 1]], 5)
@example([[0, 0, 0], [0, 0], [0, 0, 0, 0]], 3)
def test_the_fast_trainer_gives_the_same_merges(chunks, n_merges):
    merges = tokenizer.train(chunks, n_merges)
    assert fast.train(Counter(map(tuple, chunks)), n_merges) == merges


@few
@given(st.text(alphabet="ab é\n", max_size=120), st.integers(0, 30))
def test_the_fast_trainer_gives_the_same_on_text(said, n_merges):
    chunks = [tokenizer.utf8_bytes(chunk) for chunk in tokenizer.pretokenize(said)]
    assert Tokenizer.train(said, 256 + n_merges).merges == tokenizer.train(chunks, n_merges)


@few
@given(small_ids, st.lists(st.integers(0, 4), max_size=30))
def test_fast_encoding_gives_the_same(chunks, ids):
    tok = Tokenizer(tokenizer.train(chunks, 10))
    assert fast.encode(ids, tok.ranks) == tokenizer.encode(ids, tok.merges)


@st.composite
def made_by_hand(draw):
    """Merges that no training would find, each of tokens that there are by then."""
    merges = []
    for new_id in range(256, 256 + draw(st.integers(0, 8))):
        token = (
            st.one_of(st.integers(0, 3), st.integers(256, new_id - 1)) if new_id > 256 else st.integers(0, 3)
        )
        pair = (draw(token), draw(token))
        if pair in merges:
            break
        merges.append(pair)
    return merges


@few
@given(made_by_hand(), st.lists(st.integers(0, 3), max_size=30))
def test_fast_encoding_gives_the_same_for_merges_made_by_hand(merges, ids):
    tok = Tokenizer(merges)
    encoded = fast.encode(ids, tok.ranks)
    assert encoded == tokenizer.encode(ids, merges)
    assert tok.decode_bytes(encoded) == bytes(ids)


def test_an_encoding_keeps_what_it_was_given():
    ids, ranks = [1, 2, 3, 1], {(2, 3): 256, (1, 256): 257}
    assert fast.encode(ids, ranks) == [257, 1] and ids == [1, 2, 3, 1]
    plain = fast.encode(ids, {})
    assert plain == ids and plain is not ids


@pytest.mark.parametrize("n", [4_095, 4_096, 400_001])
def test_a_chunk_of_equal_letters(n):
    """Every pair overlaps the next: the hardest case for the order, and once for the time."""
    tok = Tokenizer.train("a" * 5_000, 264)
    assert tok.encode("a" * n) == tok.to_tiktoken().encode_ordinary("a" * n)


def test_a_long_text_is_not_held_in_pieces():
    """A list of all chunks takes ten times the text's own room; training and encoding take them by turns."""
    said, tok = "the swans and the ducks, " * 40_000, trained()
    assert most_memory(lambda: Tokenizer.train(said, 300)) < len(said)
    assert most_memory(lambda: tok.encode(said)) < 24 * len(tok.encode(said))  # the ids, in a list that grows


def most_memory(work) -> int:
    """The most bytes that it held at a time."""
    tracemalloc.start()
    work()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def test_fast_encoding_of_a_text_gives_the_same():
    tok = trained()
    for said in SENTENCES:
        plain = [
            tokenizer.encode(tokenizer.utf8_bytes(chunk), tok.merges) for chunk in tokenizer.pretokenize(said)
        ]
        assert tok.encode(said) == sum(plain, [])


def test_each_token_encodes_to_itself():
    tok = trained()
    for i, raw in enumerate(tok.table):
        assert fast.encode(list(raw), tok.ranks) == [i]


def test_train_leaves_the_chunks_as_they_were():
    chunks = [[1, 2, 1, 2], [1, 2]]
    tokenizer.train(chunks, 2)
    assert chunks == [[1, 2, 1, 2], [1, 2]]


# ---- training ----


def test_the_whole_book():
    train, unseen = text.split(text.tales())
    tok = Tokenizer.train(train, 2048)
    assert tok.vocab_size == len(tok.table) == len(set(tok.table)) == 2048
    ids = tok.encode(unseen)
    assert tok.decode(ids) == unseen
    assert len(unseen.encode()) / len(ids) > 3.3  # bytes per token
    assert tok.to_tiktoken().encode(unseen) == ids


def test_fewer_merges_where_the_text_runs_out_of_pairs():
    assert Tokenizer.train("ab", 300).merges == [(97, 98)]
    assert Tokenizer.train("", 300).merges == []
    assert Tokenizer.train("", 300).vocab_size == 256


def test_bytes_can_be_trained_on():
    assert Tokenizer.train(b"\xff\xfe\xff\xfe", 257).merges == [(255, 254)]


def test_ties_go_to_the_lowest_ids():
    assert tokenizer.train([[9, 8], [3, 7], [3, 4]], 3) == [(3, 4), (3, 7), (9, 8)]


# ---- other people's programs ----


@pytest.mark.parametrize("pattern", [GPT2_PATTERN, WORDS, THREE_DIGITS, EVERYTHING])
def test_tiktoken_gives_the_same_ids(pattern):
    tok = trained(pattern)
    theirs = tok.to_tiktoken()
    tale = list(text.tales().values())[40][:5000]
    for said in [*SENTENCES, tale, tale.upper(), "aaaaaaa" * 20, "the " * 50]:
        assert theirs.encode(said, disallowed_special=()) == tok.encode(said)
    assert theirs.n_vocab == tok.vocab_size


@few
@given(st.text(st.characters(exclude_categories=("Cs", "Cn")), max_size=60))
@pytest.mark.parametrize("pattern", [GPT2_PATTERN, WORDS])
def test_tiktoken_gives_the_same_ids_for_anything(pattern, said):
    assert tiktoken_of(pattern).encode(said, disallowed_special=()) == trained(pattern).encode(said)


@functools.cache
def tiktoken_of(pattern):
    return trained(pattern).to_tiktoken()


@pytest.mark.parametrize("kind", [r"\p{L}", r"\p{N}", r"\s"])
def test_what_tiktoken_takes_for_another_kind_of_letter_is_new_in_unicode(kind):
    """What `to_tiktoken` promises: only letters that an older table of Unicode lacks are cut otherwise."""
    theirs = tiktoken.Encoding(
        "x", pat_str=kind, mergeable_ranks={bytes([i]): i for i in range(256)}, special_tokens={}
    )
    for letter in map(chr, range(sys.maxunicode + 1)):
        if unicodedata.category(letter) not in ("Cn", "Cs"):
            assert bool(regex.fullmatch(kind, letter)) == bool(theirs.encode_ordinary(letter)), hex(
                ord(letter)
            )


def test_a_letter_that_only_one_of_them_knows_comes_back_from_both():
    tok, said = trained(), "duck\u0558duck \U00011de0"
    assert tok.decode(tok.encode(said)) == tiktoken_of(GPT2_PATTERN).decode(tok.encode(said)) == said
    assert tok.decode(tiktoken_of(GPT2_PATTERN).encode(said)) == said


def test_tiktoken_knows_the_special_tokens():
    tok = trained(special=CHAT[:2])
    theirs = tok.to_tiktoken()
    said = "<|im_start|>user\nWhere is 🦆?<|im_end|>\n"
    assert theirs.encode(said, allowed_special=set(CHAT[:2])) == tok.encode(said, CHAT[:2])
    assert theirs.encode(said, disallowed_special=()) == tok.encode(said)
    assert theirs.decode(tok.encode(said, CHAT[:2])) == said


def test_merges_that_tiktoken_cannot_express_are_refused():
    tok = Tokenizer([(1, 2), (2, 3), (1, 257)])  # 1 2 3 is [256, 3] to us, and would be 258 to tiktoken
    with pytest.raises(ValueError, match="token 258 is never reached"):
        tok.to_tiktoken()


def test_each_merge_of_hugging_faces_trainer_was_among_the_most_frequent():
    """They break ties otherwise: so each pair they took must hold the maximum of our counts at that step."""
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    tale = "\n".join(list(text.tales().values())[:3])
    theirs = tokenizers.Tokenizer(tokenizers.models.BPE())
    theirs.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = tokenizers.pre_tokenizers.ByteLevel.alphabet()
    trainer = tokenizers.trainers.BpeTrainer(vocab_size=406, initial_alphabet=alphabet, show_progress=False)
    theirs.train_from_iterator([tale], trainer)
    merges = merges_of(theirs)
    assert len(merges) == 150
    chunks = [tokenizer.utf8_bytes(chunk) for chunk in tokenizer.pretokenize(tale)]
    ids = byte_of_letter()
    for new_id, (left, right) in enumerate(merges, start=256):
        counts, pair = tokenizer.count_pairs(chunks), (ids[left], ids[right])
        assert counts[pair] == max(counts.values()), (left, right)
        chunks = [tokenizer.merge(chunk, pair, new_id) for chunk in chunks]
        ids[left + right] = new_id


def merges_of(theirs) -> list[tuple[str, str]]:
    found = json.loads(theirs.to_str())["model"]["merges"]
    return [tuple(pair) if isinstance(pair, list) else tuple(pair.split(" ")) for pair in found]


def byte_of_letter() -> dict[str, int]:
    """GPT-2 shows each byte as a letter: those that print as themselves, the others from 256 on."""
    prints = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in prints]
    return {chr(byte): byte for byte in prints} | {chr(256 + n): byte for n, byte in enumerate(others)}


# ---- errors are sentences ----


def without_type_checks():
    """The rung as readers meet it: the test run checks types itself, and would be heard first."""
    spec = importlib.util.spec_from_file_location("tokenizer_as_read", tokenizer.__file__)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # a dataclass looks its module up there
    spec.loader.exec_module(module)
    return module.Tokenizer


Plain = without_type_checks()
TOK = Plain([(115, 119)], special=("<|end|>",))


@pytest.mark.parametrize(
    "call, error, says",
    [
        (
            lambda: Plain.train("a", 255),
            ValueError,
            "vocab_size 255 is too small: 256 bytes and 0",
        ),
        (lambda: Plain.train("a", 256, special=("<x>",)), ValueError, "and 1 special tokens"),
        (lambda: Plain.train("a", -1), ValueError, "vocab_size -1 is too small"),
        (
            lambda: Plain.train("a", 300.0),
            TypeError,
            "vocab_size is a whole number, and this is of type float",
        ),
        (
            lambda: Plain.train("a", "300"),
            TypeError,
            "vocab_size is a whole number, and this is of type str",
        ),
        (
            lambda: Plain.train(None, 300),
            TypeError,
            "reads text (str) or bytes, and this is of type NoneType",
        ),
        (
            lambda: Plain.train(["a"], 300),
            TypeError,
            "reads text (str) or bytes, and this is of type list",
        ),
        (lambda: Plain.train("a", 300, "(["), ValueError, "this pattern is not a regular expression: "),
        (lambda: Plain.train("a", 300, None), ValueError, "this pattern is not a regular expression: "),
        (lambda: Plain.train("a b", 300, r"\w+"), ValueError, "this pattern leaves out some of the text"),
        (lambda: Plain.train("a\ud83eb", 300), ValueError, "character 1 of this text is half of a pair"),
        (lambda: Plain.train("a", 300, special="<x>"), ValueError, "a tuple of names: ('<x>',)"),
        (lambda: Plain.train("a", 300, special=("<x>", "<x>")), ValueError, "'<x>' stands there twice"),
        (lambda: Plain.train("a", 300, special=("",)), ValueError, "a name of at least one character"),
        (lambda: Plain.train("a", 300, special=(3,)), ValueError, "and this is 3"),
        (lambda: Plain([], special=("a", "b", "a")), ValueError, "'a' stands there twice"),
        (lambda: Plain([(256, 1)]), ValueError, "merge (256, 1) makes token 256: both must lie below"),
        (lambda: Plain([(-1, 1)]), ValueError, "merge (-1, 1)"),
        (lambda: Plain([(1, 2), (1, 2)]), ValueError, "merge (1, 2) stands there twice"),
        (
            lambda: Plain.train("a\ud83e\udd86\udd86", 300),
            ValueError,
            "character 3 of this text is half of a pair",
        ),
        (lambda: Plain.train("a\udd86\ud83e", 300), ValueError, "character 1 of this text is half of a pair"),
        (lambda: TOK.encode("a", 3), ValueError, "a tuple of names, and this is of type int"),
        (lambda: TOK.encode("a", None), ValueError, "a tuple of names, and this is of type NoneType"),
        (lambda: TOK.encode(5), TypeError, "reads text (str) or bytes, and this is of type int"),
        (lambda: TOK.encode("a\udcff"), ValueError, "character 1 of this text is half of a pair"),
        (lambda: TOK.encode("a", ("<|x|>",)), ValueError, "'<|x|>' is no special token of this vocabulary"),
        (lambda: TOK.encode("a", "<|end|>"), ValueError, "a tuple of names"),
        (lambda: TOK.id_of("<|x|>"), ValueError, "there are: <|end|>"),
        (lambda: Plain([]).id_of("<|x|>"), ValueError, "there are: none"),
        (
            lambda: TOK.decode([97, 258]),
            ValueError,
            "token id 258 is out of range: this vocabulary has 0 to 257",
        ),
        (lambda: TOK.decode([-1]), ValueError, "token id -1 is out of range"),
        (lambda: TOK.decode([97.0]), TypeError, "token ids are whole numbers, and 97.0 is of type float"),
        (lambda: TOK.decode("swan"), TypeError, "token ids are whole numbers, and 's' is of type str"),
        (lambda: TOK.decode(["97"]), TypeError, "and '97' is of type str"),
        (lambda: TOK.decode(None), TypeError, "and None is of type NoneType"),
        (lambda: TOK.decode_bytes([300]), ValueError, "token id 300 is out of range"),
    ],
)
def test_an_error_says_what_came_and_what_is_needed(call, error, says):
    with pytest.raises(error) as caught:
        call()
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_pattern_with_groups_cuts_whole_chunks():
    assert tokenizer.pretokenize("a1b2", r"(\p{L})|(\p{N})") == ["a", "1", "b", "2"]


def test_a_chunk_of_nothing_is_none():
    assert tokenizer.pretokenize("ab", r"a|b|") == ["a", "b"]


def test_ids_may_be_of_any_whole_kind():
    assert (
        TOK.decode(np.array([256, 97]))
        == TOK.decode(torch.tensor([256, 97]))
        == TOK.decode(iter([256, 97]))
        == "swa"
    )


def test_the_patterns_of_the_tests_cut_everything():
    for pattern in (WORDS, THREE_DIGITS, EVERYTHING):
        for said in SENTENCES:
            assert "".join(tokenizer.pretokenize(said, pattern)) == said
