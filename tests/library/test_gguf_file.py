"""A GGUF file made to do harm, or for a model that ours is not: a sentence, at once, and in little memory."""

import struct
import subprocess
import sys
import time
import tracemalloc

import gguf
import numpy as np
import pytest
import torch

from nextword.base import datasets
from nextword.base.cache import DataError
from nextword.pretrained import load
from nextword.pretrained_parts import gguf_file, gguf_header, settings
from tests.library import real, tiny

UINT8, UINT32, FLOAT, BOOL, STRING, ARRAY, UINT64 = 0, 4, 6, 7, 8, 9, 10
HUGE = [10**6, 4 * 10**6, 2**33, 2**63, 2**64 - 1]


def number(kind, value):
    return struct.pack({UINT8: "<B", UINT32: "<I", FLOAT: "<f", BOOL: "<?", UINT64: "<Q"}[kind], value)


def text(said):
    content = said if isinstance(said, bytes) else said.encode()
    return number(UINT64, len(content)) + content


def field(name, kind, content):
    return text(name) + number(UINT32, kind) + content


def array(kind, count, content=b""):
    return number(UINT32, kind) + number(UINT64, count) + content


def header(fields, n_fields=None, n_tensors=0, tensors=b"", version=3):
    counts = number(UINT64, n_tensors) + number(UINT64, len(fields) if n_fields is None else n_fields)
    return b"GGUF" + number(UINT32, version) + counts + b"".join(fields) + tensors


def nested(depth):
    """A table in a table in a table, ..."""
    return array(ARRAY, 1) * depth + array(UINT8, 0)


KIND = field("general.architecture", STRING, text("llama"))
FILLED = b"\0" * 16_000
PLACE = text("a") + number(UINT32, 1) + number(UINT64, 4) + number(UINT32, 0) + number(UINT64, 0)


def place(name, *shape, kind=0, start=0):
    axes = b"".join(number(UINT64, length) for length in shape)
    return text(name) + number(UINT32, len(shape)) + axes + number(UINT32, kind) + number(UINT64, start)


CRAFTED = {
    **{
        f"{count} {what}": header([KIND, field("a", ARRAY, array(kind, count, FILLED))])
        for count in HUGE
        for kind, what in ((UINT8, "bytes"), (UINT32, "numbers"), (UINT64, "wide"), (STRING, "texts"))
    },
    **{f"{count} tables": header([KIND, field("a", ARRAY, array(ARRAY, count, FILLED))]) for count in HUGE},
    **{f"a text of {count}": header([KIND, field("a", STRING, number(UINT64, count))]) for count in HUGE},
    **{f"{count} settings": header([KIND], n_fields=count) + FILLED for count in HUGE},
    **{f"{count} tensors": header([KIND], n_tensors=count) + FILLED for count in HUGE},
    **{
        f"a tensor of {count}": header([KIND], n_tensors=1, tensors=place("a", count)) + FILLED
        for count in HUGE
    },
    **{
        f"a tensor from {count} on": header([KIND], n_tensors=1, tensors=place("a", 4, start=count)) + FILLED
        for count in HUGE
    },
    "a product that overflows": header([KIND], n_tensors=1, tensors=place("a", 2**32, 2**32)) + FILLED,
    "tables nested 5,000 deep": header([KIND, field("a", ARRAY, nested(5_000))]),
    "many axes": header([KIND], n_tensors=1, tensors=text("a") + number(UINT32, 2**32 - 1)) + FILLED,
    "no axes": header([KIND], n_tensors=1, tensors=place("a")) + FILLED,
    "an empty tensor": header([KIND], n_tensors=1, tensors=place("a", 4, 0)) + FILLED,
    "an unknown kind of tensor": header([KIND], n_tensors=1, tensors=place("a", 4, kind=999)) + FILLED,
    "part of a block": header([KIND], n_tensors=1, tensors=place("a", 33, kind=3)) + FILLED,
    "a hundred tensors in one place": header(
        [KIND], n_tensors=100, tensors=b"".join(place(f"a{n}", 3_900) for n in range(100))
    )
    + FILLED,
    "a tensor twice": header([KIND], n_tensors=2, tensors=PLACE * 2) + FILLED,
    "a setting twice": header([KIND, KIND]),
    "an unknown type": header([KIND, field("a", 13, b"\0" * 8)]),
    "a table of an unknown type": header([KIND, field("a", ARRAY, array(77, 1, b"\0" * 8))]),
    "a name that is no UTF-8": header([field(b"\xff\xfe", UINT32, number(UINT32, 1))]),
    "alignment 0": header([KIND, field("general.alignment", UINT32, number(UINT32, 0))]),
    "alignment that is a text": header([KIND, field("general.alignment", STRING, text("32"))]),
    "version 1": header([KIND], version=1),
    "version 4": header([KIND], version=4),
    "big-endian": header([KIND], version=3 << 24),
    "a kind that is a number": header([field("general.architecture", UINT32, number(UINT32, 7))]),
    "a kind that is a table": header([field("general.architecture", ARRAY, array(STRING, 1, text("llama")))]),
    "nothing but a kind": header([KIND]),
}


