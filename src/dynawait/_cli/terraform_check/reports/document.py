"""Reports for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..findings import Severity

if TYPE_CHECKING:
    from ..findings import Finding, Rule
    from . import Report

SCHEMA = "1.0"


def write(report: Report) -> str:
    """Return a report as one JSON object, on one line."""
    document = {
        "schema": SCHEMA,
        **summary(report),
        "findings": [facts(report, finding) for finding in report.findings],
    }
    return json.dumps(document, ensure_ascii=False)


def summary(report: Report) -> dict[str, Any]:
    """Return what a report comes to."""
    return {
        "plan": report.source,
        "terraform_version": report.version,
        "tables": list(report.addresses),
        "errors": report.count(Severity.ERROR),
        "warnings": report.count(Severity.WARNING),
        "notes": report.count(Severity.NOTE),
        "waived": report.waived,
        "failed": report.has_failed,
    }


def rule_facts(rule: Rule) -> dict[str, Any]:
    """Return what a rule is."""
    return {
        "rule": rule.id,
        "name": rule.name,
        "severity": str(rule.severity),
        "title": rule.title,
        "reason": rule.reason,
        "remedy": rule.remedy,
    }


def facts(report: Report, finding: Finding) -> dict[str, Any]:
    """Return what a finding says."""
    rule, waiver = finding.rule, finding.waiver
    return {
        "rule": rule.id,
        "name": rule.name,
        "severity": str(rule.severity),
        "address": finding.address,
        "table": finding.table,
        "message": finding.message,
        "reason": rule.reason,
        "remedy": rule.remedy,
        "failed": report.fails(finding),
        "waived": None
        if waiver is None
        else {
            "reason": waiver.reason,
            "expires": None if waiver.expires is None else str(waiver.expires),
        },
    }
