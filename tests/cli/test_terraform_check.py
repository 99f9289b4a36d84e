"""``dynawait terraform check``: what it finds, and how it ends."""

from __future__ import annotations

import io
import json
import re
import sys
from typing import TYPE_CHECKING, Any

import pytest

from dynawait._cli.commands.terraform_check import ALL_RULES
from dynawait._cli.terraform_check.findings import Severity
from tests.cli.scenes import FINDINGS, SCENES, plan_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import CommandLine


def found(cli: CommandLine, *arguments: str) -> list[tuple[str, str]]:
    """Return the rules and addresses of what a check finds."""
    records = cli("--json", "terraform", "check", *arguments).of_type("finding")
    return sorted((each["rule"], each["address"]) for each in records)


def edited(tmp_path: Path, scene: str, **members: Any) -> str:
    """Write the plan of a scene with other members; return the name of the file."""
    data = json.loads(plan_of(scene).read_text("utf-8")) | members
    file = tmp_path / "edited.json"
    file.write_text(json.dumps(data), "utf-8")
    return str(file)


@pytest.mark.parametrize("scene", FINDINGS)
def test_each_scene_has_what_it_was_made_to_have(cli: CommandLine, scene: str) -> None:
    """In modules, with count and for_each, in blocks and in separate resources."""
    assert found(cli, str(plan_of(scene))) == FINDINGS[scene]


def test_the_scenes_show_every_rule_about_plans() -> None:
    """Those about live tables, waivers and incomplete plans have tests of their own."""
    shown = {rule for findings in FINDINGS.values() for rule, _ in findings}
    rest = {rule.id for rule in ALL_RULES} - shown
    assert {rule[:3] for rule in rest} == {"DW5", "DW9"}
    assert {each.name for each in SCENES.iterdir()} == set(FINDINGS)


@pytest.mark.parametrize(
    ("scene", "arguments", "code"),
    [
        ("quiet", [], 0),
        ("indexes", [], 1),
        ("scaling", [], 1),
        ("scaling", ["--fail-on", "error"], 0),
        ("unknown", [], 0),
        ("unknown", ["--fail-on", "note"], 1),
        ("indexes", ["--fail-on", "never"], 0),
    ],
)
def test_the_exit_code_depends_on_the_severity(
    cli: CommandLine, scene: str, arguments: list[str], code: int
) -> None:
    """A warning fails a check and a note does not, unless something else is said."""
    assert cli("terraform", "check", str(plan_of(scene)), *arguments).code == code


def test_people_read_what_why_and_what_to_do(cli: CommandLine) -> None:
    """The worst first, every rule explained once, and a line that sums up."""
    done = cli("terraform", "check", str(plan_of("indexes")))
    lines = done.out.splitlines()
    assert lines[0] == "DW101 error: aws_dynamodb_table.replaced"
    assert "3 index changes in one apply: create by-day, create by-email" in done.out
    assert "delete legacy" in done.out
    assert "with another key" in done.out
    assert "with another type of its key" in done.out
    assert done.out.count("dynawait indexes apply") == 1
    assert lines[-1].endswith("indexes/plan.json: 8 tables, 10 errors, 2 warnings")
    assert max(map(len, lines[:-1])) <= 88


def test_machines_read_an_object_a_line(cli: CommandLine) -> None:
    """And at last what it came to."""
    records = cli("--json", "terraform", "check", str(plan_of("tables"))).records
    assert records[-1]["type"] == "result"
    assert (records[-1]["errors"], records[-1]["failed"]) == (5, True)
    assert records[0]["table"] == "destroyed"
    assert records[0]["remedy"]


def test_a_plan_may_come_from_a_pipe(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of ``terraform show -json saved | dynawait terraform check -``."""
    source: Any = io.TextIOWrapper(io.BytesIO(plan_of("tables").read_bytes()))
    monkeypatch.setattr(sys, "stdin", source)
    assert cli("terraform", "check", "-").code == 1


def test_a_plan_of_opentofu_is_a_plan(cli: CommandLine, tmp_path: Path) -> None:
    """It names another registry and another version, and that is all."""
    text = plan_of("indexes").read_text("utf-8")
    text = re.sub(r'"registry\.[^/"]*/', '"registry.opentofu.org/', text)
    text = re.sub(r'"terraform_version":"[^"]*"', '"terraform_version":"1.10.5"', text)
    file = tmp_path / "tofu.json"
    file.write_text(text, "utf-8")
    assert found(cli, str(file)) == FINDINGS["indexes"]


def test_a_plan_without_changes_has_nothing(cli: CommandLine, tmp_path: Path) -> None:
    """Terraform then leaves the member out."""
    data = json.loads(plan_of("quiet").read_text("utf-8"))
    del data["resource_changes"]
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(data), "utf-8")
    done = cli("terraform", "check", str(file))
    assert (done.code, done.out.endswith(": 0 tables, nothing found\n")) == (0, True)


@pytest.mark.parametrize(
    ("members", "words"),
    [({"errored": True}, "an error"), ({"complete": False}, "another plan")],
)
def test_half_a_plan_is_said_to_be_one(
    cli: CommandLine, tmp_path: Path, members: dict[str, Any], words: str
) -> None:
    """What is missing was not checked."""
    done = cli("terraform", "check", edited(tmp_path, "quiet", **members))
    assert done.code == 1
    assert "DW902" in done.out
    assert words in done.out


def test_every_rule_says_why_and_what_to_do(cli: CommandLine) -> None:
    """Under an identifier and a name that no other rule has."""
    done = cli("terraform", "check", "--list-rules")
    assert done.code == 0
    for rule in ALL_RULES:
        assert f"{rule.id} {rule.severity}: {rule.title} ({rule.name})" in done.out
        assert rule.reason.endswith((".", "`."))
        assert rule.remedy.endswith((".", "`."))
    assert len({rule.id for rule in ALL_RULES}) == len(ALL_RULES)
    assert len({rule.name for rule in ALL_RULES}) == len(ALL_RULES)
    assert [each.rank for each in Severity] == [0, 1, 2]
