"""Settings of tables as plans write them, so that two can be compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .indexes import units_of, warm_of
from .plans import blocks

if TYPE_CHECKING:
    from collections.abc import Mapping

ON_DEMAND = "PAY_PER_REQUEST"
PROVISIONED = "PROVISIONED"
BILLING_MODE = "billing mode"
ENCRYPTION = "encryption"
TABLE_CLASS = "table class"


@dataclass(frozen=True, slots=True)
class Setting:
    """What DynamoDB changes by itself.

    Attributes:
        value: what it is; two of the same setting can be compared.
        names: under which names a plan has it.
    """

    value: Any
    names: tuple[str, ...]


def settings_of(values: Mapping[str, Any]) -> dict[str, Setting]:
    """Return the settings in the values of a table, by the word for each."""
    units = ("read_capacity", "write_capacity")
    return {
        BILLING_MODE: Setting(_mode(values), ("billing_mode",)),
        "throughput": Setting(_throughput(values), units),
        "on-demand limits": _listed(values, "on_demand_throughput"),
        "stream": Setting(stream_of(values), ("stream_enabled", "stream_view_type")),
        ENCRYPTION: Setting(_keys(values), ("server_side_encryption",)),
        TABLE_CLASS: Setting(values.get("table_class") or "STANDARD", ("table_class",)),
        "warm throughput": Setting(warm_of(values), ("warm_throughput",)),
        "replicas": Setting(regions_of(values), ("replica",)),
    }


def stream_of(values: Mapping[str, Any]) -> str | None:
    """Return the view type of the stream; None while it is off."""
    if not values.get("stream_enabled"):
        return None
    return str(values.get("stream_view_type") or "").upper()


def regions_of(values: Mapping[str, Any]) -> frozenset[str]:
    """Return the Regions of the replicas that a table states."""
    return frozenset(str(each.get("region_name")) for each in blocks(values, "replica"))


def ttl_of(values: Mapping[str, Any]) -> str | None:
    """Return the attribute of time to live; None while it is disabled."""
    for block in blocks(values, "ttl"):
        if block.get("enabled") and block.get("attribute_name"):
            return str(block["attribute_name"])
    return None


def _mode(values: Mapping[str, Any]) -> str:
    return str(values.get("billing_mode") or PROVISIONED)


def _throughput(values: Mapping[str, Any]) -> tuple[int | None, ...] | None:
    """Return what is provisioned; what is said of an on-demand table means nothing."""
    if _mode(values) != PROVISIONED:
        return None
    return tuple(units_of(values, each) for each in ("read", "write"))


def _listed(values: Mapping[str, Any], name: str) -> Setting:
    return Setting(blocks(values, name), (name,))


def _keys(values: Mapping[str, Any]) -> list[str]:
    """Return the key of the encryption; none while DynamoDB's own is used."""
    return [
        str(block.get("kms_key_arn") or "the account's")
        for block in blocks(values, "server_side_encryption")
        if block.get("enabled")
    ]
