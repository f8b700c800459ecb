"""pip, or uv where there is one: the commands, and which build of torch they would take."""

import json
import os
import re
import shutil
import sys

from setting_up.places import CONSTRAINTS, VENV, program
from setting_up.running import answer


def new_venv() -> list[str]:
    """The command that makes an empty `.venv`."""
    if uv := shutil.which("uv"):  # --seed: the lessons' texts are fetched with pip
        return [uv, "venv", "--seed", "--python", sys.executable, str(VENV)]
    return [sys.executable, "-m", "venv", str(VENV)]


def install() -> list[str]:
    """The start of a command that installs something into `.venv`."""
    if uv := shutil.which("uv"):
        return [uv, "pip", "install", "--python", program("python")]
    return [program("python"), "-m", "pip", "install", "--no-input", "--progress-bar", "off"]


def torch_kind() -> str:
    """`cuda` if the torch about to be put in brings NVIDIA's libraries, else `cpu`; or `unknown`."""
    if not sys.platform.startswith("linux"):
        return "cpu"
    if shutil.which("uv"):
        return kind_by_uv()
    return kind_by_pip()


def kind_by_uv() -> str:
    """Ask uv what it would install with torch."""
    code, output = answer([*install(), "--dry-run", "-c", str(CONSTRAINTS), "torch"], timeout=90)
    if code != 0:
        return "unknown"
    return "cuda" if re.search(r"^ \+ nvidia-", output, re.MULTILINE) else "cpu"


def kind_by_pip() -> str:
    """Ask pip which torch it would install; not its dependencies, which an old pip would fetch to answer."""
    question = ["--dry-run", "--quiet", "--no-deps", "--ignore-installed", "--report", "-"]
    code, output = answer([*install(), *question, "-c", str(CONSTRAINTS), "torch"], timeout=90)
    try:
        torch = json.loads(output[output.index("{") : output.rindex("}") + 1])["install"][0]["metadata"]
    except (ValueError, LookupError):
        return "unknown"
    needs_nvidia = any(need.startswith(("nvidia-", "cuda-")) for need in torch.get("requires_dist", []))
    return "cuda" if needs_nvidia else "cpu"


def has_nvidia() -> bool:
    """True if this machine has NVIDIA's driver."""
    return bool(shutil.which("nvidia-smi")) or os.path.exists("/proc/driver/nvidia")
