"""`swap`: one function replaced while the library runs, and put back."""

import pytest

from nextword import ngram, swap


def test_a_replacement_reaches_models_that_were_built_before():
    model = ngram.NGram("abab", 1)
    with swap.replacing("ngram.loss", lambda p: 7.0):
        assert model.surprise("ab") == 14.0
        assert swap.replaced() == ("ngram.loss",)
    assert model.surprise("ab") != 14.0 and not swap.replaced()


def test_the_librarys_own_is_never_lost():
    own = ngram.loss
    swap.replace("ngram.loss", len)
    swap.replace("ngram.loss", sum)
    assert swap.original("ngram.loss") is own and ngram.loss is sum
    with swap.replacing("ngram.loss", min):
        assert ngram.loss is min
    assert ngram.loss is sum
    swap.restore("ngram.loss")
    swap.restore("ngram.loss")
    assert ngram.loss is own


def test_methods_can_be_replaced():
    with swap.replacing("ngram.NGram.surprise", lambda self, tokens: len(tokens)):
        assert ngram.NGram("ab", 1).surprise("abc") == 3


@pytest.mark.parametrize("target", ["ngram.nothing", "nothing.loss", "loss", "ngram.NGram.nothing", ""])
def test_a_target_that_does_not_exist_is_a_sentence(target):
    with pytest.raises(ValueError, match="nextword has no"):
        swap.replace(target, len)
