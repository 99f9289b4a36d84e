"""What CloudTrail has recorded of a table, in few words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._core.loose import entries, mapping
from .._core.outcome import classify, read_fault
from .._core.writers import changes_in, newest_first
from .exits import CommandError
from .shapes import short_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from .._core.writers import Record

_PAGE = 50
_PAGES = 40
# Of these CloudTrail does not always say which table they were about.
_OPERATIONS = ("CreateTable", "UpdateTable", "DeleteTable")
_HINT = "It needs the permission cloudtrail:LookupEvents in this account and Region."
_PLAIN = {
    "billingMode": "billing mode {}",
    "tableClass": "table class {}",
    "deletionProtectionEnabled": "deletion protection {}",
    "targetTableName": "into {}",
    "backupName": "backup {}",
    "exportTime": "as of {}",
    "indexName": "index {}",
    "streamArn": "to {}",
}
# What is switched on or off: in words, by which member, and a member that says more.
_SWITCHES = {
    "streamSpecification": ("stream", "streamEnabled", "streamViewType"),
    "sSESpecification": ("encryption", "enabled", "kMSMasterKeyId"),
    "timeToLiveSpecification": ("time to live", "enabled", "attributeName"),
    "pointInTimeRecoverySpecification": (
        *("point-in-time recovery", "pointInTimeRecoveryEnabled"),
        "recoveryPeriodInDays",
    ),
}
_FAMILIES = {
    "globalSecondaryIndexUpdates": ("index", "indexName"),
    "vectorIndexUpdates": ("vector index", "indexName"),
    "replicaUpdates": ("replica", "regionName"),
}


class Timeline:
    """The calls about one table.

    Attributes:
        records: the calls, the newest last.
        cut: whether there are more than were read.
    """

    def __init__(
        self, client: Any, table: str, since: datetime, *, reads: bool
    ) -> None:
        """Read it.

        Args:
            client: the CloudTrail client.
            table: the name or ARN of the table.
            since: from when on.
            reads: whether calls that only read count too.

        Raises:
            CommandError: CloudTrail may not be read.
            Exception: whatever else the client raises.
        """
        self.cut = False
        name = short_name(table)
        lookups = [("ResourceName", each) for each in dict.fromkeys([name, table])]
        lookups += [("EventName", operation) for operation in _OPERATIONS]
        found: list[Record] = []
        for attribute, value in lookups:
            pages = self._pages(client, attribute, value, since)
            for page in pages:
                found += changes_in(page, reads=reads)
        ours = [record for record in found if record.is_about(name)]
        self.records = newest_first(ours)[::-1]

    def _pages(
        self, client: Any, attribute: str, value: str, since: datetime
    ) -> Iterator[Mapping[str, Any]]:
        asked: dict[str, Any] = {
            "LookupAttributes": [{"AttributeKey": attribute, "AttributeValue": value}],
            "StartTime": since,
            "MaxResults": _PAGE,
        }
        for _ in range(_PAGES):
            page = _answer(client, asked)
            yield page
            token: Any = page.get("NextToken")
            if not token:
                return
            asked["NextToken"] = token
        self.cut = True


def _answer(client: Any, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a page.

    Raises:
        CommandError: CloudTrail may not be read.
    """
    try:
        return mapping(client.lookup_events(**asked))
    except Exception as error:
        fault = read_fault(error)
        if fault is None or classify(fault, error).kind != "denied":
            raise
        problem = f"CloudTrail may not be read: {fault.code}: {fault.message}"
        raise CommandError(problem, hint=_HINT) from error


def deed(asked: Mapping[str, Any]) -> str:
    """Say what a call asked for, in few words; nothing where there is nothing to say.

    Args:
        asked: its parameters, as CloudTrail spells them.
    """
    return ", ".join(_deeds(asked))


def _deeds(asked: Mapping[str, Any]) -> Iterator[str]:
    for member, words in _PLAIN.items():
        if asked.get(member) is not None:
            yield words.format(_word(asked[member]))
    for member, (what, switch, detail) in _SWITCHES.items():
        setting = mapping(asked.get(member))
        if setting:
            more = setting.get(detail)
            yield f"{what} {_word(setting.get(switch))}" + (f" ({more})" * bool(more))
    units = mapping(asked.get("provisionedThroughput"))
    if units:
        read, write = units.get("readCapacityUnits"), units.get("writeCapacityUnits")
        yield f"throughput {read} read, {write} write"
    for index in entries(asked.get("globalSecondaryIndexes")):
        yield f"index {mapping(index).get('indexName')}"
    for family, (noun, member) in _FAMILIES.items():
        yield from _updates(asked.get(family), noun, member)
    tags = [mapping(tag).get("key") for tag in entries(asked.get("tags"))]
    tags += entries(asked.get("tagKeys"))
    if tags:
        yield f"tags {' '.join(str(tag) for tag in tags)}"


def _updates(updates: Any, noun: str, member: str) -> Iterator[str]:
    for update in entries(updates):
        for verb, what in mapping(update).items():
            yield f"{verb} {noun} {mapping(what).get(member)}"


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)
