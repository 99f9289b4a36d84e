"""Who depends on whom, through modules, as plans tell it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dynawait._cli.terraform_check.configurations import Configuration
from dynawait._cli.terraform_check.plans import Resource, read_plan
from tests.cli.scenes import plan_of

TARGET = "aws_appautoscaling_target"
TABLE = "aws_dynamodb_table"


def resource(kind: str, name: str, *modules: str) -> Resource:
    """Return a resource to which nothing happens."""
    return Resource("", kind, name, modules, ("no-op",), {}, {})


def configuration(scene: str) -> Configuration:
    """Return what the plan of a scene was made from."""
    return read_plan(json.loads(plan_of(scene).read_text("utf-8"))).configuration


@pytest.mark.parametrize(
    ("name", "depends"),
    [
        ("through_output", True),
        ("unordered", False),
    ],
)
def test_an_output_leads_into_a_module(name: str, depends: bool) -> None:
    """And from there to the table."""
    target = resource(TARGET, name, "shop")
    table = resource(TABLE, "orders", "shop", "tables")
    assert configuration("modules").depends(target, table) is depends


def test_to_depend_on_a_module_is_to_depend_on_all_in_it() -> None:
    """However deep."""
    target = resource(TARGET, "of_all")
    table = resource(TABLE, "orders", "shop", "tables")
    assert configuration("modules").depends(target, table) is True


@pytest.mark.parametrize(
    ("name", "depends"),
    [("written_out", False), ("depends", True), ("by_local", None)],
)
def test_a_local_hides_what_it_is(name: str, depends: bool | None) -> None:
    """So nothing is said of it."""
    target, table = resource(TARGET, name), resource(TABLE, "loose")
    assert configuration("scaling").depends(target, table) is depends


def refers(*references: str) -> dict[str, Any]:
    """Return an expression."""
    return {"references": list(references)}


def entry(kind: str, name: str, **members: Any) -> dict[str, Any]:
    """Return a resource of a configuration."""
    return {"type": kind, "name": name, "mode": "managed", **members}


@pytest.mark.parametrize(
    "target",
    [
        {"for_each_expression": refers(f"{TABLE}.a")},
        {"count_expression": refers(f"{TABLE}.a.name", f"{TABLE}.a")},
        {"expressions": {"x": [{"y": refers(f'{TABLE}.a["k.l"].name')}]}},
        {"expressions": {"x": refers("data.aws_caller_identity.me.id")}},
        {"expressions": {"x": refers("aws_iam_role.between.arn")}},
        {"depends_on": [f"{TABLE}.a"]},
    ],
)
def test_every_way_to_refer_counts(target: dict[str, Any]) -> None:
    """Through count, for_each, blocks, data sources and other resources."""
    root = {
        "resources": [
            entry(TABLE, "a"),
            entry("aws_iam_role", "between", depends_on=[f"{TABLE}.a"]),
            {
                **entry("aws_caller_identity", "me", depends_on=[f"{TABLE}.a"]),
                "mode": "data",
            },
            entry(TARGET, "t", **target),
        ]
    }
    found = Configuration(root)
    assert found.depends(resource(TARGET, "t"), resource(TABLE, "a")) is True
    assert found.depends(resource(TABLE, "a"), resource(TARGET, "t")) is False


@pytest.mark.parametrize(
    "call",
    [
        {"expressions": {"table": refers(f"{TABLE}.a.name", f"{TABLE}.a")}},
        {"depends_on": [f"{TABLE}.a"]},
        {
            "expressions": {"table": refers("each.value")},
            "for_each_expression": refers(f"{TABLE}.a"),
        },
    ],
)
def test_what_a_module_is_given_counts(call: dict[str, Any]) -> None:
    """As an argument, by for_each, or by depends_on."""
    inner = entry(TARGET, "t", expressions={"resource_id": refers("var.table")})
    module = {"resources": [inner]}
    root = {
        "resources": [entry(TABLE, "a"), entry(TABLE, "b")],
        "module_calls": {"m": {"module": module, **call}},
    }
    found = Configuration(root)
    target = resource(TARGET, "t", "m")
    assert found.depends(target, resource(TABLE, "a")) is True
    assert found.depends(target, resource(TABLE, "b")) is False


def test_an_output_is_not_the_whole_module() -> None:
    """One that names another table leads there alone."""
    names = {name: {"expression": refers(f"{TABLE}.{name}")} for name in ("a", "b")}
    module = {"resources": [entry(TABLE, "a"), entry(TABLE, "b")], "outputs": names}
    uses = refers("module.m.a", "module.m")
    root = {
        "resources": [entry(TARGET, "t", expressions={"x": uses})],
        "module_calls": {"m": {"module": module}},
    }
    found = Configuration(root)
    target = resource(TARGET, "t")
    assert found.depends(target, resource(TABLE, "a", "m")) is True
    assert found.depends(target, resource(TABLE, "b", "m")) is False


def test_a_circle_ends() -> None:
    """Terraform has none, but a file may say anything."""
    root = {
        "resources": [
            entry(TARGET, "t", depends_on=[f"{TARGET}.u"]),
            entry(TARGET, "u", depends_on=[f"{TARGET}.t", "module.gone", "x.y"]),
        ]
    }
    found = Configuration(root)
    assert found.depends(resource(TARGET, "t"), resource(TABLE, "a")) is False
    assert not found.describes(resource(TARGET, "gone"))
    assert not found.describes(resource(TARGET, "t", "gone"))
