"""The Rego for Conftest and OPA finds what `dynawait terraform check` finds.

The interpreter is rego-cpp, by its package regopy: no package has OPA or Conftest. The
policy keeps to what both take.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.cli.scenes import FINDINGS, plan_of
from tests.policies.tools import EXAMPLES, module

POLICY = EXAMPLES / "rego" / "dynamodb.rego"


def evaluated(plan: dict[str, Any], query: str) -> Any:
    """Return what a query of the policy comes to."""
    rego = module("regopy").Interpreter()
    rego.add_module(POLICY.name, POLICY.read_text("utf-8"))
    rego.set_input_term(json.dumps(plan))  # set_input loses what escapes a quote
    return json.loads(str(rego.query(query)))["expressions"][0]


def plan(scene: str) -> dict[str, Any]:
    """Return the plan of a scene."""
    found: dict[str, Any] = json.loads(plan_of(scene).read_text("utf-8"))
    return found


def known_to_rego(rule: str, address: str) -> bool:
    """Tell what it follows: no variables of modules."""
    return not (rule == "DW401" and address.startswith("module."))


@pytest.mark.parametrize("scene", FINDINGS)
def test_it_finds_the_same_in_every_scene(scene: str) -> None:
    """Under the same rule, at the same address."""
    found = evaluated(plan(scene), "data.main.findings")
    told = {(each["rule"], each["address"]) for each in found}
    assert told == {each for each in FINDINGS[scene] if known_to_rego(*each)}


def test_errors_are_denied_and_the_rest_is_warned_of() -> None:
    """With a message, as Conftest wants it, and more for those who want more."""
    denied = evaluated(plan("settings"), "data.main.deny")
    warned = evaluated(plan("settings"), "data.main.warn")
    assert {each["rule"] for each in denied} == {
        "DW102",
        "DW103",
        "DW302",
        "DW304",
        "DW306",
    }
    assert {each["rule"] for each in warned} == {
        "DW301",
        "DW303",
        "DW305",
        "DW307",
        "DW308",
    }
    for each in denied:
        assert each["msg"].startswith(f"{each['rule']} {each['address']}: ")
        assert each["severity"] == "error"


def test_half_a_plan_is_warned_of() -> None:
    """As it is by the command."""
    for members in ({"errored": True}, {"complete": False}):
        (found,) = evaluated(plan("quiet") | members, "data.main.findings")
        assert (found["rule"], found["address"]) == ("DW902", "plan")


def test_severities_are_those_of_the_command() -> None:
    """And every rule about plans is there."""
    from dynawait._cli.terraform_check.rules import RULES

    pairs = set(re.findall(r'found\("(DW\d+)", "(\w+)"', POLICY.read_text("utf-8")))
    about_plans = {
        (rule.id, str(rule.severity)) for rule in RULES if rule.id[:3] != "DW5"
    }
    assert pairs == about_plans