@pytest.mark.parametrize("content", CRAFTED.values(), ids=CRAFTED)
def test_a_crafted_header_is_a_sentence_at_once_and_in_little_memory(tmp_path, content):
    path = tmp_path / "crafted.gguf"
    path.write_bytes(content)
    tracemalloc.start()
    began = time.process_time()
    with pytest.raises(DataError) as error:
        load(path, torch.float32)
    seconds, (_, peak) = time.process_time() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seconds < 2 and peak < 20 * len(content) + 2_000_000
    assert "\n" not in str(error.value) and len(str(error.value)) < 400


def test_the_whole_process_stays_small(tmp_path):
    """16 KB once took gigabytes. Measured as the system sees it, with all that was made."""
    program = (
        "import re, sys; from nextword import pretrained; from nextword.base.cache import DataError\n"
        "peak = lambda: int(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])\n"
        "before = peak()\n"
        "for path in sys.argv[1:]:\n"
        "    try: pretrained.load(path, pretrained.torch.float32)\n"
        "    except DataError: continue\n"
        "print(peak() - before)"
    )
    if not sys.platform.startswith("linux"):
        pytest.skip("needs /proc")
    files = []
    for name in ("4000000 bytes", "4000000 texts", "8589934592 numbers", "tables nested 5,000 deep"):
        files.append(tmp_path / f"{name}.gguf")
        files[-1].write_bytes(CRAFTED[name])
    done = subprocess.run([sys.executable, "-c", program, *files], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 50_000, "KB"


@pytest.mark.parametrize("kind, content", [(UINT8, b"\1"), (STRING, text("")), (FLOAT, b"\0" * 4)])
def test_a_long_table_that_is_really_there_takes_little_memory(tmp_path, kind, content):
    n, path = 30_000, tmp_path / "long.gguf"
    path.write_bytes(header([KIND, field("a", ARRAY, array(kind, n, content * n))]))
    tracemalloc.start()
    assert len(gguf_header.read(path).fields["a"]) == n
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3 * path.stat().st_size + 300_000


def test_a_tensor_may_fill_the_file_to_its_end(tmp_path):
    path = tmp_path / "a.gguf"
    start = header([KIND], n_tensors=1, tensors=place("a", 2, 3))
    numbers = np.arange(6, dtype="<f4")
    path.write_bytes(start + b"\0" * (-len(start) % 32) + numbers.tobytes())
    [tensor] = gguf_header.read(path).tensors
    assert tensor.shape == (3, 2) and tensor.numbers().tolist() == [[0, 1], [2, 3], [4, 5]]
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ValueError, match="larger than what is left"):
        gguf_header.read(path)


@pytest.mark.network
def test_the_real_file_is_read_as_the_formats_own_reader_reads_it():
    ours, theirs = gguf_header.read(datasets.smollm2()), real.file()
    assert [tensor.name for tensor in ours.tensors] == [tensor.name for tensor in theirs.tensors]
    for mine, other in zip(ours.tensors, theirs.tensors, strict=True):
        assert mine.shape == tuple(map(int, reversed(other.shape))) and mine.kind == other.tensor_type
        assert mine.data.tobytes() == other.data.tobytes()
    for name, value in ours.fields.items():
        needed = theirs.get_field(name).contents()
        assert (value.tolist() if isinstance(value, np.ndarray) else value) == needed, name
    assert set(ours.fields) == {name for name in theirs.fields if not name.startswith("GGUF.")}


def test_a_tiny_file_is_read_as_the_formats_own_reader_reads_it(tmp_path):
    path = tmp_path / "tiny.gguf"
    tiny.write(path)
    ours, theirs = gguf_header.read(path), gguf.GGUFReader(path)
    for mine, other in zip(ours.tensors, theirs.tensors, strict=True):
        assert mine.name == other.name and mine.data.tobytes() == other.data.tobytes()
        assert np.array_equal(mine.numbers(), gguf.dequantize(other.data, other.tensor_type))


# ---- settings ----


def f32(value):
    return gguf.GGUFValueType.FLOAT32, value


def u32(value):
    return gguf.GGUFValueType.UINT32, value


def said(value):
    return gguf.GGUFValueType.STRING, value


def yes(value):
    return gguf.GGUFValueType.BOOL, value


