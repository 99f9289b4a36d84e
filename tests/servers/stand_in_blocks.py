"""What the resources of our stand-in for the AWS provider consist of (`stand_in`)."""

# pyright: reportMissingImports=false
# Types are checked where these packages are not installed.
from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tf.gen import tfplugin_pb2 as pb
from tf.types import Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

_TYPES = {
    "string": "string",
    "number": "number",
    "bool": "bool",
    "strings": ["list", "string"],
    "set": ["set", "string"],
    "map": ["map", "string"],
}


@dataclass(frozen=True, slots=True)
class Block:
    """What a resource, or a block in it, consists of.

    Attributes:
        attributes: by name, the type and some of ``required``, ``optional``,
            ``computed``, ``replace`` and ``default=...``.
        blocks: by name, ``list``, ``set`` or ``single``, and the block.
        replace: the blocks whose change replaces the resource.
    """

    attributes: Mapping[str, str]
    blocks: Mapping[str, tuple[str, Block]] = field(default_factory=dict)
    replace: frozenset[str] = frozenset()

    def schema(self) -> Any:
        """Return it as the protocol writes it."""
        modes = pb.Schema.NestedBlock.NestingMode
        nesting = {"set": modes.SET, "list": modes.LIST, "single": modes.SINGLE}
        return pb.Schema.Block(
            attributes=[
                pb.Schema.Attribute(
                    name=name,
                    type=json.dumps(_TYPES[words.split()[0]]).encode(),
                    required="required" in words,
                    optional="optional" in words or "default=" in words,
                    computed="computed" in words,
                )
                for name, words in self.attributes.items()
            ],
            block_types=[
                pb.Schema.NestedBlock(
                    type_name=name,
                    block=block.schema(),
                    nesting=nesting[kind],
                )
                for name, (kind, block) in self.blocks.items()
            ],
        )

    def planned(self, value: dict[str, Any]) -> dict[str, Any]:
        """Return a value with its defaults, and unknown where it is computed."""
        found: dict[str, Any] = {}
        for name, words in self.attributes.items():
            found[name] = value.get(name)
            if found[name] is None and "default=" in words:
                default = words.partition("default=")[2].split()[0]
                found[name] = False if default == "false" else default
            elif found[name] is None and "computed" in words:
                found[name] = Unknown
        for name, (kind, block) in self.blocks.items():
            parts = value.get(name)
            if parts is not Unknown and kind != "single":
                parts = [block.planned(part) for part in parts or []]
            found[name] = parts
        return found

    def settled(self, value: dict[str, Any]) -> dict[str, Any]:
        """Return a value with something in the place of what was unknown."""
        blanks = {"string": "", "number": 0, "bool": False, "map": {}}
        found: dict[str, Any] = {}
        for name, words in self.attributes.items():
            known = value[name] is not Unknown
            found[name] = value[name] if known else blanks.get(words.split()[0])
        for name, (kind, block) in self.blocks.items():
            parts = value[name]
            if kind != "single":
                parts = [block.settled(part) for part in parts or []]
            found[name] = parts
        return found

    def replacements(self, old: dict[str, Any], new: dict[str, Any]) -> list[str]:
        """Return the names whose change replaces the resource."""
        fixed = [name for name, words in self.attributes.items() if "replace" in words]
        return [name for name in (*fixed, *self.replace) if old[name] != new[name]]


