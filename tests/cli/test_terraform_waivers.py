"""Waivers: what was agreed on, and what is wrong with the agreement."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from dynawait._cli.commands.terraform_check import ALL_RULES
from dynawait._cli.terraform_check.waivers import Waiver, apply_waivers
from tests.cli.scenes import plan_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import CommandLine, Outcome

    Check = Callable[..., Outcome]

SEVERAL = next(rule for rule in ALL_RULES if rule.id == "DW101")
ADDRESS = 'module.shop["eu.west"].aws_dynamodb_table.orders[0]'


@pytest.fixture
def check(cli: CommandLine, tmp_path: Path) -> Check:
    """Give what checks a scene with waivers."""

    def check(scene: str, waivers: str, *arguments: str) -> Outcome:
        file = tmp_path / "waivers.yaml"
        file.write_text(waivers, "utf-8")
        line = ["terraform", "check", str(plan_of(scene)), "--waivers", str(file)]
        return cli(*line, *arguments)

    return check


def test_what_is_waived_does_not_fail_and_is_shown(check: Check) -> None:
    """With the reason, which nobody may leave out."""
    waivers = """
    waivers:
      - rule: DW201
        address: module.shop*.aws_dynamodb_table.orders[0]
        reason: the east is closed
        expires: 2999-12-31
      - {rule: several-index-changes, address: "*", reason: an empty table}
      - {rule: DW401, address: "module.shop[*", reason: it is ordered by a local}
    """
    done = check("modules", waivers)
    assert done.code == 0
    assert "DW201 waived: module.shop" in done.out
    assert "the east is closed" in done.out
    assert done.out.splitlines()[-1].endswith("2 tables, 4 waived")


def test_what_is_not_waived_fails_all_the_same(check: Check) -> None:
    """A waiver of one rule excuses no other."""
    waivers = "- {rule: DW101, address: '*', reason: empty}"
    done = check("modules", waivers, "--json")
    assert done.code == 1
    waived = {
        each["rule"]: each["waived"]
        for each in done.of_type("finding")
        if each["waived"] is not None
    }
    assert waived == {"DW101": {"reason": "empty", "expires": None}}


@pytest.mark.parametrize(
    ("waiver", "rule", "code", "words"),
    [
        ("{rule: DW999, address: a, reason: x}", "DW903", 1, "there is no rule DW999"),
        ("{rule: table-destroied, address: a, reason: x}", "DW903", 1, "did you mean"),
        (
            "{rule: DW101, address: a, reason: x, expires: 2020-01-01}",
            "DW904",
            1,
            "expired on 2020-01-01",
        ),
        ("{rule: DW101, address: a, reason: x}", "DW905", 0, "excuses nothing"),
    ],
)
def test_a_waiver_that_does_nothing_is_told(
    check: Check, waiver: str, rule: str, code: int, words: str
) -> None:
    """Somebody relies on it."""
    done = check("quiet", f"- {waiver}")
    assert done.code == code
    assert rule in done.out
    assert words in done.out


def test_the_last_day_of_a_waiver_counts() -> None:
    """And the day after it does not."""
    waiver = Waiver("DW101", ADDRESS, "agreed", date(2026, 3, 1))
    finding = SEVERAL.finds(ADDRESS, "two")
    for day, ids in ((1, ["DW101"]), (2, ["DW101", "DW904"])):
        today = date(2026, 3, day)
        told = apply_waivers([finding], [waiver], today=today, rules=ALL_RULES)
        assert [each.rule.id for each in told] == ids
        assert (told[0].waiver is None) == (day == 2)


@pytest.mark.parametrize(
    ("pattern", "excuses"),
    [
        ("*", True),
        (ADDRESS, True),
        ("module.shop*", True),
        ("*.orders[0]", True),
        ('module.shop["*"].aws_dynamodb_table.orders[*]', True),
        ("aws_dynamodb_table.orders[0]", False),
        ('module.shop["euXwest"].aws_dynamodb_table.orders[0]', False),
        ("module.shop", False),
    ],
)
def test_only_a_star_stands_for_something_else(pattern: str, excuses: bool) -> None:
    """The brackets of count and for_each, and points, are what they are."""
    finding = SEVERAL.finds(ADDRESS, "two")
    assert Waiver("DW101", pattern, "x").excuses(finding) is excuses
    assert not Waiver("DW102", pattern, "x").excuses(finding)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it is empty"),
        ("7", "a list of waivers"),
        ("waiver: []", "under the name waivers"),
        ("waivers: 7", "a list of waivers"),
        ("- DW101", "waivers[0] must be an object"),
        ("- {rule: DW101, address: a}", "waivers[0]: reason is missing"),
        ("- {rule: DW101, address: a, reason: ' '}", "waivers[0]: reason is missing"),
        ("- {rule: 101, address: a, reason: x}", "waivers[0]: rule is missing, or"),
        ("- {rule: DW101, adress: a, reason: x}", "adress (did you mean address?)"),
        ("- {rule: DW101, address: a, reason: x, expires: soon}", "like 2027-01-31"),
        ("- {rule: DW101, address: a, reason: x, expires: 7}", "like 2027-01-31"),
        ("- {rule: DW101, rule: DW102}", "'rule' twice"),
        ("- {rule: [", "neither JSON nor YAML"),
    ],
)
def test_waivers_that_cannot_be_right_say_why(
    check: Check, text: str, words: str
) -> None:
    """Nothing is checked then: a waiver that is not understood may matter."""
    done = check("quiet", text)
    assert (done.code, done.out) == (2, "")
    assert words in done.err


@pytest.mark.parametrize("day", ["2999-12-31", "'2999-12-31'", "2999-12-31T10:00:00Z"])
def test_a_day_may_be_written_as_yaml_or_json_do(check: Check, day: str) -> None:
    """YAML knows days, JSON writes them as strings."""
    waiver = f"- {{rule: DW901, address: '*', reason: x, expires: {day}}}"
    done = check("unknown", waiver, "--fail-on", "note")
    assert done.code == 0


def test_json_is_taken_as_well(check: Check) -> None:
    """As for all files."""
    text = '[{"rule": "DW901", "address": "*", "reason": "x", "expires": "2999-12-31"}]'
    assert check("unknown", text, "--fail-on", "note").code == 0


def test_a_file_of_waivers_must_be_there(cli: CommandLine, tmp_path: Path) -> None:
    """A name that was misspelt waives nothing."""
    gone = str(tmp_path / "gone.yaml")
    done = cli("terraform", "check", str(plan_of("quiet")), "--waivers", gone)
    assert (done.code, "No such file" in done.err) == (2, True)