REFUSED = {
    "rope.scale_linear": (f32(4.0), "stretches its positions.*'llama.rope.scale_linear' to 4.0"),
    "rope.scaling.type": (said("yarn"), "stretches its positions.*'llama.rope.scaling.type' to 'yarn'"),
    "rope.scaling.factor": (f32(8.0), "stretches its positions.*scaling.factor' to 8.0"),
    "rope.scaling.low_freq_factor": (f32(1.0), "stretches its positions.*low_freq_factor"),
    "rope.dimension_count": (u32(8), "'llama.rope.dimension_count' to 8, and ours has only 16"),
    "attention.sliding_window": (u32(32), "'llama.attention.sliding_window' to 32, and ours has only 0"),
    "attention.key_length": (u32(8), "'llama.attention.key_length' to 8, and ours has only 16"),
    "expert_count": (u32(8), "'llama.expert_count' to 8, and ours has only 0"),
    "attention.causal": (yes(False), "'llama.attention.causal' to False, and ours has only True"),
    "logit_scale": (f32(0.25), "'llama.logit_scale' to 0.25"),
    "final_logit_softcapping": (
        f32(30.0),
        "sets 'llama.final_logit_softcapping' to 30.0: its model cannot be run",
    ),
    "vocab_size": (u32(12), "'llama.vocab_size' to 12"),
    "embedding_length": (u32(2**31), "speaks of d_model 2,147,483,648, and holds"),
    "feed_forward_length": (u32(2**31), "speaks of d_mlp 2,147,483,648, and holds"),
    "attention.head_count": (u32(0), "speaks of n_heads 0"),
    "attention.head_count_kv": (
        (gguf.GGUFValueType.ARRAY, [2, 2]),
        "is a list of 2, and a whole number was needed",
    ),
    "block_count": (said("two"), "'llama.block_count' is 'two', and a whole number was needed"),
    "context_length": (yes(True), "'llama.context_length' is True, and a whole number was needed"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_ours_does_not_have_is_refused_by_name(tmp_path, name):
    path, (value, says) = tmp_path / "foreign.gguf", REFUSED[name]
    tiny.write(path, changes={name: value})
    with pytest.raises(DataError, match=says):
        load(path, torch.float32)


@pytest.mark.parametrize("eps", [float("nan"), float("inf"), -1e-5, 0.0, 1.0, "1e-5"])
def test_a_norm_that_cannot_be_is_refused(tmp_path, eps):
    path = tmp_path / "foreign.gguf"
    tiny.write(
        path, changes={"attention.layer_norm_rms_epsilon": said(eps) if isinstance(eps, str) else f32(eps)}
    )
    with pytest.raises(DataError, match="norms add|a number was needed"):
        load(path, torch.float32)


@pytest.mark.parametrize("base", [0.0, -1e4, 1.0, float("nan"), float("inf"), "10000"])
def test_positions_that_cannot_be_turned_are_refused(tmp_path, base):
    path = tmp_path / "foreign.gguf"
    tiny.write(path, changes={"rope.freq_base": said(base) if isinstance(base, str) else f32(base)})
    with pytest.raises(DataError, match="by the base|a number was needed"):
        load(path, torch.float32)


def test_what_has_no_effect_is_no_obstacle(tmp_path):
    path = tmp_path / "tiny.gguf"
    tiny.write(
        path,
        changes={
            "rope.scaling.type": said("none"),
            "rope.scaling.factor": f32(4.0),
            "rope.dimension_count": u32(16),
            "attention.sliding_window": u32(0),
            "expert_count": u32(0),
            "attention.key_length": u32(16),
            "attention.causal": yes(True),
            "attention.layer_norm_rms_epsilon": f32(1e-13),
            "rope.freq_base": f32(500_000.0),
        },
    )
    config = load(path, torch.float32)[0].config
    assert config.norm_eps == 1e-13 and config.rope_base == 500_000


@pytest.mark.parametrize("eps", [1e-5, 1e-6, 1e-12, 1e-13, 3e-6])
def test_a_norms_number_is_the_one_that_was_meant(eps):
    assert settings.norm_eps(float(np.float32(eps))) == eps


def test_two_tensors_of_one_name_of_ours_are_refused(tmp_path):
    path = tmp_path / "tiny.gguf"
    extra = {"layers.0.attention.query.weight": tiny.dials()["blk.0.attn_q.weight"]}
    tiny.write(path, tensors=extra)
    with pytest.raises(DataError, match="two tensors .* are both layers.0.attention.query.weight"):
        load(path, torch.float32)


def test_a_list_is_shown_by_its_length():
    assert gguf_file.shown([1] * 1000) == "a list of 1,000"
