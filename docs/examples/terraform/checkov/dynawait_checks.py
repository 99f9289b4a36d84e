"""The rules of `dynawait terraform check` as checks of Checkov.

    terraform plan -out=saved && terraform show -json saved > plan.json
    checkov -f plan.json --external-checks-dir checkov

Each rule is a check with the rule's identifier, so that `--check DW101`, `--skip-check`
and baselines work as for Checkov's own. The command `dynawait` does the work; it must
be on the PATH, or where the variable DYNAWAIT says.

Checkov looks at what a plan leaves behind. What is found about resources that go, and
about the plan as a whole, is told at the provider. No rule looks at live tables.
"""

from __future__ import annotations

import json
import os
import subprocess
from functools import cache
from typing import Any

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.provider.base_check import BaseProviderCheck
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck

COMMAND = os.environ.get("DYNAWAIT", "dynawait")
RESOURCES = [
    "aws_dynamodb_table",
    "aws_dynamodb_global_secondary_index",
    "aws_dynamodb_table_replica",
    "aws_appautoscaling_target",
]
LEFT_OUT = ("DW5", "DW903", "DW904", "DW905")


def run(*arguments: str) -> list[str]:
    """Run dynawait, and return the lines that it prints."""
    line = [COMMAND, "terraform", "check", *arguments]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1) or not done.stdout:
        raise RuntimeError(f"{' '.join(line)} failed: {done.stderr.strip()}")
    return done.stdout.splitlines()


@cache
def findings(plan: str) -> list[dict[str, Any]]:
    """Return what is found in a plan."""
    (line,) = run("--format", "json", plan)
    found: list[dict[str, Any]] = json.loads(line)["findings"]
    return found


def places(check: Any) -> list[tuple[str, str]]:
    """Return the files and addresses of all that Checkov looks at."""
    nodes: list[dict[str, Any]] = [
        node[1] if isinstance(node, tuple) else check.graph.nodes[node]
        for node in check.graph.nodes()
    ]
    return [(str(n.get("file_path_")), str(n.get("__address__"))) for n in nodes]


def plan_around(check: Any, wanted: str) -> str:
    """Return the file with a resource; a check is told only how its name ends."""
    scanned = check.entity_path.partition(":")[0]
    found = [
        path
        for path, address in places(check)
        if address == wanted and path.endswith(scanned)
    ]
    return min(found, key=len)


class RuleCheck(BaseResourceCheck):
    """A rule, at the resources that it is about."""

    def __init__(self, rule: dict[str, str]) -> None:
        """Register it."""
        super().__init__(
            name=rule["title"],
            id=rule["rule"],
            categories=[CheckCategories.CONVENTION],
            supported_resources=RESOURCES,
            guideline=rule["remedy"],
        )

    def scan_resource_conf(self, conf: dict[str, Any]) -> CheckResult:
        """Fail where the rule has found something."""
        wanted = (self.id, conf["__address__"])
        return verdict(
            self,
            [
                found["message"]
                for found in findings(plan_around(self, conf["__address__"]))
                if (found["rule"], found["address"]) == wanted
            ],
        )


class ProviderCheck(BaseProviderCheck):
    """The same rule, at what Checkov does not look at."""

    def __init__(self, rule: dict[str, str]) -> None:
        """Register it."""
        super().__init__(
            name=rule["title"],
            id=rule["rule"],
            categories=[CheckCategories.CONVENTION],
            supported_provider=["aws"],
            guideline=rule["remedy"],
        )

    def scan_provider_conf(self, conf: dict[str, Any]) -> CheckResult:
        """Fail where the rule has found something else."""
        plan = plan_around(self, conf["__address__"])
        seen = {address for path, address in places(self) if path == plan}
        return verdict(
            self,
            [
                f"{found['address']}: {found['message']}"
                for found in findings(plan)
                if found["rule"] == self.id and found["address"] not in seen
            ],
        )


class BrokenCheck(BaseProviderCheck):
    """A check that fails; of one that cannot be loaded Checkov makes no failure."""

    def __init__(self, error: Exception) -> None:
        """Register it."""
        super().__init__(
            name=f"dynawait cannot be run: {error}",
            id="DW900",
            categories=[CheckCategories.CONVENTION],
            supported_provider=["aws"],
        )

    def scan_provider_conf(self, conf: dict[str, Any]) -> CheckResult:
        """Fail."""
        del conf
        return CheckResult.FAILED


def verdict(check: Any, messages: list[str]) -> CheckResult:
    """Return whether a check has passed, and keep what to show."""
    check.details = messages
    return CheckResult.FAILED if messages else CheckResult.PASSED


def register() -> None:
    """Register a check for each rule about plans."""
    for line in run("--list-rules", "--json"):
        rule = json.loads(line)
        if rule["type"] == "rule" and not rule["rule"].startswith(LEFT_OUT):
            RuleCheck(rule)
            ProviderCheck(rule)


try:
    register()
except (OSError, RuntimeError, ValueError) as problem:
    BrokenCheck(problem)
