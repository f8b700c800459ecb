"""The course's kernels, compiled without a GPU: what they need, what became of their matrices, and how it is told."""

import os
import re
import subprocess

import pytest
from click.testing import CliRunner

from classroom.app.commands import kernels as command
from nextword import kernels
from nextword.kernels import compiled
from nextword.kernels.compiled import Launch, Tensor
from nextword.kernels.compiled_parts import keep, registry, sass

NAMES = {entry.name: entry for entry in registry.entries()}
each_entry = pytest.mark.parametrize("name", NAMES)
MATMULS = {  # products of a tile of queries and a tile of keys that each kernel of attention makes
    "forward_kernel": 2,
    "two_loops_kernel": 2,
    "descriptors_kernel": 2,
    "query_kernel": 3,
    "key_value_kernel": 4,
}
SMALL = Tensor((4096,), "float32")
KERNEL = """
import os
import signal
import time
import torch
from nextword.kernels import tl, triton

@triton.jit
def kernel(x, out, length, BLOCK: tl.constexpr):
    at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    tl.store(out + at, tl.load(x + at, mask=at < length) * 2.0, mask=at < length)

def double(x):
    out = torch.empty_like(x)
    kernel[(triton.cdiv(len(x), 256),)](x, out, len(x), BLOCK=256, num_warps=2)
    return out

def double_wrongly(x):
    kernel[(1,)](x, torch.empty_like(x), len(x), BLOCK=100)

def crash(x):
    os.kill(os.getpid(), signal.SIGSEGV)

def sleep(x):
    time.sleep(600)
"""


@pytest.fixture(scope="module", autouse=True)
def needs_triton():
    pytest.importorskip("triton")


