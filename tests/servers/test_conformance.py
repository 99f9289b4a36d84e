"""How near the simulation is to AWS, beside the servers that there are besides.

The same probes are put to all of them. What AWS does is documented by AWS, or was
measured on AWS by others; nothing here talks to AWS.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from conformance.matrix import PAGE, behind, cell, committed, render, share, written
from conformance.probe import DOCUMENTED, Finding, Mark, row
from conformance.run import PROBES, measure
from conformance.subjects import OURS, SUBJECTS
from launch import MissingToolError

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST = 0.95


@pytest.fixture(scope="module")
def findings() -> dict[str, list[Finding]]:
    """Give what each server did at each probe."""
    try:
        return measure()
    except MissingToolError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(str(error), pytrace=False)
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def ours() -> Sequence[Finding]:
    """Give what our server did at each probe; it needs no tool."""
    return measure([OURS])[OURS]


def test_our_server_agrees_with_aws(ours: Sequence[Finding]) -> None:
    """At least 95 of 100 rows are as AWS documents them, or as others measured."""
    others = [
        (probe.name, found.observed)
        for probe, found in zip(PROBES, ours, strict=True)
        if found.mark is not Mark.AGREES
    ]
    assert share(ours) >= LEAST, others


def test_the_page_says_of_our_server_what_is_measured(
    ours: Sequence[Finding],
) -> None:
    """Our column on the page is what our server does, row by row."""
    said = committed(PAGE.read_text("utf-8"))[OURS]
    measured = {
        probe.name: cell(found) for probe, found in zip(PROBES, ours, strict=True)
    }
    remedy = "python -m tests.servers.conformance writes the page anew"
    assert said == measured, remedy


def test_no_other_server_is_nearer_to_aws_in_any_row(
    findings: dict[str, list[Finding]],
) -> None:
    """Where another server does as AWS does, ours does too."""
    assert behind(findings) == []


def test_the_other_servers_take_part(findings: dict[str, list[Finding]]) -> None:
    """Every server agrees with AWS somewhere and differs elsewhere, so it was asked."""
    for name in set(SUBJECTS) - {OURS}:
        marks = {found.mark for found in findings[name]}
        assert {Mark.AGREES, Mark.DIFFERS} <= marks, name


def test_every_probe_has_a_name_of_its_own() -> None:
    """The page tells two rows apart by their names."""
    names = [probe.name for probe in PROBES]
    assert len(names) == len(set(names))
    assert not any("|" in name for name in names)


@pytest.mark.parametrize(
    ("expected", "observed", "agrees"),
    [
        ("accepted", "accepted", True),
        ("accepted", "ValidationException: no", False),
        ("CREATING → ACTIVE", "ACTIVE", False),
        ("ValidationException", "ValidationException: whatever", True),
        ("ValidationException: too many", "ValidationException: far too many", True),
        ("ValidationException: too many", "ValidationException: too few", False),
        ("ValidationException: no", "LimitExceededException: no", False),
    ],
)
def test_an_observation_is_held_against_the_expectation(
    expected: str, observed: str, agrees: bool
) -> None:
    """A refusal agrees by its code and a part of its text, all else literally."""
    probe = row("a probe", DOCUMENTED, lambda _: observed, expected)
    assert probe.agrees(observed) is agrees


def test_a_matrix_can_be_read_back_from_its_page() -> None:
    """What is written between the markers is read back as it was, cell by cell."""
    marks = list(Mark)
    findings = {
        name: [
            Finding(marks[(number + shift) % len(marks)], "a | b\nand `more` of it")
            for number in range(len(PROBES))
        ]
        for shift, name in enumerate(SUBJECTS)
    }
    page = "# A page\n\n<!-- matrix: begin -->\nold\n<!-- matrix: end -->\n\nThe end.\n"
    anew = written(page, render(findings))
    assert anew.startswith("# A page\n")
    assert anew.endswith("\n\nThe end.\n")
    said = committed(anew)
    for name, found in findings.items():
        assert list(said[name].values()) == list(map(cell, found))
    with pytest.raises(ValueError, match="lacks"):
        written("no markers", "")
