"""What is promised about installing and importing the package."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib import metadata, resources
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
REQUIRED = {"anyio", "backoff", "typing-extensions"}
EXTRAS = {
    "aio": {"aiobotocore"},
    "trio": {"aiobotocore", "trio"},
    "cli": {"botocore", "click", "pyyaml", "rich"},
    "testing": {"moto", "waitress"},
}
AWS = re.compile(r"(types-|mypy-)?((aio)?boto|aws|amazon|moto|s3transfer).*")
HEAVY = {"aiobotocore", "anyio", "asyncio", "backoff", "boto3", "botocore", "trio"}


def project() -> dict[str, Any]:
    """Return the project table of pyproject.toml."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    table: dict[str, Any] = tomllib.loads(text)["project"]
    return table


def name(requirement: str) -> str:
    """Return the normalised name of a requirement."""
    match = re.match(r"[\w.-]+", requirement)
    assert match is not None
    return re.sub(r"[-_.]+", "-", match[0]).lower()


def names(requirements: list[str]) -> set[str]:
    """Return the normalised names of requirements."""
    return {name(requirement) for requirement in requirements}


def installed_requirements() -> list[str]:
    """Return the requirements of the installed distribution."""
    try:
        return metadata.requires("dynawait") or []
    except metadata.PackageNotFoundError:
        pytest.skip("dynawait is not installed here: run this with `nox -s tests`")


def shell_blocks(markdown: str, heading: str) -> list[str]:
    """Return the shell blocks of the section under a heading of the second level."""
    section = re.search(
        rf"^## {heading}\n(.*?)(?=^## |\Z)", markdown, flags=re.MULTILINE | re.DOTALL
    )
    assert section is not None, f"README.md has no heading '## {heading}'"
    return re.findall(
        r"^```(?:sh|shell|bash|console)\n(.*?)^```$",
        section[1],
        flags=re.MULTILINE | re.DOTALL,
    )


def test_required_dependencies() -> None:
    """Three packages are required, and nothing else."""
    assert names(project()["dependencies"]) == REQUIRED


def test_no_aws_package_is_required() -> None:
    """An AWS package never becomes a required dependency."""
    assert not [
        package
        for package in names(project()["dependencies"])
        if AWS.fullmatch(package)
    ]


@pytest.mark.parametrize(
    "package",
    [
        *("aiobotocore", "aioboto3", "awscrt", "boto3", "boto3-stubs", "botocore"),
        *("moto", "s3transfer", "types-aiobotocore", "types-boto3"),
    ],
)
def test_aws_packages_are_recognised(package: str) -> None:
    """The check above would notice the AWS packages that there are."""
    assert AWS.fullmatch(package)


def test_extras() -> None:
    """The extras bring what their names say."""
    extras = project()["optional-dependencies"]
    assert {extra: names(extras[extra]) for extra in extras} == EXTRAS


def test_no_requirement_is_capped() -> None:
    """No version of another package is ruled out for being new."""
    extras = project()["optional-dependencies"].values()
    requirements = [
        *project()["dependencies"],
        *(each for all_ in extras for each in all_),
    ]
    assert all(
        re.fullmatch(r"[\w.-]+(\[\w+\])?>=[\d.]+", each) for each in requirements
    )


def test_installed_metadata_agrees() -> None:
    """What an installer reads is what pyproject.toml says."""
    requirements = installed_requirements()
    assert names([each for each in requirements if "extra ==" not in each]) == REQUIRED
    for extra, packages in EXTRAS.items():
        marker = re.compile(rf"extra == ['\"]{extra}['\"]")
        assert names([each for each in requirements if marker.search(each)]) == packages


def test_supported_pythons_are_the_tested_ones() -> None:
    """The classifiers name the Python versions that the suite runs on."""
    classifiers = " ".join(project()["classifiers"])
    noxfile = (ROOT / "noxfile.py").read_text(encoding="utf-8")
    tested = re.search(r"^PYTHONS = \[(.*)\]$", noxfile, flags=re.MULTILINE)
    assert tested is not None
    assert re.findall(r"3\.\d+", tested[1]) == re.findall(r"3\.\d+", classifiers)
    assert project()["requires-python"] == ">=3.11"


def test_types_are_published() -> None:
    """The package carries the marker that makes type checkers read it."""
    assert resources.files("dynawait").joinpath("py.typed").is_file()


@pytest.mark.parametrize(
    "modules",
    [
        "dynawait, dynawait.sync",
        "dynawait.locks, dynawait.sync.locks",
        "dynawait.errors, dynawait.events",
    ],
)
def test_import_is_light(modules: str) -> None:
    """Importing both faces loads no AWS package, no event loop and no `backoff`."""
    program = (
        f"import sys; before = set(sys.modules); import {modules}; "
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert "dynawait" in loaded
    assert not loaded & HEAVY


# As where the extra was not installed: nothing of it is found.
HIDDEN = """
from importlib import util
real = util.find_spec
util.find_spec = lambda name: None if name in {hidden!r} else real(name)
from dynawait._cli import main
main()
"""


@pytest.mark.parametrize(
    ("hidden", "named"),
    [
        (("click", "rich", "yaml"), "click, rich, pyyaml"),
        (("yaml",), "pyyaml"),
    ],
)
def test_the_command_line_names_its_extra(hidden: tuple[str, ...], named: str) -> None:
    """Where something of it is not installed, it says what, and how to install it."""
    if find_spec("click") is None and "click" not in hidden:
        pytest.skip("more than this is not installed here")
    program = HIDDEN.format(hidden=hidden)
    done = subprocess.run(
        [sys.executable, "-c", program, "--help"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert f"the command line needs {named}." in done.stderr
    assert "pip install 'dynawait[cli]'" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("way", ["script", "module"])
def test_a_wheel_without_the_extra_names_it(way: str) -> None:
    """However it is started, in an environment that has nothing else."""
    if find_spec("click") is not None:
        pytest.skip("the command line is installed here: run this with `nox -s bare`")
    installed_requirements()
    script = Path(sys.executable).parent / "dynawait"
    command = {"script": [str(script)], "module": [sys.executable, "-m", "dynawait"]}
    done = subprocess.run(
        [*command[way], "wait", "orders"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "pip install 'dynawait[cli]'" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("face", "loaded"),
    [
        ("dynawait.locks", HEAVY - {"anyio", "asyncio"}),
        ("dynawait.sync.locks", HEAVY),
    ],
)
def test_a_lock_client_is_loaded_without_what_it_does_not_need(
    face: str, loaded: set[str]
) -> None:
    """No AWS package, no `backoff`; the blocking one no event loop either, and neither
    loads what plans changes of tables.
    """
    program = (
        f"import sys; before = set(sys.modules); from {face} import *; "
        "print(*set(sys.modules) - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    modules = set(done.stdout.split())
    assert "dynawait._core.locks.acquire" in modules
    assert not {name.partition(".")[0] for name in modules} & loaded
    assert not [name for name in modules if name.startswith("dynawait._core.planner")]


def test_quick_start_has_two_commands() -> None:
    """The README's quick start is exactly two shell blocks."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(shell_blocks(readme, "Quick start")) == 2


def test_ci_runs_the_quick_start() -> None:
    """CI runs the very test command that the README prints."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = shell_blocks(readme, "Quick start")[1]
    command = re.search(r"python3? -m (nox -s \w+)$", block, flags=re.MULTILINE)
    assert command is not None, block
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert re.search(rf"python -m {command[1]}$", script, flags=re.MULTILINE)
