"""`swap`: one function replaced while the library runs, and put back."""

import pytest

from nextword import ngram
from nextword.base import overrides


def test_a_replacement_reaches_models_that_were_built_before():
    model = ngram.NGram("abab", 1)
    with overrides.replacing("ngram.loss", lambda p: 7.0):
        assert model.surprise("ab") == 14.0
        assert overrides.replaced() == ("ngram.loss",)
    assert model.surprise("ab") != 14.0 and not overrides.replaced()


def test_the_librarys_own_is_never_lost():
    own = ngram.loss
    overrides.replace("ngram.loss", len)
    overrides.replace("ngram.loss", sum)
    assert overrides.original("ngram.loss") is own and ngram.loss is sum
    with overrides.replacing("ngram.loss", min):
        assert ngram.loss is min
    assert ngram.loss is sum
    overrides.restore("ngram.loss")
    overrides.restore("ngram.loss")
    assert ngram.loss is own


def test_methods_can_be_replaced():
    with overrides.replacing("ngram.NGram.surprise", lambda self, tokens: len(tokens)):
        assert ngram.NGram("ab", 1).surprise("abc") == 3


@pytest.mark.parametrize("target", ["ngram.nothing", "nothing.loss", "loss", "ngram.NGram.nothing", ""])
def test_a_target_that_does_not_exist_is_a_sentence(target):
    with pytest.raises(ValueError, match="nextword has no"):
        overrides.replace(target, len)
