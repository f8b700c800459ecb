"""Rung `pretrained`: the real model is theirs, number by number; a file that cannot be used is a sentence."""

import functools
import itertools
import os
import random
import re
import shutil
import stat
import struct
import subprocess
import sys

import gguf
import pytest
import tokenizers
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nextword import attention, pretrained, text, transformer
from nextword.base import datasets, overrides
from nextword.base.cache import DataError
from nextword.pretrained import load
from nextword.pretrained_parts import byte_tokenizer
from tests.library import real, theirs, tiny

network = pytest.mark.network
DUCKLING = "The duckling that followed the swans down the river to the bank was tired."
FLOAT, HALF = torch.float32, torch.bfloat16


# ---- the real model ----


@network
def test_the_real_models_logits_are_theirs():
    model, tok = real.load()
    reference = real.reference()
    ids = torch.tensor([tok.encode(DUCKLING)])
    longer = torch.tensor([tok.encode(DUCKLING * 12)])
    with torch.no_grad(), overrides.replacing("attention.attend", attention.attend_fused):
        for some in (ids, longer):
            assert (model(some) - reference(some).logits).abs().max() < 1e-4
    with torch.no_grad():
        assert (model(ids) - reference(ids).logits).abs().max() < 1e-4


@network
def test_the_real_model_knows_berlin():
    model, tok = real.load()
    assert transformer.count_parameters(model.config) == 134_515_008
    assert sum(dials.numel() for dials in model.parameters()) == 134_515_008
    with torch.no_grad():
        logits = model(torch.tensor([tok.encode("The capital of Germany is")]))[0, -1]
    assert tok.decode([int(logits.argmax())]) == " Berlin" and logits.softmax(-1).max() > 0.7


@network
def test_half_the_memory_gives_nearly_the_same():
    model, tok = load(dtype=HALF)
    ids = torch.tensor([tok.encode(DUCKLING)])
    with torch.no_grad():
        half, full = model(ids).float().softmax(-1), real.load()[0](ids).softmax(-1)
    assert model.embedding.weight.dtype == HALF
    assert (half - full).abs().max() < 0.05


@network
def test_it_loads_within_its_budget(tmp_path):
    """The first time, in the larger dtype and in a process of its own: seconds of work, and memory, torch and all."""
    copy = shutil.copy(datasets.smollm2(), tmp_path)
    program = (
        "import sys, time; import torch; from nextword import pretrained; "
        "model, _ = pretrained.load(sys.argv[1], torch.float32); model(torch.tensor([[1, 2, 3]])); "
        "print(time.process_time()); print(open('/proc/self/status').read())"
    )
    one_thread = os.environ | {"OMP_NUM_THREADS": "1"}  # two would count their waiting for each other as work
    line = [sys.executable, "-c", program, copy]
    done = subprocess.run(line, capture_output=True, text=True, check=True, env=one_thread)
    assert float(done.stdout.split()[0]) < 12
    assert int(re.search(r"VmHWM:\s+(\d+) kB", done.stdout)[1]) * 1024 < 1.3e9


# ---- its tokenizer ----


@functools.cache
def their_tokenizer():
    """Hugging Face's, from the file's own tokens and merges, put together as SmolLM2's is."""
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    reader = real.file()
    tokens, merges, kinds, unknown = (
        reader.get_field(f"tokenizer.ggml.{name}").contents()
        for name in ("tokens", "merges", "token_type", "unknown_token_id")
    )
    ids = {token: i for i, token in enumerate(tokens)}
    pairs = [tuple(merge.split(" ")) for merge in merges]
    made = tokenizers.Tokenizer(tokenizers.models.BPE(ids, pairs, unk_token=tokens[unknown]))
    digits = tokenizers.pre_tokenizers.Digits(individual_digits=True)
    letters = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.pre_tokenizer = tokenizers.pre_tokenizers.Sequence([digits, letters])
    made.decoder = tokenizers.decoders.ByteLevel()
    special = [token for token, kind in zip(tokens, kinds, strict=True) if kind == 3]
    return made, special