_ON_DEMAND = Block(
    {
        "max_read_request_units": "number optional",
        "max_write_request_units": "number optional",
    }
)
_WARM = Block(
    {
        "read_units_per_second": "number optional computed",
        "write_units_per_second": "number optional computed",
    }
)
_TIMEOUTS = Block(dict.fromkeys(("create", "delete", "update"), "string optional"))
_INDEX = Block(
    {
        "name": "string required",
        "hash_key": "string required",
        "range_key": "string optional",
        "projection_type": "string required",
        "non_key_attributes": "set optional",
        "read_capacity": "number optional computed",
        "write_capacity": "number optional computed",
    },
    {"on_demand_throughput": ("list", _ON_DEMAND), "warm_throughput": ("list", _WARM)},
)
_REPLICA = Block(
    {
        "region_name": "string required",
        "consistency_mode": "string default=EVENTUAL",
        "deletion_protection_enabled": "bool optional computed",
        "kms_key_arn": "string optional computed",
        "point_in_time_recovery": "bool default=false",
        "propagate_tags": "bool default=false",
        "arn": "string computed",
        "stream_arn": "string computed",
        "stream_label": "string computed",
    }
)
_TABLE = Block(
    {
        "name": "string required replace",
        "hash_key": "string optional computed replace",
        "range_key": "string optional replace",
        "billing_mode": "string default=PROVISIONED",
        "read_capacity": "number optional computed",
        "write_capacity": "number optional computed",
        "deletion_protection_enabled": "bool optional",
        "stream_enabled": "bool optional",
        "stream_view_type": "string optional computed",
        "table_class": "string optional",
        "region": "string optional computed",
        "restore_date_time": "string optional replace",
        "restore_source_name": "string optional replace",
        "restore_source_table_arn": "string optional replace",
        "restore_to_latest_time": "bool optional replace",
        "tags": "map optional",
        "tags_all": "map optional computed",
        "arn": "string computed",
        "id": "string optional computed",
        "stream_arn": "string computed",
        "stream_label": "string computed",
    },
    {
        "attribute": (
            "set",
            Block({"name": "string required", "type": "string required"}),
        ),
        "global_secondary_index": ("set", _INDEX),
        "local_secondary_index": (
            "set",
            Block(
                {
                    "name": "string required",
                    "range_key": "string required",
                    "projection_type": "string required",
                    "non_key_attributes": "strings optional",
                }
            ),
        ),
        "on_demand_throughput": ("list", _ON_DEMAND),
        "point_in_time_recovery": (
            "list",
            Block(
                {
                    "enabled": "bool required",
                    "recovery_period_in_days": "number optional computed",
                }
            ),
        ),
        "replica": ("set", _REPLICA),
        "server_side_encryption": (
            "list",
            Block(
                {
                    "enabled": "bool required",
                    "kms_key_arn": "string optional computed",
                }
            ),
        ),
        "ttl": (
            "list",
            Block({"attribute_name": "string optional", "enabled": "bool optional"}),
        ),
        "warm_throughput": ("list", _WARM),
        "timeouts": ("single", _TIMEOUTS),
    },
    frozenset({"local_secondary_index"}),
)
_SEPARATE_INDEX = Block(
    {
        "table_name": "string required replace",
        "index_name": "string required replace",
        "arn": "string computed",
    },
    {
        "key_schema": (
            "list",
            Block(
                {
                    "attribute_name": "string required",
                    "attribute_type": "string required",
                    "key_type": "string required",
                }
            ),
        ),
        "projection": (
            "list",
            Block(
                {
                    "projection_type": "string required",
                    "non_key_attributes": "set optional",
                }
            ),
        ),
    },
    frozenset({"key_schema", "projection"}),
)
_SEPARATE_REPLICA = Block(
    {
        "global_table_arn": "string required replace",
        "deletion_protection_enabled": "bool optional computed",
        "kms_key_arn": "string optional computed replace",
        "point_in_time_recovery": "bool default=false",
        "region": "string optional computed",
        "arn": "string computed",
        "id": "string optional computed",
    }
)
_TARGET = Block(
    {
        "max_capacity": "number required",
        "min_capacity": "number required",
        "resource_id": "string required replace",
        "scalable_dimension": "string required replace",
        "service_namespace": "string required replace",
        "region": "string optional computed",
        "role_arn": "string optional computed",
        "arn": "string computed",
        "id": "string optional computed",
    }
)
RESOURCES = {
    "aws_dynamodb_table": _TABLE,
    "aws_dynamodb_global_secondary_index": _SEPARATE_INDEX,
    "aws_dynamodb_table_replica": _SEPARATE_REPLICA,
    "aws_appautoscaling_target": _TARGET,
}
EXTERNAL = Block(
    {
        "program": "strings required",
        "query": "map optional",
        "working_dir": "string optional",
        "id": "string computed",
        "result": "map computed",
    }
)
PROVIDER = Block({"region": "string optional"})
