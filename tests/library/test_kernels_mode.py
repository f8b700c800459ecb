"""How a process decides between interpreted and compiled kernels, each case in a process of its own."""

import os
import subprocess
import sys

import pytest
import torch

from nextword import kernels
from nextword.kernels import mode

NO_TRITON = """
import sys
class Hide:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "triton":
            raise ModuleNotFoundError("No module named 'triton'", name="triton")
sys.meta_path.insert(0, Hide())
import importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "triton" else found(name, *rest)
"""
interpreting = pytest.mark.skipif(not kernels.interpreted, reason="kernels are compiled here")


def says(program: str, switch: str | None = None) -> str:
    """What a Python of its own prints, with TRITON_INTERPRET set to `switch` or not at all, and no GPU."""
    environment = {name: value for name, value in os.environ.items() if name != mode.SWITCH}
    environment |= {"CUDA_VISIBLE_DEVICES": "", "HIP_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"}
    environment |= {} if switch is None else {mode.SWITCH: switch}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("switch, interprets", [(None, True), ("1", True), ("0", False), ("", False)])
def test_without_a_gpu_it_interprets_unless_the_reader_says_otherwise(switch, interprets):
    program = (
        "import os; from nextword import kernels; print(kernels.interpreted, os.environ['TRITON_INTERPRET'])"
    )
    assert says(program, switch) == f"{interprets} {'1' if switch is None else switch}".strip()


def test_importing_the_package_imports_no_triton():
    program = "import sys, nextword; from nextword import kernels; kernels.available(); print('triton' in sys.modules)"
    assert says(program) == "False"


@pytest.mark.parametrize("switch, wanted", [(None, "interpret"), ("1", None), ("0", None)])
def test_triton_imported_first_is_met_with_a_sentence_only_where_the_modes_differ(switch, wanted):
    program = """
import torch, triton.language
from nextword import kernels
try:
    from nextword.kernels import tl
    print("fine", kernels.available())
except ImportError as error:
    print(type(error).__name__, kernels.available(), error)
"""
    said = says(program, switch)
    assert said.startswith("KernelsUnavailable False" if wanted else "fine True")
    assert not wanted or "Restart the kernel" in said and f"should {wanted} them" in said


def test_without_triton_the_package_imports_and_says_one_sentence():
    program = """
import nextword
from nextword import kernels
print(kernels.interpreted, kernels.available())
try:
    from nextword.kernels import tl
except ImportError as error:
    print(error == kernels.why_not(), error)
"""
    flags, sentence = says(NO_TRITON + program).splitlines()
    assert flags == "True False"
    assert "stored outputs" in sentence and "\n" not in sentence


@pytest.mark.parametrize(
    "system, machine, named",
    [
        ("Darwin", "arm64", "macOS on arm64"),
        ("Windows", "AMD64", "Windows on AMD64"),
        ("Linux", "aarch64", "aarch64"),
    ],
)
def test_which_machine_it_is_not_made_for(system, machine, named):
    assert named in mode.where_it_is_made_for(system, machine)


def test_on_a_machine_it_is_made_for_the_sentence_says_how_to_install_it():
    assert "pip install triton" in mode.where_it_is_made_for("Linux", "x86_64")


def test_a_missing_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'tritn'"):
        kernels.tritn  # noqa: B018


@interpreting
def test_bfloat16_is_refused_while_interpreting():
    kernels.check(torch.ones(1), torch.ones(1, dtype=torch.float16), torch.ones(1, dtype=torch.int64))
    with pytest.raises(ValueError, match="float32 or float16"):
        kernels.check(torch.ones(1), torch.ones(1, dtype=torch.bfloat16))


def test_two_devices_are_refused():
    with pytest.raises(ValueError, match="cpu and meta"):
        kernels.check(torch.ones(1), torch.ones(1, device="meta"))


def test_the_cpu_is_refused_where_kernels_are_compiled():
    program = """
import torch
from nextword import kernels
try:
    kernels.check(torch.ones(1))
except ValueError as error:
    print(error)
"""
    assert "TRITON_INTERPRET=1 before Python starts" in says(program, "0")


@interpreting
def test_faster_interpretation_gives_the_same_bits_as_triton_s_own(tmp_path):
    (tmp_path / "kernel.py").write_text(
        """
import sys, hashlib, torch
if "own" in sys.argv:
    import triton, triton.language as tl
else:
    from nextword.kernels import tl, triton
@triton.jit
def mix(x, out, length, BLOCK: tl.constexpr):
    at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    row = tl.load(x + at, mask=at < length, other=0.0)
    table = tl.dot(row[:, None] * row[None, :], tl.zeros((BLOCK, BLOCK), tl.float32) + row, input_precision="ieee")
    row = tl.sum(table, axis=1) / (1.0 + tl.max(tl.abs(row), axis=0)) + tl.cumsum(row) + tl.sigmoid(row)
    tl.store(out + at, row, mask=at < length)
x = torch.randn(100, generator=torch.Generator().manual_seed(0))
for _ in range(2):
    out = torch.zeros(100)
    mix[(4,)](x, out, 100, BLOCK=32)
    print(hashlib.sha256(out.numpy().tobytes()).hexdigest(), out.isfinite().all().item())
"""
    )
    program = f"import runpy, sys; sys.argv = ['', '{{}}']; runpy.run_path({str(tmp_path / 'kernel.py')!r})"
    own, ours = (says(program.format(which), "1") for which in ("own", "ours"))
    assert own == ours and "True" in own
