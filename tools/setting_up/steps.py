"""From nothing to a `.venv` that holds the course, in steps that may be cut off anywhere and run again."""

import hashlib
import platform
import shutil
import sys

from setting_up import installer
from setting_up.causes import sentence_for
from setting_up.places import CONSTRAINTS, LOG, ROOT, VENV, program
from setting_up.running import Stop, answer, run, say, start_log

UNFINISHED = VENV / "unfinished"  # lies there while packages are being put in
GIGABYTES = {  # extra: to fetch and on disk, seen on Linux with torch's build for CPUs
    "lab": (0.4, 1.5),
    "test": (0.5, 2.0),
}
TRITON_GIGABYTES = (0.2, 0.7)  # what the kernels' compiler adds to both, on Linux on x86-64 alone
CUDA_GIGABYTES = (2.7, 6.0)  # what torch's build for NVIDIA GPUs adds to both on Linux; it brings Triton too


def set_up(extra: str):
    """Make `.venv` hold everything for this extra; the second time it takes a moment."""
    if is_stamped(extra) and venv_works():
        return
    start_log()
    if UNFINISHED.exists() or not (venv_works() and venv_has_pip()):
        make_venv()
    announce(extra)
    install(extra)
    stamp(extra)


# What is there already


def fingerprint() -> str:
    """Changes with the dependencies, their pins, the Python below, and the folder (an install knows it)."""
    parts = [str(ROOT), sys.version] + [
        (ROOT / name).read_text(encoding="utf-8") for name in ("pyproject.toml", "constraints.txt")
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def is_stamped(extra: str) -> bool:
    """True if an install for this extra ended well and nothing has changed since."""
    try:
        return (VENV / f"ready-for-{extra}").read_text() == fingerprint()
    except OSError:
        return False


def stamp(extra: str):
    """Write down that the install ended well; what the tests need holds what the lab needs."""
    for name in {"lab", extra}:
        (VENV / f"ready-for-{name}").write_text(fingerprint())


def venv_works() -> bool:
    """True if `.venv` has a Python that runs and is of the same version as this one."""
    code, output = answer([program("python"), "-c", "import sys; print(*sys.version_info[:2])"])
    return code == 0 and output.split() == [str(number) for number in sys.version_info[:2]]


def venv_has_pip() -> bool:
    """True if pip runs in `.venv`; the lessons' texts are fetched with it too."""
    return answer([program("python"), "-m", "pip", "--version"])[0] == 0


# Making it


def make_venv():
    """A new `.venv`, in place of whatever stands there."""
    if VENV.exists() or VENV.is_symlink():
        say("The folder .venv is unfinished or broken: making it anew.")
        remove_venv()
    say(f"Making a place for the course's packages: {VENV}")
    run(installer.new_venv(), "making .venv")
    if not venv_has_pip():
        raise Stop(sentence_for("No module named pip"))


def remove_venv():
    """Clear the place of `.venv`; a link is removed, and what it leads to is left alone."""
    try:
        if VENV.is_symlink() or VENV.is_file():
            VENV.unlink()
        else:
            shutil.rmtree(VENV)
    except OSError as error:
        raise Stop(
            f"{VENV} can't be removed ({error}): close what runs from it, then run this again."
        ) from None


def announce(extra: str):
    """Say what is about to happen, how big it is and how long it takes, before it starts."""
    kind = installer.torch_kind()
    more = CUDA_GIGABYTES if kind == "cuda" else TRITON_GIGABYTES if takes_triton() else (0, 0)
    fetch, disk = (a + b for a, b in zip(GIGABYTES[extra], more, strict=True))
    free = shutil.disk_usage(ROOT).free / 1e9
    say("Putting in Python packages. This happens once, and takes from one minute to a quarter of an hour.")
    say(f"To fetch: about {fetch:.1f} GB. On disk: about {disk:.1f} GB; {free:.0f} GB are free.")
    say(f"Everything that is said meanwhile: {LOG}")
    if kind != "cpu" and not installer.has_nvidia():
        say(CUDA_NOTE.format(does="brings" if kind == "cuda" else "may bring", much=CUDA_GIGABYTES[0]))


def takes_triton() -> bool:
    """True where Triton is among the packages: it is made for Linux on x86-64, and for no other machine."""
    return sys.platform.startswith("linux") and platform.machine() == "x86_64"


CUDA_NOTE = """
This machine shows no NVIDIA GPU, yet torch as pip finds it {does} NVIDIA's libraries along: {much} GB
to fetch. That works too. The build for CPUs is 0.2 GB, and pip's own settings choose (PIP_INDEX_URL,
PIP_EXTRA_INDEX_URL or PIP_FIND_LINKS): PyTorch's install page shows the address under Linux, Pip, CPU.
To change over, stop this with Ctrl-C, set it, and start again.
"""


def install(extra: str):
    """Put the course and its packages into `.venv`; only an install that is cut off leaves its mark."""
    target = f"{ROOT}[test]" if extra == "test" else str(ROOT)
    UNFINISHED.touch()
    try:
        run([*installer.install(), "-c", str(CONSTRAINTS), "-e", target], "looking for packages")
    except Stop:
        UNFINISHED.unlink()  # the installer gave up by itself, and so left nothing half done
        raise
    UNFINISHED.unlink()
