"""Rules at their edges: what scenes do not show, and plans that are odd."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from dynawait._cli.terraform_check.plans import read_plan
from dynawait._cli.terraform_check.rules import check
from dynawait._cli.terraform_check.sources import NotAPlanError
from dynawait._cli.terraform_check.tables import tables_of
from tests.cli.scenes import FINDINGS, plan_of

if TYPE_CHECKING:
    from collections.abc import Mapping

TABLE = "aws_dynamodb_table"
INDEX = {"name": "by-email", "hash_key": "email", "projection_type": "ALL"}
NEWER = {
    "name": "by-email",
    "key_schema": [{"attribute_name": "email", "key_type": "HASH"}],
    "projection_type": "ALL",
}
KEYS = [{"name": "id", "type": "S"}, {"name": "email", "type": "S"}]


def change(
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    *,
    kind: str = TABLE,
    name: str = "orders",
    **more: Any,
) -> dict[str, Any]:
    """Return what a plan does to a resource."""
    actions = ["update"]
    if before is None or after is None:
        actions = ["create"] if before is None else ["delete"]
    return {
        "address": f"{kind}.{name}",
        "mode": "managed",
        "type": kind,
        "name": name,
        "change": {"actions": actions, "before": before, "after": after, **more},
    }


def table(*indexes: Mapping[str, Any], **members: Any) -> dict[str, Any]:
    """Return the values of a table."""
    return {
        "name": "orders",
        "hash_key": "id",
        "billing_mode": "PAY_PER_REQUEST",
        "attribute": KEYS if indexes else KEYS[:1],
        "global_secondary_index": list(indexes),
        **members,
    }


def found(*changes: Mapping[str, Any]) -> list[str]:
    """Return the rules that find something in a plan."""
    plan = read_plan({"resource_changes": list(changes)})
    return sorted(finding.rule.id for finding in check(tables_of(plan), plan))


def test_a_key_may_be_written_in_two_ways() -> None:
    """To go from one to the other changes no index."""
    assert found(change(table(INDEX), table(NEWER, tags={}))) == []
    longer = [*NEWER["key_schema"], {"attribute_name": "id", "key_type": "HASH"}]
    other = {**NEWER, "key_schema": longer}
    assert found(change(table(INDEX), table(other))) == ["DW102"]


def test_keys_of_local_indexes_are_used() -> None:
    """So their attributes must be defined, and may."""
    local = [{"name": "by-day", "range_key": "email"}]
    ours = table(local_secondary_index=local)
    assert found(change(None, ours)) == ["DW108"]
    assert found(change(None, {**ours, "attribute": KEYS})) == []


def test_a_restored_table_defines_nothing() -> None:
    """Its attributes are those of its source."""
    assert found(change(None, table(attribute=[]))) == []
    unknown = change(None, table(attribute=None), after_unknown={"attribute": True})
    assert found(unknown) == []


def test_what_is_not_known_yet_is_no_change() -> None:
    """A billing mode, or a view type, that comes from another resource."""
    before = table(
        billing_mode="PROVISIONED", stream_enabled=True, stream_view_type="KEYS_ONLY"
    )
    after = {**before, "billing_mode": None, "stream_view_type": None}
    unknown = {"billing_mode": True, "stream_view_type": True}
    assert found(change(before, after, after_unknown=unknown)) == []
    unknown = {"billing_mode": True, "stream_enabled": True}
    after = {**before, "billing_mode": None, "stream_enabled": None}
    assert found(change(before, after, after_unknown=unknown)) == []


def test_one_index_change_alone_is_fine() -> None:
    """Whatever is changed beside it that DynamoDB admits meanwhile."""
    more: dict[str, Any] = {
        "tags": {"team": "shop"},
        "deletion_protection_enabled": True,
        "point_in_time_recovery": [{"enabled": True}],
        "ttl": [{"attribute_name": "expires", "enabled": True}],
    }
    assert found(change(table(), table(INDEX, **more))) == []
    assert found(change(table(INDEX), table(**more))) == []


@pytest.mark.parametrize(
    "members",
    [
        {"billing_mode": "PROVISIONED", "read_capacity": 5, "write_capacity": 5},
        {"stream_enabled": True, "stream_view_type": "KEYS_ONLY"},
        {"server_side_encryption": [{"enabled": True}]},
        {"table_class": "STANDARD_INFREQUENT_ACCESS"},
        {"on_demand_throughput": [{"max_read_request_units": 5}]},
        {"replica": [{"region_name": "eu-west-1"}]},
        {
            "warm_throughput": [
                {"read_units_per_second": 9, "write_units_per_second": 9}
            ]
        },
    ],
)
def test_an_index_change_beside_a_setting_is_not(members: dict[str, Any]) -> None:
    """Each by itself: DynamoDB takes one concern at a time."""
    priced = {**INDEX, "read_capacity": 5, "write_capacity": 5}
    assert "DW103" in found(change(table(), table(priced, **members)))


def test_what_means_the_same_is_no_change() -> None:
    """Terraform writes what is off, or by default, in more ways than one."""
    before = table(
        table_class=None, stream_enabled=False, stream_view_type="", read_capacity=0
    )
    after = table(
        INDEX,
        table_class="STANDARD",
        stream_enabled=None,
        stream_view_type=None,
        read_capacity=5,
        server_side_encryption=[{"enabled": False}],
    )
    assert found(change(before, after)) == []


def test_indexes_come_with_a_table_and_go_with_it() -> None:
    """CreateTable takes as many as there are."""
    other = {**INDEX, "name": "other"}
    assert found(change(None, table(INDEX, other))) == []
    assert found(change(table(INDEX, other), None)) == ["DW201"]


def test_an_index_of_a_new_table_is_no_online_change_but_a_separate_one_is() -> None:
    """A resource of its own is made after the table."""
    apart = [
        change(
            None,
            {"table_name": "orders", "index_name": name},
            kind="aws_dynamodb_global_secondary_index",
            name=name,
        )
        for name in ("a", "b")
    ]
    assert found(change(None, table()), *apart) == ["DW101"]
    assert found(*apart) == ["DW101"]
    assert found(apart[0]) == []


def test_a_replica_apart_keeps_the_stream() -> None:
    """As one in the table's own block does."""
    arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders"
    values = {"global_table_arn": arn, "region": "eu-west-1"}
    replica = change(
        values, {**values, "tags": {}}, kind="aws_dynamodb_table_replica", name="west"
    )
    before = table(stream_enabled=True, stream_view_type="NEW_AND_OLD_IMAGES", arn=arn)
    assert found(change(before, table(arn=arn)), replica) == ["DW306"]