def varied_strings():
    """1,000 strings: prose, other languages, code, and pieces that tokenizers trip over, joined by chance."""
    rng = random.Random(0)
    tales = list(text.tales().values())
    pieces = [
        "12,345",
        "3.14",
        "²³½",
        "٣٤",
        "I'm",
        "we'll",
        "'s",
        "’s",
        "\t",
        "  ",
        "   ",
        "\n",
        "\r\n\r\n",
        "\u00a0",
    ]
    pieces += [
        "def f(x):\n    return x**2\n",
        "<b>swan</b>",
        "https://a.b/c?d=1",
        "🦆",
        "👩‍👩‍👧",
        "e\u0301",
        "Ællingen",
    ]
    pieces += [
        "παπάκι",
        "小鸭子",
        "утёнок",
        "אווז",
        "बतख",
        "\u200b",
        "\x1c",
        "\x00",
        "\u2028",
        "DUCK",
        "ducklings",
        "...",
    ]
    pieces += [
        "a" * 40,
        "!?",
        "--",
        "\x04",
        "\U00050000",
        " ",
        " the",
        "1 2",
        "7plus5",
        "<|im_end|>",
        "'",
        "' 5",
    ]
    for number in range(1000):
        if number % 4 == 0:
            tale = rng.choice(tales)
            start = rng.randrange(len(tale))
            yield tale[start : start + rng.randrange(400)]
        elif number % 4 == 1:
            yield "".join(chr(rng.choice([rng.randrange(32, 127), rng.randrange(0x3000)])) for _ in range(30))
        else:
            yield rng.choice(["", " "]).join(rng.choices(pieces, k=rng.randrange(1, 12)))


@network
def test_our_ids_are_theirs_on_a_thousand_strings():
    tok, (made, _) = real.load()[1], their_tokenizer()
    strings = list(varied_strings())
    assert len(set(strings)) > 950
    for said in strings:
        needed = made.encode(said, add_special_tokens=False).ids
        assert tok.encode(said) == needed, said
        if 0 not in needed:
            assert tok.decode(needed) == said
            assert made.decode(needed) == said


@network
@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_our_ids_are_theirs_on_any_text(said):
    assert real.load()[1].encode(said) == their_tokenizer()[0].encode(said, add_special_tokens=False).ids


@network
def test_special_tokens_are_theirs():
    tok, (made, special) = real.load()[1], their_tokenizer()
    assert list(tok.special) == special and tok.vocab_size == 49_152
    assert [tok.id_of(name) for name in ("<|endoftext|>", "<|im_start|>", "<|im_end|>")] == [0, 1, 2]
    with_special = tokenizers.Tokenizer.from_str(made.to_str())
    with_special.add_special_tokens(special)
    said = "<|im_start|>user\nWhere is 🦆?<|im_end|>\n<|im_start|>assistant\n"
    assert tok.encode(said, tok.special) == with_special.encode(said).ids
    assert tok.decode(tok.encode(said, tok.special)) == said
    assert not {0, 1, 2} & set(tok.encode(said))


# ---- a tiny model in a file ----


def test_what_the_file_holds_is_what_the_model_has(tmp_path):
    path = tmp_path / "tiny.gguf"
    dials = tiny.write(path)
    model, tok = load(path, FLOAT)
    found = model.layers[1].mlp.down.weight
    assert torch.allclose(found, torch.tensor(dials["blk.1.ffn_down.weight"]), atol=0.01)
    assert model.config.rope_base == 1000 and model.config.norm_eps == 1e-5 and model.config.n_kv_heads == 2
    assert tok.encode("a swan<|im_end|>", ("<|im_end|>",)) == [
        tiny.TOKENS.index(t) for t in ("a", "Ġswan")
    ] + [2]
    ids = torch.tensor([tok.encode("the swan, the swan")])
    with torch.no_grad():
        assert (model(ids) - theirs.llama(model)(ids).logits).abs().max() < 1e-4


