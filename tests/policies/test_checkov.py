"""The checks of Checkov find what `dynawait terraform check` finds."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.scenes import FINDINGS, SCENES, plan_of
from tests.policies.tools import EXAMPLES, dynawait, program

PATIENCE = 120.0


def checkov(command: str, *arguments: str) -> tuple[int, dict[str, Any]]:
    """Run Checkov with our checks alone; return its exit code and its report."""
    done = subprocess.run(
        [
            *(program("checkov"), *arguments),
            *("--external-checks-dir", str(EXAMPLES / "checkov")),
            *("--framework", "terraform_plan", "--check", "DW*"),
            *("--output", "json", "--skip-download"),
        ],
        env={**os.environ, "DYNAWAIT": command},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert "ERROR" not in done.stderr, done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Give the checks that have failed in all scenes, from one run."""
    command = dynawait(tmp_path_factory.mktemp("bin"))
    code, report = checkov(str(command), "--directory", str(SCENES))
    assert code == 1
    found: list[dict[str, Any]] = report["results"]["failed_checks"]
    return found


@pytest.mark.parametrize("scene", FINDINGS)
def test_it_finds_the_same_in_every_scene(
    scene: str, failed: list[dict[str, Any]]
) -> None:
    """What goes Checkov does not look at; that is told at the provider."""
    told: set[tuple[str, str]] = set()
    for each in failed:
        if Path(each["file_path"]).parent.name != scene:
            continue
        if each["resource_address"] == "aws.default":
            places = [detail.partition(": ")[0] for detail in each["details"]]
            told |= {(each["check_id"], place) for place in places}
        else:
            told.add((each["check_id"], each["resource_address"]))
    assert told == set(FINDINGS[scene])


def test_a_check_says_what_was_found_and_what_to_do(
    failed: list[dict[str, Any]],
) -> None:
    """As for the command."""
    (found,) = [each for each in failed if each["check_id"] == "DW104"]
    assert found["check_name"] == "An index gets another name"
    assert "email-index would be dropped" in found["details"][0]
    assert found["guideline"].startswith("Add the index under its new name")


def test_without_dynawait_nothing_passes() -> None:
    """Checkov goes on without checks that cannot be loaded, and would exit with 0."""
    code, report = checkov("/nowhere/dynawait", "--file", str(plan_of("quiet")))
    (found,) = report["results"]["failed_checks"]
    assert (code, found["check_id"]) == (1, "DW900")
    assert "/nowhere/dynawait" in found["check_name"]
