"""A tiny course to set up: the real tools/setup.py over a project that builds itself, without any network."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import pace

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "nextword"
version = "0"
"""
BACKEND = '''
"""A build backend in one screen: an editable wheel with nothing in it but the command `nextword`."""
import zipfile
from pathlib import Path

INFO = "nextword-0.dist-info"
EXTRA = "Provides-Extra: test\\n"
EXTRA += Path("needs.txt").read_text() if Path("needs.txt").exists() else ""

def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "nextword-0-py3-none-any.whl"
    files = {
        "command.py": "import sys\\ndef main(): print('nextword', *sys.argv[1:])\\n",
        f"{INFO}/METADATA": "Metadata-Version: 2.1\\nName: nextword\\nVersion: 0\\n" + EXTRA,
        f"{INFO}/WHEEL": "Wheel-Version: 1.0\\nGenerator: us\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
        f"{INFO}/entry_points.txt": "[console_scripts]\\nnextword = command:main\\n",
    }
    files[f"{INFO}/RECORD"] = "".join(f"{file},,\\n" for file in [*files, f"{INFO}/RECORD"])
    with zipfile.ZipFile(Path(folder, name), "w") as wheel:
        for file, text in files.items():
            wheel.writestr(file, text)
    return name

build_wheel = build_editable
'''


class TinyCourse:
    """A folder with the real set-up and next to nothing to set up."""

    def __init__(self, root: Path):
        self.root = root
        shutil.copytree(ROOT / "tools" / "setting_up", root / "tools" / "setting_up")
        shutil.copy(ROOT / "tools" / "setup.py", root / "tools" / "setup.py")
        (root / "tools" / "test.py").write_text("import sys\nprint('tests', *sys.argv[1:])\n")
        (root / "pyproject.toml").write_text(PROJECT)
        (root / "backend.py").write_text(BACKEND)
        (root / "constraints.txt").write_text("torch==2.13.0\n")

    def set_up(self, *arguments: str, **environment: str) -> tuple[int, str]:
        """Run tools/setup.py where no package server can be reached; returns its exit status and output."""
        env = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
        env |= {
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
            "PIP_RETRIES": "1",
            "PIP_NO_CACHE_DIR": "1",
            "PATH": path_without_uv(),
        }
        command = [sys.executable, str(self.root / "tools" / "setup.py"), *arguments]
        limit = pace.seconds(300)
        done = subprocess.run(command, env=env | environment, capture_output=True, text=True, timeout=limit)
        return done.returncode, done.stdout + done.stderr


def path_without_uv() -> str:
    """The PATH without the folders that hold uv, so that pip is what is tested."""
    folders = os.environ["PATH"].split(os.pathsep)
    return os.pathsep.join(folder for folder in folders if not shutil.which("uv", path=folder))


@pytest.fixture
def tiny(tmp_path):
    """A tiny course that was never set up."""
    return TinyCourse(tmp_path / "course")


@pytest.fixture
def shadow(tmp_path):
    """Put a module in front of Python's own: gives the PYTHONPATH that does it."""

    def write(name: str, source: str) -> str:
        package = tmp_path / "shadow" / name
        package.mkdir(parents=True)
        (package / "__init__.py").write_text("")
        (package / "__main__.py").write_text(source)
        return str(package.parent)

    return write
