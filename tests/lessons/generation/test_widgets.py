"""The slider over the number of guesses shows the rounds as speculative decoding really goes."""

import torch

from classroom.lessons.generation import widgets
from nextword import generation, speculative
from nextword.generation import SamplingConfig
from nextword.speculative import LookupDraft
from nextword.tokenizer import Tokenizer
from nextword.transformer import ModelConfig, Transformer

TOK = Tokenizer.train("the swan and the duck, the swan and the stork <b>&\n" * 3, 290)
PROMPT = TOK.encode("the swan and the duck, the swan")


def model():
    made = Transformer(
        ModelConfig(TOK.vocab_size, 16, 2, 2, 16, context=80), torch.Generator().manual_seed(1)
    )
    with torch.no_grad():
        for dials in made.parameters():
            dials.normal_(std=0.4, generator=torch.Generator().manual_seed(2))
    return made.eval()


def test_the_rounds_are_those_of_a_real_run():
    target, config = model(), SamplingConfig(40, temperature=0)
    reply, draft = list(generation.generate(target, PROMPT, config)), LookupDraft(TOK.vocab_size)
    for n_guesses in (1, 4, 8):
        rounds = []
        list(speculative.generate(target, draft, PROMPT, config, n_guesses, rounds=rounds))
        assert widgets.greedy_rounds(PROMPT, reply, draft, n_guesses) == rounds


def test_each_number_of_guesses_is_drawn_and_told():
    reply = TOK.encode(" and the duck, the stork <b>&\n")
    dial = widgets.guesses(TOK, PROMPT, reply, range(1, 9), start=4)
    readings = []
    for n_guesses in range(1, 9):
        dial.slider.index = n_guesses - 1
        rounds = widgets.greedy_rounds(PROMPT, reply, LookupDraft(TOK.vocab_size), n_guesses)
        assert sum(len(one.tokens) for one in rounds) == len(reply)
        n_kept = sum(one.n_kept for one in rounds)
        assert f"{n_kept} of {sum(len(one.guessed) for one in rounds)} guesses are kept" in dial.text.value
        assert f"{n_guesses} at a time: {len(reply)} tokens in {len(rounds)} readings" in dial.view.value
        readings.append(len(rounds))
    assert readings[-1] < readings[0] < len(reply)


def test_what_became_of_each_token_is_named():
    [first, *_] = widgets.greedy_rounds(PROMPT, TOK.encode(" and the stork"), LookupDraft(TOK.vocab_size), 4)
    fates = [fate for _, fate in widgets.pieces(first, TOK)]
    assert fates == ["kept"] * first.n_kept + ["own"] + ["refused"] * (len(first.guessed) - first.n_kept)
