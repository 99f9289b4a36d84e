"""``dynawait terraform check``: look at a plan before it is applied."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from ..exits import CommandError, ExitCode
from ..settings import Settings, common, pass_settings
from ..terraform_check import waivers
from ..terraform_check.findings import Severity
from ..terraform_check.plans import read_plan
from ..terraform_check.reports import Report, writer
from ..terraform_check.rules import RULES, check, live
from ..terraform_check.sources import HOW, NotAPlanError, read_source
from ..terraform_check.tables import tables_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..terraform_check.findings import Finding
    from ..terraform_check.tables import TableChange
    from ..terraform_check.waivers import Waiver

ALL_RULES = (*RULES, *waivers.RULES)
_NEVER = "never"


@click.command("check")
@click.argument("plan", metavar="PLAN.json", required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif", "junit"]),
    help="How to report; text unless --json is given, which prints an object a line.",
)
@click.option(
    "--fail-on",
    type=click.Choice([*map(str, Severity), _NEVER]),
    default=str(Severity.WARNING),
    show_default=True,
    help="From which severity on a finding makes the exit code 1.",
)
@click.option(
    "--waivers",
    "waiver_file",
    metavar="FILE",
    help="YAML or JSON: what was agreed on, as a list of rule, address (* stands for "
    "anything), reason and, if it is for a time, expires (a day).",
)
@click.option(
    "--live",
    "is_live",
    is_flag=True,
    help="Also look at the tables that the plan changes: whether they are quiet and as "
    "the plan takes them to be.",
)
@click.option(
    "--list-rules",
    is_flag=True,
    help="Show all rules, why they are, and what to do; needs no plan.",
)
@common
@pass_settings
def command(
    settings: Settings,
    plan: str | None,
    form: str | None,
    fail_on: str,
    waiver_file: str | None,
    *,
    is_live: bool,
    list_rules: bool,
) -> int:
    """Look in PLAN.json for what DynamoDB will refuse or what will hurt.

    PLAN.json is what `terraform show -json` or `tofu show -json` writes of a saved
    plan; - is standard input. Exits with 1 where something is found.
    """
    if list_rules:
        return _list_rules(settings)
    if plan is None:
        raise click.UsageError("name the file with the plan")
    agreed = () if waiver_file is None else _read_waivers(waiver_file)
    try:
        found = read_plan(read_source(plan))
        tables = tables_of(found)
        findings = list(check(tables, found))
    except NotAPlanError as error:
        where = "standard input" if plan == "-" else plan
        message = f"{where}: {error}"
        raise CommandError(message, ExitCode.USAGE, hint=HOW) from error
    if is_live:
        findings += _look(settings, tables)
    today = datetime.now(UTC).date()
    report = Report(
        source=plan,
        version=found.version,
        addresses=tuple(table.address for table in tables),
        findings=tuple(
            waivers.apply_waivers(findings, agreed, today=today, rules=ALL_RULES)
        ),
        rules=ALL_RULES,
        fail_on=None if fail_on == _NEVER else Severity(fail_on),
    )
    _show(settings, report, form)
    return ExitCode.ERROR if report.has_failed else ExitCode.REACHED


def _list_rules(settings: Settings) -> int:
    from ..terraform_check.reports.document import rule_facts
    from ..terraform_check.reports.text import write_rules

    for rule in ALL_RULES:
        settings.output.record("rule", **rule_facts(rule))
    settings.output.show(write_rules(ALL_RULES))
    return ExitCode.REACHED


def _read_waivers(name: str) -> tuple[Waiver, ...]:
    from ..files import read_data

    try:
        return waivers.read_waivers(read_data(name))
    except waivers.WaiverError as error:
        raise CommandError(f"{name}: {error}", ExitCode.USAGE) from error


def _look(settings: Settings, tables: tuple[TableChange, ...]) -> Iterator[Finding]:
    """Yield what a look at each table that is changed finds."""
    from ...sync import describe

    for table in tables:
        if table.is_changed and table.name is not None:
            state = describe(settings.dynamodb, table.name)
            yield from live.check(table, state, datetime.now(UTC))


def _show(settings: Settings, report: Report, form: str | None) -> None:
    """Print a report in the format that was asked for."""
    output = settings.output
    if form is None and output.json:
        from ..terraform_check.reports import document

        for finding in report.findings:
            output.record("finding", **document.facts(report, finding))
        output.record("result", **document.summary(report))
        return
    # A report that a format was named for is the result, also with --json.
    output.write(writer(form or "text")(report))
