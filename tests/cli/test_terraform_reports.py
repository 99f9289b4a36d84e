"""Reports for programs, code scanners and readers of tests."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from junitparser import Failure, JUnitXml, Skipped

from dynawait._cli.commands.terraform_check import ALL_RULES
from tests.cli.scenes import FINDINGS, SCENES, plan_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import CommandLine

WAIVERS = "- {rule: DW201, address: '*.destroyed', reason: 'it <is> \"old\" & empty'}"


@pytest.fixture
def waivers(tmp_path: Path) -> str:
    """Give a file that waives one finding."""
    file = tmp_path / "waivers.yaml"
    file.write_text(WAIVERS, "utf-8")
    return str(file)


def report(cli: CommandLine, form: str, scene: str, *arguments: str) -> str:
    """Return a report in a format."""
    line = ["terraform", "check", str(plan_of(scene)), "--format", form, *arguments]
    done = cli(*line)
    assert done.err == ""
    return done.out


def test_json_is_one_document_on_one_line(cli: CommandLine, waivers: str) -> None:
    """With or without --json, which prints an object a line by itself."""
    text = report(cli, "json", "tables", "--waivers", waivers)
    assert text.count("\n") == 1
    data = json.loads(text)
    assert (data["schema"], data["failed"], data["waived"]) == ("1.0", True, 1)
    assert len(data["tables"]) == 5
    told = sorted((each["rule"], each["address"]) for each in data["findings"])
    assert told == FINDINGS["tables"]
    assert report(cli, "json", "tables", "--waivers", waivers, "--json") == text


@pytest.mark.parametrize("scene", FINDINGS)
def test_sarif_has_what_the_standard_asks_for(cli: CommandLine, scene: str) -> None:
    """Every result points to its rule, to a place, and can be told from the others."""
    log = json.loads(report(cli, "sarif", scene))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.id for rule in ALL_RULES]
    prints: list[str] = []
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
        (place,) = result["locations"]
        physical = place["physicalLocation"]
        assert physical["region"] == {"startLine": 1}
        number = physical["artifactLocation"]["index"]
        uri = run["artifacts"][number]["location"]["uri"]
        assert physical["artifactLocation"]["uri"] == uri
        assert uri.endswith(f"plans/{scene}/plan.json")
        prints += result["partialFingerprints"].values()
    assert len(prints) == len(set(prints)) == len(FINDINGS[scene])


def test_sarif_suppresses_what_is_waived(cli: CommandLine, waivers: str) -> None:
    """Code scanners show it as closed, with the reason."""
    log = json.loads(report(cli, "sarif", "tables", "--waivers", waivers))
    results: list[dict[str, Any]] = log["runs"][0]["results"]
    (waived,) = [each for each in results if "suppressions" in each]
    assert waived["suppressions"] == [
        {
            "kind": "external",
            "status": "accepted",
            "justification": 'it <is> "old" & empty',
        }
    ]


def test_a_path_is_written_as_a_uri(
    cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From here where it is below, as scanners want it; a space is no part of one."""
    (tmp_path / "a").mkdir()
    file = tmp_path / "a" / "my plän.json"
    file.write_bytes(plan_of("quiet").read_bytes())
    for folder, uri in (
        (tmp_path, "a/my%20pl%C3%A4n.json"),
        (tmp_path / "a", "my%20pl%C3%A4n.json"),
        (SCENES, file.as_uri()),
    ):
        monkeypatch.chdir(folder)
        done = cli("terraform", "check", str(file), "--format", "sarif")
        (artifact,) = json.loads(done.out)["runs"][0]["artifacts"]
        assert artifact["location"]["uri"] == uri


def test_junit_has_a_case_a_finding(cli: CommandLine, waivers: str) -> None:
    """Failures, what is waived, what does not fail, and tables without a finding."""
    text = report(cli, "junit", "tables", "--waivers", waivers)
    suites = JUnitXml.fromstring(text.encode())
    (suite,) = list(suites)
    cases: list[Any] = list(suite)
    assert (suites.tests, suites.failures, suites.skipped) == (6, 4, 1)
    assert (suite.tests, suite.failures, suite.skipped) == (6, 4, 1)
    kinds = [type(result) for case in cases for result in case.result]
    assert kinds.count(Failure) == 4
    assert kinds.count(Skipped) == 1
    (skipped,) = [r for c in cases for r in c.result if isinstance(r, Skipped)]
    assert skipped.message == 'waived: it <is> "old" & empty'
    clean = [case.classname for case in cases if case.name == "nothing found"]
    assert clean == ["aws_dynamodb_table.new_address"]
    assert suites.errors == 0


def test_junit_does_not_fail_on_what_the_check_does_not(cli: CommandLine) -> None:
    """A note is written into the output of a case that has passed."""
    text = report(cli, "junit", "unknown")
    (suite,) = list(JUnitXml.fromstring(text.encode()))
    (case,) = list(suite)
    assert case.is_passed
    assert "note: its indexes are known only" in (case.system_out or "")


def test_junit_has_no_character_that_xml_has_not(
    cli: CommandLine, tmp_path: Path
) -> None:
    """An address may hold any key of for_each."""
    text = plan_of("tables").read_text("utf-8")
    odd = r"aws_dynamodb_table.destroyed[\"\u0007\ud800<&>\"]"
    text = text.replace(
        '"address":"aws_dynamodb_table.destroyed"', f'"address":"{odd}"'
    )
    file = tmp_path / "plan.json"
    file.write_text(text, "utf-8")
    done = cli("terraform", "check", str(file), "--format", "junit")
    (suite,) = list(JUnitXml.fromstring(done.out.encode()))
    names = [case.classname for case in suite]
    assert 'aws_dynamodb_table.destroyed["\ufffd\ufffd<&>"]' in names
