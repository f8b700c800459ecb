"""The certificate: the real model on the reader's functions, from their kept files to the card."""

import nbformat
import pytest
import torch

from classroom import course
from classroom.mine import certification, decorator, storage
from nextword import attention, black_box, pretrained, transformer
from nextword.base import overrides
from nextword.black_box import LanguageModel
from tests.library import tiny

OWN = {name: getattr(attention, name) for name in ("attend", "weighted_sum", "scores")}
LESSONS = ("attention", "heads_and_positions", "transformer")
IN_THE_MODEL = {  # what the issue of a whole machine comes to: all that a Llama runs on
    "attention.attend",
    "attention.scores",
    "attention.weighted_sum",
    "attention.mask_future",
    "attention.split_heads",
    "attention.merge_heads",
    "attention.repeat_kv",
    "attention.rope",
    "transformer.rms_norm",
    "transformer.mlp",
    "transformer.block",
    "transformer.next_logits",
}


@pytest.fixture(autouse=True)
def as_it_was(monkeypatch):
    monkeypatch.setattr(decorator, "_showing", False)
    yield
    for target in (*overrides.replaced(), *overrides.FAST):
        overrides.restore(target)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    path = tmp_path_factory.mktemp("tiny") / "tiny.gguf"
    tiny.write(path)
    return LanguageModel(*pretrained.load(path, torch.float32))


def keep_solutions():
    """Every solution of these lessons as a reader's kept file; returns their targets."""
    for lesson in map(course.find, LESSONS):
        for cell in nbformat.read(course.path("solutions", lesson), as_version=4).cells:
            if cell.source.startswith("@mine("):
                target = cell.source.split('"')[1]
                storage.keep(target, storage.with_imports(target, cell.source))
    return storage.kept_targets()


def test_without_functions_of_ones_own(small):
    card = certification.examined("swan", 3, small)
    assert card.kind == "note" and "library's own" in card.headline and card.rows["you give"] == "swan"


def test_the_readers_functions_run_the_model(my, small, capsys):
    kept = keep_solutions()
    decorator.use_mine()
    said = capsys.readouterr().out
    assert "not used" not in said
    for lesson in LESSONS:
        assert course.find(lesson).number in said
    assert set(decorator.yours()) == set(kept)
    card = certification.examined("swan he", 5, small)
    assert card.kind == "right" and card.headline.endswith("ran on yours."), card
    assert IN_THE_MODEL <= set(card.rows["functions"].split(", "))
    assert "seconds" in card.rows
    assert set(decorator.yours()) == set(kept), "the certificate leaves everything as it was"


@pytest.mark.network
@pytest.mark.slow
def test_the_readers_functions_run_the_real_model(my):
    real = black_box.load()
    needed = real.logits(certification.BEGINNING)
    keep_solutions()
    decorator.use_mine()
    assert (real.logits(certification.BEGINNING) - needed).abs().max() < 1e-3
    card = certification.examined(certification.BEGINNING, 6, real)
    assert card.headline == "A real language model of 134,515,008 dials ran on yours."
    assert card.rows["it writes"].startswith("Berlin")
    assert IN_THE_MODEL <= set(card.rows["functions"].split(", "))


def test_a_function_of_this_notebook_is_not_said_to_be_kept(small):
    overrides.replace("attention.weighted_sum", lambda weights, value: torch.matmul(weights, value))
    card = certification.examined("swan", 2, small)
    assert card.kind == "right" and "functions written here" in card.headline and "seconds" not in card.rows
    assert (
        card.rows["functions"] == "attention.weighted_sum" and card.rows["calls"] == "6"
    )  # 2 layers, read 3 times


def test_fast_attention_is_nobodys_own(small):
    with overrides.fast():
        assert certification.examined("swan", 2, small).kind == "note"
    assert attention.attend is OWN["attend"]


def test_wrong_functions_do_not_pass(small):
    overrides.replace("attention.weighted_sum", lambda weights, value: torch.zeros_like(weights @ value))
    card = certification.examined("swan", 2, small)
    assert card.kind == "wrong" and "off by up to" in card.sentences[0]
    overrides.replace("attention.weighted_sum", lambda weights, value: weights @ value * torch.nan)
    assert certification.examined("swan", 2, small).kind == "wrong"


def test_one_that_stops_is_named(small):
    def stops(x, weight=None, eps=1e-5):
        raise ZeroDivisionError("division by zero")

    overrides.replace("attention.weighted_sum", lambda weights, value: weights @ value)
    overrides.replace("transformer.rms_norm", stops)
    card = certification.examined("swan", 2, small)
    assert card.kind == "wrong" and card.sentences[0].startswith("transformer.rms_norm stopped")
    assert transformer.rms_norm is stops and attention.attend is OWN["attend"]


def test_of_two_that_were_at_work_the_one_that_stops_is_named(small):
    def block(x, layer, positions, cache=None):
        x = x + layer.attention(layer.attention_norm(x), positions, cache)
        raise ZeroDivisionError(f"division by {layer.mlp(layer.mlp_norm(x)).numel() * 0}")

    mlp = transformer.mlp
    overrides.replace("transformer.mlp", lambda x, layer: mlp(x, layer))
    overrides.replace("transformer.block", block)
    says = certification.examined("swan", 2, small).sentences[0]
    assert says.startswith(
        "transformer.block stopped on the real model's numbers, after transformer.mlp: Zero"
    )
    overrides.restore("transformer.block")
    overrides.replace("transformer.mlp", lambda x, layer: mlp(x, layer)[..., :-1])
    says = certification.examined("swan", 2, small).sentences[0]
    assert says.startswith("The model stopped on the real model's numbers, after transformer.mlp: ")


def test_bad_beginnings_are_sentences(small):
    with pytest.raises(ValueError, match="give the real model a beginning"):
        certification.certificate(" ", real=small)
    with pytest.raises(ValueError, match="shorten"):
        certification.certificate("swan" * 99, real=small)
