"""Reports for readers of tests: JUnit's XML, as Ant first wrote it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

if TYPE_CHECKING:
    from ..findings import Finding
    from . import Report

_NAME = "dynawait terraform check"
# XML 1.0 has no way to write these.
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(report: Report) -> str:
    """Return a report as a suite: a case a finding, and a case a table without one."""
    failures = sum(map(report.fails, report.findings))
    clean = [
        address
        for address in report.addresses
        if all(finding.address != address for finding in report.findings)
    ]
    counts = {
        "tests": str(len(report.findings) + len(clean)),
        "failures": str(failures),
        "errors": "0",
        "skipped": str(report.waived),
    }
    suites = Element("testsuites", {"name": _NAME, **counts})
    suite = SubElement(suites, "testsuite", {"name": report.source, **counts})
    for finding in report.findings:
        _case(suite, report, finding)
    for address in clean:
        facts = {"classname": _text(address), "name": "nothing found", "time": "0"}
        SubElement(suite, "testcase", facts)
    indent(suites)
    return tostring(suites, encoding="unicode", xml_declaration=True)


def _case(suite: Element, report: Report, finding: Finding) -> None:
    rule = finding.rule
    name = f"{rule.id} {rule.name}: {finding.message}"
    facts = {"classname": _text(finding.address), "name": _text(name), "time": "0"}
    case = SubElement(suite, "testcase", facts)
    message = _text(finding.message)
    if finding.waiver is not None:
        reason = _text(f"waived: {finding.waiver.reason}")
        SubElement(case, "skipped", {"message": reason})
    elif report.fails(finding):
        kind = str(finding.severity)
        failure = SubElement(case, "failure", {"message": message, "type": kind})
        failure.text = _text(f"why: {rule.reason}\ndo: {rule.remedy}")
    else:
        output = SubElement(case, "system-out")
        output.text = _text(f"{finding.severity}: {message}\ndo: {rule.remedy}")


def _text(text: str) -> str:
    return _UNWRITABLE.sub("\ufffd", text)
