"""Rung `finetuning`: what counts is learned and nothing else, as in trl; and what people wrote is tidy."""

import re

import pytest
import torch
from torch.nn import functional

from nextword import chat, evaluation, finetuning, rollouts, training
from nextword.finetuning import Example
from nextword.finetuning_parts import people
from nextword.pretrained_parts import model_file
from nextword.tokenizer import Tokenizer
from nextword.training import TrainingConfig
from nextword.transformer import ModelConfig, Transformer
from tests.library import theirs

END = 10
SIZES = {"vocab_size": 11, "d_model": 16, "n_layers": 2, "n_heads": 2, "d_mlp": 32, "context": 24}
FORM = {"norm_weights": False, "tied": False, "qk_norm": True, "embedding_norm": True, "init": "fan_in"}
LETTERS = Tokenizer([], special=("<|end|>", chat.START, chat.END))


def a_model(seed=0, **more):
    return Transformer(ModelConfig(**SIZES | FORM | more), torch.Generator().manual_seed(seed))


def some_examples(n=6, seed=0):
    """Texts of different lengths, of which some last part is learned; among them one of a single token."""
    generator, found = torch.Generator().manual_seed(seed), [Example((1, 2), 1)]
    while len(found) < n:
        length = int(torch.randint(3, 14, (), generator=generator))
        ids = torch.randint(10, (length,), generator=generator).tolist()
        found.append(Example((*ids, END), int(torch.randint(1, length + 1, (), generator=generator))))
    return found


# ---- the loss ----


def test_loss_and_gradients_are_those_of_trl_and_transformers():
    """Their collator pads, their labels are -100 where nothing counts, their Llama has our dials."""
    from trl.trainer.sft_trainer import DataCollatorForLanguageModeling

    config = ModelConfig(**SIZES, n_kv_heads=1, tied=False)
    for seed in range(3):
        model, examples = Transformer(config, torch.Generator().manual_seed(seed)), some_examples(5, seed)
        with torch.no_grad():
            for matrix in model.parameters():
                if matrix.ndim == 2:
                    matrix.normal_(0, 0.3, generator=torch.Generator().manual_seed(seed))
        rows = [
            {"input_ids": list(one.ids), "labels": [-100] * one.start + list(one.ids[one.start :])}
            for one in examples
        ]
        batch = DataCollatorForLanguageModeling(pad_token_id=END)(rows)
        other = theirs.llama(model)
        needed = other(**batch).loss
        needed.backward()
        ids, mask = finetuning.batch(examples, END)
        assert torch.equal(ids, batch["input_ids"])
        assert torch.equal(mask, batch["labels"][:, 1:] != -100)
        found = finetuning.loss(model(ids[:, :-1]), ids, mask)
        found.backward()
        assert torch.allclose(found, needed, atol=1e-6) and found > 1
        for ours, its in (
            (model.unembedding.weight, other.lm_head.weight),
            (model.embedding.weight, other.model.embed_tokens.weight),
            (model.layers[0].mlp.up.weight, other.model.layers[0].mlp.up_proj.weight),
        ):
            assert torch.allclose(ours.grad, its.grad, atol=1e-6) and ours.grad.abs().max() > 1e-3


def test_only_what_counts_changes_the_loss():
    examples = some_examples()
    ids, mask = finetuning.batch(examples, END)
    logits = torch.randn(*mask.shape, 11, generator=torch.Generator().manual_seed(0), requires_grad=True)
    loss = finetuning.loss(logits, ids, mask)
    loss.backward()
    assert (logits.grad[~mask] == 0).all() and (logits.grad[mask].abs().sum(-1) > 0).all()
    wild = torch.where(mask[..., None], logits, torch.full_like(logits, 1e4))
    assert torch.equal(finetuning.loss(wild, ids, mask), loss)


def test_each_token_weighs_alike_however_long_its_text_is():
    ids, mask = finetuning.batch([Example((0, 1), 1), Example((0, 1, 2, 3, 4, 5, 6), 1)], END)
    logits = torch.randn(2, 6, 11, generator=torch.Generator().manual_seed(1))
    nats = functional.cross_entropy(logits[mask], ids[:, 1:][mask], reduction="none")
    assert len(nats) == 7 and torch.allclose(finetuning.loss(logits, ids, mask), nats.mean())


@pytest.mark.parametrize("start", [0, 3, 7, -1])
def test_an_example_of_which_nothing_counts_is_refused(start):
    with pytest.raises(ValueError, match="places 1 to 2 to count from"):
        Example((1, 2, 3), start)


# ---- learning ----