def test_a_target_of_an_index_that_goes_scales_nothing() -> None:
    """Nor does one whose index is not there yet."""
    target = {
        "service_namespace": "dynamodb",
        "resource_id": "table/orders/index/by-email",
        "scalable_dimension": "dynamodb:index:ReadCapacityUnits",
    }
    prices = {"billing_mode": "PROVISIONED", "read_capacity": 5, "write_capacity": 5}
    priced = {**INDEX, "read_capacity": 5, "write_capacity": 5}
    scaled = change(target, target, kind="aws_appautoscaling_target")
    assert found(change(table(priced, **prices), table(**prices)), scaled) == []
    other = {**target, "service_namespace": "ecs"}
    scaled = change(other, other, kind="aws_appautoscaling_target")
    assert found(change(table(), table(tags={})), scaled) == []


def test_a_deposed_object_is_told_from_the_table() -> None:
    """Terraform has yet to destroy what it has replaced."""
    gone = {**change(table(), None), "deposed": "0a1b2c3d"}
    plan = read_plan({"resource_changes": [gone, change(table(), table(tags={}))]})
    addresses = [finding.address for finding in check(tables_of(plan), plan)]
    assert addresses == ["aws_dynamodb_table.orders (deposed 0a1b2c3d)"]


def test_a_table_that_is_forgotten_is_not_destroyed() -> None:
    """A ``removed`` block lets it be."""
    entry = change(table(), table())
    entry["change"]["actions"] = ["forget"]
    entry["change"]["after"] = None
    assert found(entry) == []


ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1.5,
    "",
    "x",
    [],
    [None],
    {},
    {"a": 1},
    "é\0",
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths to all parts of a document."""
    found = [path] if path else []
    items: Any = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for name, part in items:
        found += places(part, (*path, name))
    return found


@pytest.mark.parametrize("scene", FINDINGS)
def test_no_odd_value_is_a_defect(scene: str) -> None:
    """A part of a plan that is something else is found odd, or taken for what it is."""
    text = plan_of(scene).read_text("utf-8")
    paths = [
        path
        for path in places(json.loads(text))
        if path[0] in ("resource_changes", "configuration")
    ]
    chance = random.Random(7)
    for path in chance.sample(paths, 150):
        data = json.loads(text)
        part: Any = data
        for name in path[:-1]:
            part = part[name]
        part[path[-1]] = chance.choice(ODD)
        with suppress(NotAPlanError):
            plan = read_plan(data)
            list(check(tables_of(plan), plan))
