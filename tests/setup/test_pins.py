"""constraints.txt and environment.yml: complete, readable by those who read them, and up to date."""

import doctest
import os
import re

import environment
import pin
import pytest
import yaml
from environment import ROOT
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from rattler import MatchSpec
from repo2docker.app import Repo2Docker
from repo2docker.buildpacks import CondaBuildPack

PINS = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
CONDA = [line for line in ENVIRONMENT if isinstance(line, str)]
PIP = [line for part in ENVIRONMENT if isinstance(part, dict) for line in part["pip"]]


@pytest.mark.parametrize("line", PINS)
def test_a_pin_names_one_public_version(line):
    requirement = Requirement(line)
    (specifier,) = requirement.specifier
    assert specifier.operator == "==" and "+" not in specifier.version and "*" not in specifier.version


def test_everything_asked_for_is_pinned_to_what_is_allowed():
    pins = environment.pins()
    for line in pin.requirements():
        wanted = Requirement(line)
        assert wanted.specifier.contains(pins[environment.normal(wanted.name)]), line


def test_torch_and_its_triton_go_together():
    assert {"torch==2.13.0", "triton==3.7.1"} <= set(PINS)


def test_environment_is_what_its_generator_makes():
    assert environment.main(["--check"]) == 0


def test_a_changed_environment_is_noticed(tmp_path, monkeypatch, capsys):
    changed = tmp_path / "environment.yml"
    changed.write_text(environment.made().replace("- pip\n", ""))
    monkeypatch.setattr(environment, "ENVIRONMENT", changed)
    assert environment.main(["--check"]) == 1
    assert "run tools/environment.py" in capsys.readouterr().out


@pytest.mark.parametrize("line", CONDA)
def test_conda_reads_each_line(line):
    assert MatchSpec(line, strict=True).name is not None


def test_conda_gets_a_python_that_the_course_supports():
    (python,) = [line for line in CONDA if line.startswith("python=")]
    project = re.search(r'requires-python = "(.*)"', (ROOT / "pyproject.toml").read_text())[1]
    assert SpecifierSet(project).contains(python.removeprefix("python=") + ".0")


@pytest.mark.parametrize("line", [line for line in PIP if line != "-e ."])
def test_pip_reads_each_line(line):
    assert Requirement(line).specifier


def test_the_course_itself_is_put_in_last():
    assert PIP[-1] == "-e ."


def test_binder_takes_the_environment(monkeypatch):
    monkeypatch.chdir(ROOT)
    app = Repo2Docker()
    accepts = [pack.__name__ for pack in app.buildpacks if pack(app.base_image).detect()]
    assert accepts[0] == "CondaBuildPack"


def test_binder_builds_with_our_files(monkeypatch):
    monkeypatch.chdir(ROOT)
    pack = CondaBuildPack(Repo2Docker().base_image)
    pack.platform = "linux/amd64"
    dockerfile = pack.render({"NB_UID": "1000", "NB_USER": "reader"})
    assert '--file "environment.yml"' in dockerfile and "postBuild" in dockerfile
    assert dockerfile.index("COPY --chown=1000:1000 src/ ${REPO_DIR}") < dockerfile.index(
        '--file "environment.yml"'
    )
    assert pack.python_version == "3.11"
    assert os.access(ROOT / "postBuild", os.X_OK)


def test_examples_in_the_tools():
    for module in (pin, environment):
        assert doctest.testmod(module).failed == 0
