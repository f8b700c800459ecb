"""A module of the library with a bug planted in its source, for tests that say that tests would notice it."""

import importlib.util
import itertools
from pathlib import Path
from types import ModuleType

count = itertools.count()


def planted(module: ModuleType, folder: Path, right: str, wrong: str) -> ModuleType:
    """The module with one piece of its source replaced; from a file of its own, since Triton reads the source."""
    source = Path(module.__file__).read_text(encoding="utf-8")
    assert source.count(right) >= 1, f"{right!r} stands nowhere in {module.__name__}"
    name = f"planted_{next(count)}"
    path = folder / f"{name}.py"
    path.write_text(source.replace(right, wrong), encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    edited = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(edited)
    return edited
