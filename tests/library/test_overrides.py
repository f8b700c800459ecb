"""`overrides`: one function replaced while the library runs, and put back."""

import threading

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


def test_blocks_that_end_in_another_order_leave_the_librarys_own():
    own = ngram.loss
    one, other = overrides.replacing("ngram.loss", min), overrides.replacing("ngram.loss", max)
    one.__enter__()
    other.__enter__()
    one.__exit__(None, None, None)
    assert ngram.loss is max and overrides.replaced() == ("ngram.loss",)
    other.__exit__(None, None, None)
    assert ngram.loss is own and not overrides.replaced()


def test_what_is_replaced_inside_a_block_stays_after_it():
    own = ngram.loss
    with overrides.replacing("ngram.loss", min):
        overrides.replace("ngram.loss", max)
        assert ngram.loss is max and overrides.original("ngram.loss") is own
    assert ngram.loss is max
    overrides.restore("ngram.loss")
    assert ngram.loss is own


def test_two_threads_cannot_replace_one_function_at_once():
    own, inside, go = ngram.loss, threading.Event(), threading.Event()

    def hold():
        with overrides.replacing("ngram.loss", min):
            inside.set()
            assert go.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    assert inside.wait(20)
    with pytest.raises(RuntimeError, match="ngram.loss is replaced in another thread just now: wait"):
        with overrides.replacing("ngram.loss", max):
            pass
    with overrides.replacing("ngram.smooth", max):  # another one is nobody's
        go.set()
        thread.join()
    assert ngram.loss is own and not overrides.replaced() and not overrides._own


def test_many_threads_leave_everything_as_it_was():
    own, refused = ngram.loss, []

    def often():
        for _ in range(200):
            try:
                with overrides.replacing("ngram.loss", min), overrides.fast():
                    assert ngram.loss is min
            except RuntimeError:
                refused.append(1)

    threads = [threading.Thread(target=often) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ngram.loss is own and not overrides._own and not overrides._dispatchers


@pytest.mark.parametrize("target", ["ngram.nothing", "nothing.loss", "loss", "ngram.NGram.nothing", ""])
def test_a_target_that_does_not_exist_is_a_sentence(target):
    with pytest.raises(ValueError, match="nextword has no"):
        overrides.replace(target, len)
