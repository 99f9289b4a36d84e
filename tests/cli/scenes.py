"""The scenes of `tests/cli/plans`: plans that Terraform has made, and what is in them.

`tests/servers/plans.py` makes them again.
"""

from __future__ import annotations

from pathlib import Path

SCENES = Path(__file__).with_name("plans")
_EU = 'module.shop["eu.west"]'
_US = 'module.shop["us \\"east\\""]'
_TABLES = "module.tables.aws_dynamodb_table.orders[0]"

FINDINGS: dict[str, list[tuple[str, str]]] = {
    "quiet": [],
    "indexes": [
        ("DW101", "aws_dynamodb_table.replaced"),
        ("DW101", "aws_dynamodb_table.several"),
        ("DW102", "aws_dynamodb_table.replaced"),
        ("DW102", "aws_dynamodb_table.replaced"),
        ("DW102", "aws_dynamodb_table.replaced"),
        ("DW103", "aws_dynamodb_table.beside"),
        ("DW104", "aws_dynamodb_table.renamed"),
        ("DW105", "aws_dynamodb_table.crowded"),
        ("DW106", "aws_dynamodb_table.switched"),
        ("DW107", "aws_dynamodb_table.attributes"),
        ("DW108", "aws_dynamodb_table.attributes"),
        ("DW109", "aws_dynamodb_table.retyped"),
    ],
    "tables": [
        ("DW201", "aws_dynamodb_table.destroyed"),
        ("DW201", "aws_dynamodb_table.protected"),
        ("DW202", "aws_dynamodb_table.local"),
        ("DW202", "aws_dynamodb_table.replaced"),
        ("DW203", "aws_dynamodb_table.protected"),
    ],
    "settings": [
        ("DW102", "aws_dynamodb_table.warm"),
        ("DW103", "aws_dynamodb_table.warm"),
        ("DW301", "aws_dynamodb_table.counted"),
        ("DW301", "aws_dynamodb_table.counted"),
        ("DW301", "aws_dynamodb_table.counted"),
        ("DW302", "aws_dynamodb_table.expiring"),
        ("DW303", "aws_dynamodb_table.lowered"),
        ("DW303", "aws_dynamodb_table.lowered"),
        ("DW304", "aws_dynamodb_table.warm"),
        ("DW305", "aws_dynamodb_table.streamed"),
        ("DW306", "aws_dynamodb_table.replicated"),
        ("DW307", "aws_dynamodb_table.spread"),
        ("DW308", "aws_dynamodb_table.spread"),
    ],
    "scaling": [
        ("DW303", "aws_dynamodb_table.reset"),
        ("DW303", "aws_dynamodb_table.reset"),
        ("DW401", "aws_appautoscaling_target.written_out"),
        ("DW402", "aws_dynamodb_table.reset"),
        ("DW402", "aws_dynamodb_table.reset"),
    ],
    "modules": [
        ("DW101", f"{_EU}.{_TABLES}"),
        ("DW201", f"{_US}.{_TABLES}"),
        ("DW401", f"{_EU}.aws_appautoscaling_target.unordered"),
        ("DW401", f"{_US}.aws_appautoscaling_target.unordered"),
    ],
    "separate": [
        ("DW101", "aws_dynamodb_table.orders"),
        ("DW102", "aws_dynamodb_global_secondary_index.rekeyed"),
        ("DW307", "aws_dynamodb_table.fresh"),
    ],
    "unknown": [("DW901", "aws_dynamodb_table.orders")],
}
"""By scene, the rule and the address of every finding."""


def plan_of(scene: str) -> Path:
    """Return the file with the plan of a scene."""
    return SCENES / scene / "plan.json"
