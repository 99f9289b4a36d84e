"""Conditions about the replicas and witnesses of a global table."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ._algebra import Condition, Verdict, all_of, leaf
from ._names import call_text, checked_names
from ._tables import FINAL, REPAIRABLE, doomed, no_table, standing_still

if TYPE_CHECKING:
    from ..states import ReplicaState, TableState, WitnessState

# A replica in these will not become ACTIVE by itself (API reference,
# ReplicaDescription).
_FAILED = ("CREATION_FAILED", "REGION_DISABLED", "ARCHIVING", "ARCHIVED")


def replicas_active(*regions: str) -> Condition[TableState]:
    """Ask whether replicas are ACTIVE.

    Impossible where one is CREATION_FAILED, REGION_DISABLED, ARCHIVING or ARCHIVED,
    and where a named one is DELETING; AWS's own description is in the reason. A
    replica that is not listed is *missing*: right after the call it may not be yet.

    Args:
        regions: Regions; none: every replica that the table has.
    """
    regions = checked_names(regions, "regions")
    return leaf(
        call_text("replicas_active", regions), partial(_replicas_active, regions)
    )


def _replicas_active(regions: tuple[str, ...], state: TableState) -> Verdict:
    if not state.exists:
        return no_table(state)
    return doomed(state) or all_of(
        _replica(region, state.replicas.get(region), named=bool(regions))
        for region in regions or state.replicas
    )


def _replica(region: str, replica: ReplicaState | None, *, named: bool) -> Verdict:
    what = f"replica {region}"
    if replica is None:
        return Verdict.pending(f"{what} is not listed", missing=(what,))
    if replica.status in ("ACTIVE", None):
        return Verdict.satisfied()
    text = f"{what} is {replica.status}"
    if replica.percent_progress:
        text += f" ({replica.percent_progress})"
    if replica.status_description:
        text += f": {replica.status_description}"
    if replica.status in _FAILED or (named and replica.status in FINAL):
        return Verdict.impossible(text)
    if replica.status in REPAIRABLE:
        return standing_still(text)
    return Verdict.pending(text)


def replicas_absent(*regions: str) -> Condition[TableState]:
    """Ask whether replicas are gone from an existing table.

    Args:
        regions: Regions; none: the table shall have no replica.
    """
    regions = checked_names(regions, "regions")
    return leaf(
        call_text("replicas_absent", regions), partial(_replicas_absent, regions)
    )


def _replicas_absent(regions: tuple[str, ...], state: TableState) -> Verdict:
    if not state.exists:
        return no_table(state)
    return all_of(
        Verdict.pending(f"replica {region} is {state.replicas[region].status}")
        for region in regions or state.replicas
        if region in state.replicas
    )


def witnesses_active(*regions: str) -> Condition[TableState]:
    """Ask whether the witnesses of a strongly consistent global table are ACTIVE.

    Args:
        regions: Regions; none: every witness that the table has.
    """
    regions = checked_names(regions, "regions")
    return leaf(
        call_text("witnesses_active", regions), partial(_witnesses_active, regions)
    )


def _witnesses_active(regions: tuple[str, ...], state: TableState) -> Verdict:
    if not state.exists:
        return no_table(state)
    return doomed(state) or all_of(
        _witness(region, state.witnesses.get(region), named=bool(regions))
        for region in regions or state.witnesses
    )


def _witness(region: str, witness: WitnessState | None, *, named: bool) -> Verdict:
    what = f"witness {region}"
    if witness is None:
        return Verdict.pending(f"{what} is not listed", missing=(what,))
    if witness.status in ("ACTIVE", None):
        return Verdict.satisfied()
    if witness.status == "DELETING" and named:
        return Verdict.impossible(f"{what} is DELETING")
    return Verdict.pending(f"{what} is {witness.status}")


def witnesses_absent(*regions: str) -> Condition[TableState]:
    """Ask whether witnesses are gone from an existing table.

    Args:
        regions: Regions; none: the table shall have no witness.
    """
    regions = checked_names(regions, "regions")
    return leaf(
        call_text("witnesses_absent", regions), partial(_witnesses_absent, regions)
    )


def _witnesses_absent(regions: tuple[str, ...], state: TableState) -> Verdict:
    if not state.exists:
        return no_table(state)
    return all_of(
        Verdict.pending(f"witness {region} is {state.witnesses[region].status}")
        for region in regions or state.witnesses
        if region in state.witnesses
    )