def test_it_is_kept_and_made_again_when_it_must_be(tmp_path):
    path = tmp_path / "tiny.gguf"
    tiny.write(path)
    before = load(path, FLOAT)[0].embedding.weight.clone()
    kept = pretrained.cached_path(path, FLOAT)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["tiny.float32.safetensors", "tiny.gguf"]
    made = kept.stat().st_mtime_ns
    assert torch.equal(load(path, FLOAT)[0].embedding.weight, before) and kept.stat().st_mtime_ns == made
    for damage in (b"", kept.read_bytes()[:500], b"\xff" * 500):
        kept.write_bytes(damage)
        assert torch.equal(load(path, FLOAT)[0].embedding.weight, before)
    tiny.write(path, tensors={"token_embd.weight": tiny.dials()["token_embd.weight"] + 1})
    assert (load(path, FLOAT)[0].embedding.weight > before).all()


def test_where_it_cannot_be_kept_it_runs_all_the_same(tmp_path, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    path = tmp_path / "tiny.gguf"
    tiny.write(path)
    monkeypatch.setattr(pretrained, "save_file", full)
    assert load(path, HALF)[0].embedding.weight.dtype == HALF
    assert [p.name for p in tmp_path.iterdir()] == ["tiny.gguf"]


@pytest.mark.skipif(os.name != "posix", reason="elsewhere files have no such modes")
def test_who_may_read_the_file_may_read_what_is_kept(tmp_path):
    """A teacher fills a cache, and thirty readers share it."""
    for mode in (0o644, 0o640, 0o444):
        path = tmp_path / f"{mode}.gguf"
        tiny.write(path)
        path.chmod(mode)
        load(path, FLOAT)
        assert stat.S_IMODE(pretrained.cached_path(path, FLOAT).stat().st_mode) == mode


def test_what_a_killed_process_left_is_taken_away(tmp_path):
    path, stay = tmp_path / "tiny.gguf", tmp_path / "other.gguf.partial"
    tiny.write(path)
    stay.mkdir()
    program = "import sys, time; from nextword import pretrained; pretrained.save_file = lambda *a, **b: "
    program += "print(flush=True) or time.sleep(60); pretrained.load(sys.argv[1], pretrained.torch.float32)"
    with subprocess.Popen([sys.executable, "-c", program, path], stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        process.kill()
    assert len(list(tmp_path.iterdir())) == 3
    load(path, FLOAT)
    assert set(tmp_path.iterdir()) == {path, stay, pretrained.cached_path(path, FLOAT)}


def test_a_file_that_changes_while_it_is_read_is_loaded(tmp_path, monkeypatch):
    path = tmp_path / "tiny.gguf"
    tiny.write(path)
    needed = load(path, FLOAT)[0].embedding.weight.clone()
    versions = map(str, itertools.count())
    monkeypatch.setattr(pretrained, "version", lambda path: next(versions))
    assert torch.equal(load(path, FLOAT)[0].embedding.weight, needed)


def test_another_dtype_is_a_sentence(tmp_path):
    path = tmp_path / "tiny.gguf"
    tiny.write(path)
    with pytest.raises(ValueError, match="it is torch.float32 or torch.bfloat16"):
        load(path, torch.int32)
    assert [p.name for p in tmp_path.iterdir()] == ["tiny.gguf"]


def test_dtype_is_chosen_by_trial():
    assert pretrained.quicker_dtype() in (FLOAT, HALF)


def test_letters_are_those_of_gpt2():
    assert sorted(byte_tokenizer.letters()) == sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet())


def test_a_byte_without_an_id_is_lost(tmp_path):
    path = tmp_path / "tiny.gguf"
    tiny.write(path)
    tok = load(path, FLOAT)[1]
    assert tok.encode("a\x04") == [tiny.TOKENS.index("a"), 0]
    assert tok.decode_bytes(tok.encode(b"\xff")) == b"\xff"


# ---- errors are sentences ----


@pytest.mark.parametrize(
    "how, says",
    [
        ({"architecture": "gpt2"}, "holds a model of the kind 'gpt2', and only 'llama' can be run here"),
        ({"cut": "llama-bpe"}, "cuts text the 'llama-bpe' way; those that we know are: gpt-2, smollm"),
        ({"leave_out": ("block_count",)}, "lacks 'llama.block_count'"),
        (
            {"leave_out": ("blk.1.ffn_up.weight",)},
            "layers.1.mlp.up.weight is nothing, and \\(96, 64\\) was needed",
        ),
        (
            {"tensors": {"blk.2.extra.weight": tiny.dials()["output_norm.weight"]}},
            "layers.2.extra.weight is .64,.",
        ),
        (
            {"tensors": {"blk.0.attn_k.weight": tiny.dials()["token_embd.weight"]}},
            "layers.0.attention.key.weight is",
        ),
        ({"extra": ("llama.rope.scaling.type",)}, "stretches its positions"),
    ],
)
def test_a_foreign_file_is_a_sentence(tmp_path, how, says):
    path = tmp_path / "foreign.gguf"
    tiny.write(path, **how)
    with pytest.raises(DataError, match=says):
        load(path, FLOAT)


def test_what_is_no_gguf_is_a_sentence(tmp_path):
    path = tmp_path / "model.gguf"
    with pytest.raises(DataError, match="cannot be read: No such file"):
        load(path, FLOAT)
    for content in (b"", b"PK\x03\x04 a zip", b"GGU"):
        path.write_bytes(content)
        with pytest.raises(DataError, match="is no GGUF file"):
            load(path, FLOAT)


def test_a_damaged_file_is_a_sentence(tmp_path):
    path = tmp_path / "tiny.gguf"
    tiny.write(path)
    whole, rng = path.read_bytes(), random.Random(0)
    for place in [
        4,
        5,
        8,
        12,
        20,
        24,
        30,
        *(rng.randrange(30, len(whole)) for _ in range(25)),
        len(whole) - 1,
    ]:
        path.write_bytes(whole[:place])
        with pytest.raises(DataError):
            load(path, FLOAT)
    for _ in range(40):
        place = rng.randrange(4, 3000)
        path.write_bytes(whole[:place] + rng.randbytes(4) + whole[place + 4 :])
        try:
            load(path, FLOAT)  # a letter of a token may have changed, and the file still be one
        except DataError:
            pass


def uint32(name, number):
    """A number as the header of a GGUF file holds it: its name, its type, itself."""
    return name.encode() + struct.pack("<II", gguf.GGUFValueType.UINT32, number)


@pytest.mark.parametrize(
    "was, came",
    [
        (b"swa n", b"\xf5wa n"),  # no UTF-8
        (b"swa n", b"sxa n"),  # a merge of a token that no merge makes
        ("Ġswan".encode(), "鸭swa".encode()),  # no letter of GPT-2's
        (uint32("llama.attention.head_count", 4), uint32("llama.attention.head_count", 5)),
    ],
)
def test_a_header_that_cannot_be_is_a_sentence(tmp_path, was, came):
    path = tmp_path / "tiny.gguf"
    tiny.write(path)
    whole = path.read_bytes()
    assert was in whole and len(was) == len(came)
    path.write_bytes(whole.replace(was, came))
    with pytest.raises(DataError, match="tiny.gguf"):
        load(path, FLOAT)


def test_more_layers_than_it_holds_are_not_built(tmp_path):
    path = tmp_path / "tiny.gguf"
    tiny.write(path)
    was, came = (uint32("llama.block_count", number) for number in (tiny.N_LAYERS, 100_000))
    path.write_bytes(path.read_bytes().replace(was, came))
    with pytest.raises(DataError, match="speaks of n_layers 100,000, and holds 20 tensors"):
        load(path, FLOAT)


def test_ids_out_of_range_are_a_sentence(tmp_path):
    path = tmp_path / "tiny.gguf"
    tiny.write(path)
    _, tok = load(path, FLOAT)
    with pytest.raises(ValueError, match="token id 9999 is out of range: this vocabulary has 0 to"):
        tok.decode([9999])
    with pytest.raises(ValueError, match="is no special token"):
        tok.encode("a", ("<|x|>",))