def test_it_learns_the_replies_and_not_what_was_asked():
    """The asked half is noise, and the reply tells its first token: the reply is learned, the noise untouched."""
    generator = torch.Generator().manual_seed(0)
    asked = torch.randint(9, (200, 6), generator=generator)
    examples = [Example((9, *row.tolist(), 9, int(row[0]), END), 8) for row in asked]
    model = a_model()
    before = finetuning.surprises(model, examples, END).mean()
    run = training.begin(
        model, TrainingConfig(100, batch=16, context=24, lr_matrices=0.02, lr_embedding=0.05)
    )
    finetuning.finetune(run, examples, END)
    assert len(run.losses) == run.step == 100 and run.seconds > 0
    after = finetuning.surprises(model, examples, END).mean()
    assert after < 0.8 * before
    all_of_it = [Example(one.ids, 1) for one in examples]
    asked_alone = finetuning.surprises(model, all_of_it, END) - finetuning.surprises(model, examples, END)
    assert asked_alone.mean() > 0.9 * 7 * torch.log(torch.tensor(9.0))


def test_a_run_is_the_same_each_time_and_the_seed_chooses():
    def losses(seed):
        run = training.begin(a_model(), TrainingConfig(5, batch=3, context=24, seed=seed))
        return finetuning.finetune(run, some_examples(20), END).losses

    assert losses(1) == losses(1) != losses(2)


def test_after_step_sees_each_step_and_may_stop_it():
    seen = []

    def look(run):
        seen.append(run.step)
        if run.step == 3:
            raise KeyboardInterrupt

    run = training.begin(a_model(), TrainingConfig(9, batch=2, context=24))
    with pytest.raises(KeyboardInterrupt):
        finetuning.finetune(run, some_examples(), END, look)
    assert seen == [1, 2, 3] and run.step == 3
    finetuning.finetune(run, some_examples(), END)  # and it goes on
    assert run.step == 9


def test_what_cannot_be_learned_from_is_told():
    run = training.begin(a_model(), TrainingConfig(9, batch=2, context=24))
    with pytest.raises(ValueError, match="no examples"):
        finetuning.turn(run, [], END)
    with pytest.raises(ValueError, match="at most 24"):
        finetuning.turn(run, [Example((1,) * 30, 1)], END)
    with torch.no_grad():
        run.model.unembedding.weight.fill_(float("nan"))
    with pytest.raises(training.Diverged, match="step 0"):
        finetuning.turn(run, some_examples(), END)


# ---- measuring ----


def test_surprises_are_those_of_one_text_at_a_time():
    model = a_model(init="gpt2")
    examples = some_examples(70)
    found = finetuning.surprises(model, examples, END)
    for one, nats in list(zip(examples, found, strict=True))[::9]:
        chances = model(torch.tensor([one.ids[:-1]]))[0].log_softmax(-1)
        needed = -sum(chances[i - 1, one.ids[i]] for i in range(one.start, len(one.ids)))
        assert torch.allclose(nats, needed, atol=1e-5)
    whole = [Example(one.ids, 1) for one in examples]
    nats = evaluation.evaluate(model, torch.tensor(whole[3].ids), 24) * (len(whole[3].ids) - 1)
    assert abs(finetuning.surprises(model, whole, END)[3] - nats) < 1e-4


def test_bits_per_byte_count_the_bytes_of_what_counts():
    model = Transformer(ModelConfig(**SIZES | FORM | {"vocab_size": 259}))  # blind: log2(259) bits a token
    end = LETTERS.id_of("<|end|>")
    examples = [finetuning.sentence_examples(["swans"], LETTERS, end)[0], Example((end, 97, 98, end), 2)]
    found = finetuning.bits_per_byte(model, examples, LETTERS, end)
    assert abs(found - (6 + 2) * torch.log2(torch.tensor(259.0)) / (5 + 1)) < 1e-4


# ---- examples ----


def test_sentences_end_and_long_ones_are_left_out():
    [found] = finetuning.sentence_examples(["short", "x" * 41], LETTERS, 256)
    assert found == Example((256, *b"short", 256), 1)
    assert len(finetuning.sentence_examples(["x" * 40], LETTERS, 256)) == 1


