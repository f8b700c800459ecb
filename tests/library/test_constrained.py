"""Rung `constrained`: which tokens a grammar allows, against the `regex` package; texts that keep to the form."""

import json

import pytest
import regex
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nextword import constrained, generation
from nextword.constrained import Constraint, allowed, make_machine
from nextword.constrained_parts import grammar
from nextword.constrained_parts.grammar import either, many, maybe, one_of, text, up_to
from nextword.generation import SamplingConfig
from nextword.tokenizer import Tokenizer
from nextword.transformer import ModelConfig, Transformer

TOK = Tokenizer.train("yes no yes 12 120 a swan has two legs é " * 3, 290, special=("<|end|>",))
END = TOK.id_of("<|end|>")
MODEL = Transformer(ModelConfig(TOK.vocab_size, 16, 1, 2, 16, context=200), torch.Generator().manual_seed(0))

KINDS = [  # a grammar, and the same as a regular expression
    (text("yes") | text("no"), "yes|no"),
    (either("a", "ab", "abc") + text("c"), "(a|ab|abc)c"),
    (many(one_of("ab")) + text("b"), "[ab]*b"),
    (many(text("a") | text("ab")), "(a|ab)*"),
    (maybe(text("-")) + one_of("123456789") + up_to(2, one_of("0123456789")), "-?[1-9][0-9]{0,2}"),
    (text("é") | one_of("èê"), "é|è|ê"),
    (many(maybe(text("a")) + maybe(text("b"))), "(a?b?)*"),
    (many(many(text("a"))) + up_to(2, many(text("b"))), "(a*)*(b*){0,2}"),
    (text(""), ""),
]


def reads(machine, letters):
    return constrained.advance(machine, 0, letters)


@pytest.mark.parametrize("kind, pattern", KINDS)
def test_it_reads_what_a_regular_expression_matches(kind, pattern):
    """Every text of up to four letters: whole, the beginning of one, or neither."""
    machine, pattern = make_machine(kind), regex.compile(pattern.encode())
    letters = [b"a", b"b", b"c", b"y", b"no", b"-", b"1", b"0", "é".encode(), b"\xc3"]
    texts = {b""}
    for _ in range(3):
        texts |= {one + letter for one in texts for letter in letters}
    for one in texts | {b"yes", b"ye", b"-123", b"-1234", b"abcc"}:
        state = reads(machine, one)
        assert (state is not None) == (pattern.fullmatch(one, partial=True) is not None)
        assert (state in machine.ends) == (pattern.fullmatch(one) is not None)


LEAVES = st.sampled_from(["", "a", "b", "ab", "ba"]).map(lambda one: (text(one), one))
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: (two[0][0] + two[1][0], f"({two[0][1]})({two[1][1]})")),
        st.tuples(inner, inner).map(lambda two: (two[0][0] | two[1][0], f"({two[0][1]})|({two[1][1]})")),
        inner.map(lambda one: (many(one[0]), f"({one[1]})*")),
    ),
    max_leaves=6,
)


@settings(max_examples=100, deadline=None)
@given(EXPRESSIONS, st.text("ab", max_size=6))
def test_it_reads_as_a_regular_expression_does_whatever_they_are_made_of(pair, letters):
    machine = make_machine(pair[0])
    is_whole = regex.fullmatch(pair[1], letters) is not None
    assert (reads(machine, letters.encode()) in machine.ends) == is_whole


@settings(max_examples=100, deadline=None)
@given(EXPRESSIONS)
def test_from_every_state_an_end_can_be_reached(pair):
    """So a text is never led into a street without an end."""
    machine = make_machine(pair[0])
    alive = set(machine.ends)
    for _ in machine.moves:
        alive |= {i for i, moves in enumerate(machine.moves) if alive & set(moves.values())}
    assert alive == set(range(len(machine.moves)))


@pytest.mark.parametrize("kind, pattern", KINDS)
def test_a_token_is_allowed_where_all_of_it_fits(kind, pattern):
    machine, pattern, table = (
        make_machine(kind),
        regex.compile(pattern.encode()),
        constrained.token_table(TOK),
    )
    for so_far in (b"", b"y", b"a", b"1", b"-", b"\xc3", b"ab"):
        state = reads(machine, so_far)
        if state is None:
            continue
        mask = allowed(machine, state, table, END)
        for token, letters in enumerate(table):
            if token != END:
                fits = bool(letters) and pattern.fullmatch(so_far + letters, partial=True) is not None
                assert mask[token] == fits
        assert mask[END] == (pattern.fullmatch(so_far) is not None)


RECORD = text('{"animal": "') + one_of("abcdefgh") + up_to(4, one_of("abcdefgh"))
RECORD += text('", "legs": ') + one_of("0123456789") + text("}")


@pytest.mark.parametrize("seed", range(10))
def test_even_a_model_that_knows_nothing_keeps_to_the_form(seed):
    ids, config = TOK.encode("a swan"), SamplingConfig(80, temperature=1.5, stop=(END,))
    rule = Constraint(RECORD, TOK, END, len(ids))
    new = list(generation.generate(MODEL, ids, config, torch.Generator().manual_seed(seed), adjust=rule))
    record = json.loads(TOK.decode(new))
    assert record.keys() == {"animal", "legs"} and 0 <= record["legs"] <= 9
    assert rule.is_whole(ids + new) and not rule.is_whole(ids + new[:-1])


def test_the_chances_of_what_is_allowed_keep_their_ratios():
    logits, ids = torch.randn(1, TOK.vocab_size, generator=torch.Generator().manual_seed(1)), TOK.encode("a")
    masked = Constraint(text("yes") | text("no"), TOK, END, 1)(logits, ids)
    before, after = logits.softmax(-1)[0], masked.softmax(-1)[0]
    kept = masked[0].isfinite()
    assert {TOK.decode([i]) for i in kept.nonzero().flatten().tolist()} >= {"y", "n"}
    assert torch.allclose(after[kept], before[kept] / before[kept].sum())
    assert after[~kept].sum() == 0


def test_special_tokens_are_no_text():
    """Whoever asks for the letters of <|end|> gets letters, and no end."""
    machine, table = make_machine(text("<|end|>")), constrained.token_table(TOK)
    assert not allowed(machine, 0, table, END)[END]


def test_bad_input_gets_a_sentence():
    for nothing in (either(), text("a") + either(), one_of("")):
        with pytest.raises(ValueError, match="this grammar allows no text, not even an empty one: give it"):
            make_machine(nothing)
    with pytest.raises(ValueError, match=r"up_to\(201, \.\.\.\) is not possible: it is 0 to 200 times"):
        up_to(201, text("a"))
    rule = Constraint(text("yes"), TOK, END, 0)
    with pytest.raises(ValueError, match="'no' is not how a text of this grammar begins"):
        rule(torch.zeros(1, TOK.vocab_size), TOK.encode("no"))
    rule.table = [b"q"] * TOK.vocab_size
    with pytest.raises(ValueError, match="after '' no token of this vocabulary fits the grammar"):
        rule(torch.zeros(1, TOK.vocab_size), [])


def test_grammars_that_are_equal_are_one_state():
    assert text("ab") + (text("c") + text("d")) == (text("ab") + text("c")) + text("d")
    assert (text("a") | text("b")) == (text("b") | text("a")) == one_of("ab") == one_of("aabb")
    assert many(grammar.EMPTY) == grammar.EMPTY and text("a") + grammar.EMPTY == text("a")
    assert len(make_machine(many(one_of("ab"))).moves) == 1
    assert len(make_machine(up_to(200, one_of("abc"))).moves) == 201
