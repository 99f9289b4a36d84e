"""The SARIF that we write is valid: Microsoft's validator says so."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from launch import FetchError, MissingToolError, _fetched, _npm

from tests.cli.scenes import plan_of
from tests.policies.tools import dynawait, missing

if TYPE_CHECKING:
    from pathlib import Path

VALIDATOR = "sarif-multitool-linux@5.7.0"
PATIENCE = 120.0
WAIVERS = "- {rule: DW201, address: '*', reason: agreed}"


@pytest.fixture(scope="module")
def validator() -> str:
    """Give the program, fetched from npm at first use."""
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        pytest.skip("the validator comes for Linux on x86-64")

    def fetch(folder: Path) -> None:
        _npm("pack", f"@microsoft/{VALIDATOR}", folder=folder)
        (archive,) = folder.glob("*.tgz")
        subprocess.run(["tar", "xzf", archive.name], cwd=folder, check=True)
        archive.unlink()

    try:
        found = _fetched(VALIDATOR, fetch) / "package" / "Sarif.Multitool"
    except (FetchError, MissingToolError) as error:
        missing(str(error))
    found.chmod(0o755)
    return str(found)


def problems(validator: str, log: Path) -> Counter[str]:
    """Return how often which rule of the validator was broken."""
    verdict = log.with_suffix(".verdict")
    line = [validator, "validate", str(log), "--output", str(verdict)]
    done = subprocess.run(
        [*line, "--log", "ForceOverwrite", "--level", "Error;Warning"],
        env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert verdict.exists(), done.stdout + done.stderr
    (run,) = json.loads(verdict.read_text("utf-8-sig"))["runs"]
    return Counter(result["ruleId"] for result in run["results"])


def test_our_reports_are_valid(validator: str, tmp_path: Path) -> None:
    """Against the schema and the standard's rules; it would rather see an address."""
    command = dynawait(tmp_path)
    waivers = tmp_path / "waivers.yaml"
    waivers.write_text(WAIVERS, "utf-8")
    for scene in ("tables", "quiet"):
        line = [str(command), "terraform", "check", str(plan_of(scene))]
        line += ["--format", "sarif", "--waivers", str(waivers)]
        done = subprocess.run(line, capture_output=True, check=False)
        log = tmp_path / f"{scene}.sarif"
        log.write_bytes(done.stdout)
        # SARIF2005: a page about the tool, and a version when it is not installed.
        assert set(problems(validator, log)) == {"SARIF2005"}


def test_the_validator_finds_what_is_wrong(validator: str, tmp_path: Path) -> None:
    """So that its silence means something."""
    log = tmp_path / "wrong.sarif"
    log.write_text('{"version": "2.1.0", "runs": [{"results": 7}]}', "utf-8")
    assert problems(validator, log)
