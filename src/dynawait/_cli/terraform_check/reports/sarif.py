"""Reports for code scanners: SARIF 2.1.0, the OASIS standard."""

from __future__ import annotations

import json
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from ..findings import Finding, Rule
    from . import Report

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def write(report: Report) -> str:
    """Return a report as a SARIF log with one run."""
    numbers = {rule.id: number for number, rule in enumerate(report.rules)}
    run = {
        "tool": {
            "driver": {
                "name": "dynawait terraform check",
                **_release(),
                "rules": [_rule(rule) for rule in report.rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "artifacts": [{"location": _location(report), "roles": ["analysisTarget"]}],
        "results": [
            _result(report, finding, numbers[finding.rule.id])
            for finding in report.findings
        ],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2)


def _rule(rule: Rule) -> dict[str, Any]:
    words = rule.name.split("-")
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in words),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.reason},
        "help": {"text": rule.remedy},
        "defaultConfiguration": {"level": str(rule.severity)},
        "properties": {"tags": ["dynamodb", "terraform"]},
    }


def _result(report: Report, finding: Finding, number: int) -> dict[str, Any]:
    place: dict[str, Any] = {
        # Scanners show a result at a place in a file. A plan of Terraform is one line.
        "physicalLocation": {
            "artifactLocation": _location(report, index=0),
            "region": {"startLine": 1},
        },
        "logicalLocations": [
            {"fullyQualifiedName": finding.address, "kind": "resource"}
        ],
    }
    same = f"{finding.rule.id} {finding.address} {finding.message}"
    found: dict[str, Any] = {
        "ruleId": finding.rule.id,
        "ruleIndex": number,
        "level": str(finding.severity),
        "message": {"text": f"{finding.address}: {finding.message}"},
        "locations": [place],
        "partialFingerprints": {"finding/v1": sha256(same.encode()).hexdigest()},
    }
    if finding.waiver is not None:
        found["suppressions"] = [
            {
                "kind": "external",
                "status": "accepted",
                "justification": finding.waiver.reason,
            }
        ]
    return found


def _location(report: Report, **more: int) -> dict[str, Any]:
    return {"uri": _uri(report.source), **more}


def _uri(source: str) -> str:
    """Return where a plan is: from here, or with ``file:`` where it is elsewhere."""
    if source == "-":
        return "stdin"
    path = Path(source).absolute()
    if path.is_relative_to(Path.cwd()):
        return quote(path.relative_to(Path.cwd()).as_posix())
    return path.as_uri()


def _release() -> dict[str, str]:
    try:
        return {"version": version("dynawait")}
    except PackageNotFoundError:  # it runs from its sources
        return {}