def test_a_chat_is_learned_from_where_the_assistant_speaks_to_its_mark():
    turns = [("system", "S"), ("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "d <|im_end|>")]
    found = finetuning.chat_example(turns, LETTERS)
    prompt = chat.encode_chat(turns[:-1], LETTERS)
    assert found.ids[: found.start] == tuple(prompt)
    assert LETTERS.decode(prompt).endswith("<|im_start|>assistant\n")
    assert found.ids[found.start :] == (*b"d <|im_end|>", LETTERS.id_of(chat.END))
    assert found.ids.count(LETTERS.id_of(chat.END)) == 5  # what was said forges no mark


def test_new_marks_change_nothing_for_the_old_tokens():
    model = Transformer(ModelConfig(**SIZES | FORM | {"vocab_size": 257, "init": "gpt2"}))
    grown, tokenizer = finetuning.add_tokens(model, Tokenizer([], special=("<|end|>",)))
    assert tokenizer.id_of("<|end|>") == 256 and tokenizer.id_of(chat.END) == 258
    assert grown.config.vocab_size == tokenizer.vocab_size == 259
    ids = torch.randint(257, (2, 9), generator=torch.Generator().manual_seed(0))
    assert torch.equal(grown(ids)[..., :257], model(ids))
    assert torch.allclose(grown(ids)[..., 257:], model(ids).mean(-1, keepdim=True), atol=1e-6)


def test_sharpening_is_a_temperature():
    model = a_model(init="gpt2")
    ids = torch.randint(10, (2, 5), generator=torch.Generator().manual_seed(0))
    needed = (model(ids) / 0.75).softmax(-1)
    finetuning.sharpen(model, 0.75)
    assert torch.allclose(model(ids).softmax(-1), needed, atol=1e-6)
    for temperature in (0, -1, float("inf"), float("nan")):
        with pytest.raises(ValueError, match="above 0"):
            finetuning.sharpen(model, temperature)
    with pytest.raises(ValueError, match="table of vectors"):
        finetuning.sharpen(Transformer(ModelConfig(**SIZES)), 0.75)


# ---- what people wrote ----


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Hi @ben_k!", "Hi friend!"),
        ("mail ben.k-2@mail.example.org.", "mail friend."),
        ("see https://a.b/c?d=1 now", "see friend now"),
        ("call (801) 555-0199 or +1 801 555 0199", "call (friend or friend"),
        ("In 2017 I was 25 :) 10,000 times", "In 2017 I was 25 :) 10,000 times"),
        ("no one @ home", "no one @ home"),
    ],
)
def test_nobody_can_be_found_by_what_is_learned(said, left):
    assert people.without_handles(said) == left


@pytest.mark.network
def test_small_talk_names_nobody_and_what_is_put_aside_is_never_learned():
    read, aside = finetuning.small_talk()
    assert len(read) > 20_000 and len(aside) > 200
    said = [one for pair in read + aside for one in pair]
    assert not any(re.search(r"@\w|https?:|\d{7}", one) for one in said)
    assert max(map(len, said)) < 80 and all(finetuning.tidy(one) == one for one in said)
    assert not {one for pair in read for one in pair} & {one for pair in aside for one in pair}


@pytest.mark.network
def test_film_sentences_are_parted_by_their_letters():
    read, aside = finetuning.film_sentences()
    assert len(read) > 9000 and 900 < len(aside) < 1200 and not set(read) & set(aside)
    assert {finetuning.tenth(one) for one in read} == set(range(1, 10))
    assert finetuning.tenth("It  ''works''") == finetuning.tenth('It "works"')


# ---- what is kept ----


def test_a_readers_reviewer_is_found_and_one_before_it_is_set_aside(my):
    end = ("<|end|>",)
    for seed in (1, 2):
        model = Transformer(
            ModelConfig(**SIZES | FORM | {"vocab_size": 257}), torch.Generator().manual_seed(seed)
        )
        path = finetuning.keep(model, Tokenizer([], special=end))
    assert path == my / "models/assistants/reviewer.safetensors"
    found, tokenizer = finetuning.reviewer()
    assert tokenizer.special == end and found.config == model.config
    assert torch.allclose(found.embedding.weight, model.embedding.weight, atol=1e-3)
    assert len(list(path.parent.glob("reviewer.safetensors.*"))) == 1
    path.write_bytes(b"damaged")
    with pytest.raises(model_file.ModelFileError, match="damaged"):
        finetuning.reviewer()


def test_without_one_of_their_own_the_courses_reviewer_is_there(my):
    model, tokenizer = finetuning.reviewer()
    texts = finetuning.written(model, tokenizer, n=16, seed=1)
    assert [text.startswith(one) for text, one in zip(texts, finetuning.OPENINGS, strict=True)] == [True] * 16
    assert (
        texts
        == finetuning.written(model, tokenizer, n=16, seed=1)
        != finetuning.written(model, tokenizer, 16, 2)
    )
    assert not (my / "models").exists()


def test_rollouts_of_a_learned_stop_are_finished():
    """A model that has learned to stop stops: the second `end` of a sentence counts."""
    model = a_model()
    examples = [Example((END, 3, 4, END), 1)] * 8
    run = training.begin(model, TrainingConfig(60, batch=8, context=24, lr_matrices=0.02, lr_embedding=0.05))
    finetuning.finetune(run, examples, END)
    found = rollouts.sample(model, [[END]] * 20, END, 12, torch.Generator().manual_seed(0))
    assert found.finished.float().mean() > 0.8