@pytest.fixture(scope="module")
def everything(needs_triton):
    """All kernels for all targets: {entry's name: {target: kernels}}; a refusal stays as a sentence."""
    found = {}
    for entry, target, made, error in compiled.of_the_course():
        found.setdefault(entry.name, {})[target] = error or made
    return found


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A reader's file with a kernel, and a cache of its own."""
    monkeypatch.setenv("NEXTWORD_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "mine.py"
    path.write_text(KERNEL)
    return path


@each_entry
def test_it_compiles_for_every_card(everything, name):
    assert set(everything[name]) == set(NAMES[name].targets)
    for target, made in everything[name].items():
        assert not isinstance(made, str), f"{target}: {made}"
        assert made and all(one.registers > 0 and one.target == target for one in made)


@each_entry
def test_nothing_spills_on_an_h100(everything, name):
    assert {one.kernel: one.spills for one in everything[name]["sm_90"] if one.spills} == {}


@each_entry
def test_shared_memory_is_there(everything, name):
    for target, made in everything[name].items():
        for one in made:
            assert one.fits, f"{one.kernel} on {target} wants {one.shared / 1024:.0f} KB"


@pytest.mark.parametrize("name", [name for name, entry in NAMES.items() if entry.tuned])
def test_a_tuned_kernel_multiplies_by_wgmma_alone(everything, name):
    multiplying = [made for made in everything[name]["sm_90"] if made.kernel != "delta_kernel"]
    assert multiplying
    for made in multiplying:
        assert made.instructions["HGMMA"] > 0
        assert "HMMA" not in made.instructions
        assert made.matrix_instruction == "wgmma"


@pytest.mark.parametrize("name", NAMES)
def test_specialisation_is_in_the_instructions(everything, name):
    """Where it is claimed, registers are handed over; the copying unit fetches where descriptors are named."""
    for made in everything[name]["sm_90"]:
        assert made.specialised == NAMES[name].specialised
        by_descriptors = any(form in name for form in ("descriptors", "specialised"))
        assert ("UTMALDG" in made.instructions) == by_descriptors


@each_entry
def test_each_inner_loop_does_the_products_of_a_tile(everything, name):
    """By the closed form: 2 x queries x keys x head_dim operations a product, whatever instruction does them."""
    for target in {"sm_80", "sm_90"} & set(everything[name]):
        for made in everything[name][target]:
            if made.kernel in MATMULS and "float32" not in name:
                tile = made.constants["BLOCK_QUERIES"] * made.constants["BLOCK_KEYS"]
                needed = (
                    2
                    * MATMULS[made.kernel]
                    * tile
                    * made.constants.get("HEAD_DIM", made.constants.get("BLOCK_DIM"))
                )
                assert made.loops, f"{made.kernel} on {target}: no loop was found"
                for loop in made.loops:
                    assert loop["matrix_operations"] * made.num_warps == needed


def test_a_wait_moved_behind_the_loop_is_no_loop():
    """The branch from behind leads into the middle of the loop; the loop is what stands between label and branch."""
    listing = """
    /*0000*/ MOV R1, R2 ;
.L_1:
    /*0010*/ HGMMA.64x64x16.F32.BF16 R24, gdesc[UR16], RZ ;
    /*0020*/ SYNCS.PHASECHK.TRANS64.TRYWAIT P0, [UR4] ;
    /*0030*/ @!P0 BRA `(.L_wait) ;
.L_back:
    /*0040*/ HGMMA.64x128x16.F32.BF16 R56, R24, gdesc[UR16] ;
    /*0050*/ @P1 BRA `(.L_1) ;
    /*0060*/ EXIT ;
.L_wait:
    /*0070*/ SYNCS.PHASECHK.TRANS64.TRYWAIT P0, [UR4] ;
    /*0080*/ @!P0 BRA `(.L_wait) ;
    /*0090*/ BRA `(.L_back) ;
"""
    [loop] = sass.loops(listing)
    assert loop.instructions == {"HGMMA": 2, "BRA": 2, "SYNCS": 1}
    assert loop.matrix_operations == 2 * 64 * (64 + 128) * 16 // 4
    assert sass.counts(listing) == {"BRA": 4, "HGMMA": 2, "SYNCS": 2, "MOV": 1, "EXIT": 1}


def test_of_nested_loops_the_inner_one_counts():
    inner = ".L_2:\n/*0010*/ HMMA.16816.F32.BF16 R4, R8, R2, R4 ;\n/*0020*/ @P0 BRA `(.L_2) ;\n"
    [loop] = sass.loops(
        f".L_1:\n/*0000*/ LDG.E R1, [R2.64] ;\n{inner}/*0030*/ @P1 BRA `(.L_1) ;\n/*0040*/ EXIT ;"
    )
    assert loop.body == ("HMMA.16816.F32.BF16", "BRA")


def test_registers_and_spills_are_what_the_assembler_says(everything, tmp_path):
    """An independent reading: NVIDIA's assembler, given the PTX, counts for itself."""
    from triton import knobs

    for name in ("attention forward, head_dim 64", "matmul"):
        [made] = everything[name]["sm_90"]
        source = tmp_path / "kernel.ptx"
        source.write_text(made.texts["ptx"])
        assembler = [knobs.nvidia.ptxas.path, "-v", "--gpu-name=sm_90a", str(source), "-o", os.devnull]
        said = subprocess.run(assembler, capture_output=True, text=True, check=True).stderr
        assert f"Used {made.registers} registers" in said
        assert "0 bytes spill stores" in said and made.spills == 0


def test_bad_settings_are_seen():
    """The same kernel with too few warps spills; with too many tiles under way it doesn't fit."""
    query = Tensor((1, 8, 1024, 128))
    few = {"forward_kernel": {"BLOCK_QUERIES": 128, "BLOCK_KEYS": 64, "num_warps": 4, "num_stages": 3}}
    many = {"forward_kernel": {"BLOCK_QUERIES": 128, "BLOCK_KEYS": 128, "num_warps": 8, "num_stages": 5}}
    jobs = [
        (Launch("nextword.kernels.flash_attention.forward", 3 * (query,), changes=c), "sm_90")
        for c in (few, many)
    ]
    [[spilling], [large]] = [one["kernels"] for one in compiled.outcomes(jobs)]
    assert spilling.spills > 0 and spilling.num_warps == 4
    assert spilling.instructions["LDL"] > 0 and spilling.instructions["STL"] > 0
    assert not large.fits and large.blocks == {"BLOCK_QUERIES": 128, "BLOCK_KEYS": 128}


def test_a_kernel_is_told_at_every_stage(everything):
    [made] = everything["attention forward, head_dim 64"]["sm_90"]
    marks = {
        "triton": "tl.dot(",
        "ttir": "tt.dot",
        "ttgir": "warp_group_dot",
        "ptx": "wgmma.mma_async",
        "sass": "HGMMA",
    }
    assert list(made.texts) == list(marks)
    for stage, mark in marks.items():
        assert mark in made.texts[stage]
    assert len(re.findall(r"\bHGMMA\.", made.texts["sass"])) == made.instructions["HGMMA"]
    assert "v_mfma" in everything["attention forward, head_dim 64"]["gfx942"][0].texts["amdgcn"]


def test_a_readers_own_file_and_what_is_kept_of_it(own, monkeypatch):
    [made] = compiled.compiled(Launch(f"{own}:double", (SMALL,)))
    assert made.kernel == "kernel" and made.blocks == {"BLOCK": 256} and made.num_warps == 2
    assert made.grid == (16,) and made.matrix_instruction == "" and not made.specialised
    monkeypatch.setattr(keep, "children", lambda *_: pytest.fail("what was kept is compiled again"))
    assert compiled.compiled(Launch(f"{own}:double", (SMALL,))) == [made]
    name = keep.key(compiled.described(Launch(f"{own}:double", (SMALL,)), "sm_90"))
    own.write_text(KERNEL.replace("2.0", "3.0"))
    assert keep.key(compiled.described(Launch(f"{own}:double", (SMALL,)), "sm_90")) != name
    (keep.folder() / f"{name}.json.gz").write_bytes(b"\x1f\x8b damaged")
    assert keep.load(name) is None


def test_a_refusal_and_a_crash_stop_nothing_else(own):
    """Three launches in one call: the compiler refuses one, one kills the process, and the third is compiled."""
    functions = ("double_wrongly", "crash", "double")
    wrong, crashed, right = compiled.outcomes([(Launch(f"{own}:{f}", (SMALL,)), "sm_90") for f in functions])
    assert "power of 2" in wrong["error"] and wrong["kernels"] == []
    assert "signal 11" in crashed["error"] and crashed["kernels"] == []
    assert right["error"] == "" and right["kernels"][0].registers > 0
    with pytest.raises(compiled.CompileError, match="mine.py:double_wrongly could not be compiled for sm_90"):
        compiled.compiled(Launch(f"{own}:double_wrongly", (SMALL,)))


def test_a_compilation_without_end_is_ended(own, monkeypatch):
    monkeypatch.setattr(compiled, "SECONDS", 12)
    with pytest.raises(compiled.CompileError, match="more than 12 seconds"):
        compiled.compiled(Launch(f"{own}:sleep", (SMALL,)))


def test_an_unknown_card_is_refused():
    with pytest.raises(ValueError, match="sm_75 .* there are: sm_80, sm_90, gfx942"):
        compiled.outcomes([(Launch("nextword.kernels.basics.add", (SMALL, SMALL)), "sm_75")])


def test_the_key_follows_what_a_module_uses(tmp_path, monkeypatch):
    files = {path.name for path in keep.sources("nextword.kernels.flash_attention.forward")}
    assert {"flash_attention.py", "launching.py", "mode.py"} <= files
    assert "basics.py" not in files
    several = "from nextword.kernels import (\n    basics,\n    mode,\n)\nimport nextword.kernels.trace"
    assert {"basics.py", "mode.py", "trace.py"} <= {path.name for path in keep.used(several)}


def test_a_cache_that_cannot_be_written(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("NEXTWORD_CACHE", str(blocked))
    assert keep.folder().is_dir() and blocked not in keep.folder().parents


def test_without_triton_there_is_a_sentence(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda *_: None)
    with pytest.raises(kernels.KernelsUnavailable, match="Triton"):
        compiled.compiled(Launch("nextword.kernels.basics.add", (SMALL, SMALL)))
    said = CliRunner().invoke(command.command, [])
    assert said.exit_code == 1 and said.output.startswith("Error: Triton")


def test_the_table_for_readers(everything):
    said = CliRunner().invoke(command.command, ["forward, head_dim 128", "--target", "sm_90"])
    assert said.exit_code == 0
    [row] = [line for line in said.output.splitlines() if line.startswith("two_loops_kernel")]
    [made] = everything["tuned forward, head_dim 128"]["sm_90"]
    for cell in ("128 x 64", "NVIDIA H100", str(made.registers), f"{made.shared // 1024} of 227", "wgmma"):
        assert cell in row
    assert "specialised" in said.output and "A100" not in said.output
    listing = CliRunner().invoke(command.command, ["matmul", "--target", "sm_90", "--text", "sass"])
    assert "HGMMA" in listing.output
    counted = CliRunner().invoke(command.command, ["matmul", "--target", "sm_90", "--instructions"])
    [made] = everything["matmul"]["sm_90"]
    assert re.search(
        rf"^ +{made.instructions['HGMMA']}  HGMMA  +matrix product", counted.output, re.MULTILINE
    )
    assert CliRunner().invoke(command.command, ["no such kernel"]).exit_code == 1
