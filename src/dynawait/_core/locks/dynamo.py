"""A table of locks in DynamoDB, through a gateway."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, cast

from ...errors import InvalidArgumentError, ServiceError
from ...locks.keys import address
from ...states import TableState
from ..gateway import CallTimedOut
from ..outcome import classify, read_fault
from ..refusal import advice_for
from .expressions import Columns, Terms, condition_of, update_of
from .store import Described, Page, Refused, RefusedAll, Sight, StoreTrouble, Written

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ...locks.dialects import Dialect
    from ..gateway import Gateway
    from ..outcome import Fault
    from .store import Change, Place, Row

_REFUSED = "ConditionalCheckFailedException"
_CANCELLED = "TransactionCanceledException"
_REASON_REFUSED = "ConditionalCheckFailed"
_REASONS_PASSING = (
    "ThrottlingError",
    "ProvisionedThroughputExceeded",
    "TransactionConflict",
)
_NO_TABLE = "Check its name, the Region and the account"
_DENIED = (
    "Check the credentials, and that they allow this operation on the table; "
    "check_permissions() tells all that is missing"
)
_OTHER_KEY = (  # AWS's words, and those of DynamoDB Local
    "The provided key element does not match the schema",
    "One of the required keys was not given a value",
    "Type mismatch for key",
)


class DynamoStore:
    """A table of one dialect.

    Attributes:
        table: its name or ARN.
        columns: the names of its attributes.
    """

    def __init__(
        self,
        gateway: Gateway,
        table: str,
        dialect: Dialect,
        *,
        partition_key: str | None = None,
        sort_key: str | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        """Take the gateway and the names.

        Args:
            gateway: the door out.
            table: the table's name or ARN.
            dialect: how its rows are laid out.
            partition_key: the name of the partition key; None: the dialect's own.
            sort_key: the name of the sort key; None: the dialect's own.
            clock: the clock of the deadlines; None: the gateway's `now`.
        """
        self.table: str = table
        self._gateway = gateway
        self._dialect = dialect
        self._names = (partition_key, sort_key)
        self._clock = clock
        self._shows_rows = False
        self.columns: Columns = Columns(
            partition_key=dialect.key_names(partition_key, sort_key)[0],
            version=dialect.identity[0],
            released=dialect.released_mark,
            token=dialect.token,
            owner=dialect.owner,
        )

    async def read(self, place: Place, *, deadline: float | None = None) -> Sight:
        """Read a row, consistently."""
        found = await self._call(
            "GetItem", {"Key": self.address(place), "ConsistentRead": True}, deadline
        )
        return Sight(found.get("Item"), date_of(found))

    async def write(
        self, place: Place, change: Change, *, deadline: float | None = None
    ) -> Written | Refused:
        """Write a row if its condition holds."""
        request = self._request(place, change)
        if not change.delete:
            request["ReturnValues"] = "ALL_NEW"
        operation = "DeleteItem" if change.delete else "UpdateItem"
        try:
            answer = await self._call(operation, request, deadline)
        except _Refusal as refusal:
            return await self._refused(place, refusal, deadline)
        return Written(answer.get("Attributes"), date_of(answer))

    async def _refused(
        self, place: Place, refusal: _Refusal, deadline: float | None
    ) -> Refused:
        """Return what a condition has refused, with the row that was in its way.

        Not every server shows that row when it is asked to. So until one was shown, no
        row in an answer means nothing, and it is looked for.

        Raises:
            StoreTrouble: it cannot be had. It may be our own, written by an attempt of
                the client's that has had no answer.
        """
        row: Row | None = refusal.response.get("Item")
        date = date_of(refusal.response)
        self._shows_rows = self._shows_rows or row is not None
        if self._shows_rows:
            return Refused(row, date)
        try:
            sight = await self.read(place, deadline=deadline)
        except StoreTrouble as trouble:
            raise StoreTrouble("transient", trouble.date or date) from trouble
        return Refused(sight.row, sight.date or date)

    async def write_all(
        self, changes: Sequence[tuple[Place, Change]], *, deadline: float | None = None
    ) -> Written | RefusedAll:
        """Write several rows, all or none."""
        items = [
            {
                "Delete" if change.delete else "Update": {
                    "TableName": self.table,
                    **self._request(place, change),
                }
            }
            for place, change in changes
        ]
        try:
            answer = await self._call(
                "TransactWriteItems", {"TransactItems": items}, deadline, table=False
            )
        except _Refusal as refusal:
            return _refused_all(refusal)
        return Written(None, date_of(answer))

    async def scan(
        self, after: Mapping[str, Any] | None = None, *, deadline: float | None = None
    ) -> Page:
        """Read a page of the table, consistently."""
        request: dict[str, Any] = {"ConsistentRead": True}
        if after is not None:
            request["ExclusiveStartKey"] = after
        found = await self._call("Scan", request, deadline)
        rows: Sequence[Row] = found.get("Items") or ()
        return Page(tuple(rows), found.get("LastEvaluatedKey") or None, date_of(found))

    async def describe(self, *, deadline: float | None = None) -> Described:
        """Describe the table."""
        found = await self._call("DescribeTable", {}, deadline)
        return Described(TableState.parse(found), date_of(found))

    def condition_check(self, place: Place, token: int, owner: str) -> dict[str, Any]:
        """Return what lets the caller's own transaction pass only while a lock is held.

        The token is that of this one acquisition, whatever heartbeats have come since.
        The owner is asked for as well: another client may have put a row of its own in
        the place of ours, and with it whatever token it likes.

        Args:
            place: where the lock lies.
            token: the token in its row.
            owner: the owner in its row.

        Returns:
            An item for ``TransactItems``: ``{"ConditionCheck": {...}}``.

        Raises:
            InvalidArgumentError: the dialect has no tokens.
        """
        column, named = self.columns.token, self.columns.owner
        if column is None or named is None:
            problem = f"locks of the dialect {self._dialect.name} have no token"
            raise InvalidArgumentError("dialect", problem)
        terms = Terms()
        parts = [
            f"{terms.name(named)} = {terms.value({'S': owner})}",
            f"{terms.name(column)} = {terms.value({'N': str(token)})}",
        ]
        for name, value in self.columns.released.items():
            mark = terms.name(name)
            absent = f"attribute_not_exists({mark})"
            parts.append(f"({absent} OR {mark} <> {terms.value(value)})")
        return {
            "ConditionCheck": {
                "TableName": self.table,
                "Key": self.address(place),
                "ConditionExpression": " AND ".join(parts),
                **terms.members(),
            }
        }

    def address(self, place: Place) -> Mapping[str, Any]:
        """Return the ``Key`` of a place."""
        return address(
            self._dialect,
            place.key,
            place.sort_key,
            partition_key_name=self._names[0],
            sort_key_name=self._names[1],
        )

    def _request(self, place: Place, change: Change) -> dict[str, Any]:
        terms = Terms()
        request: dict[str, Any] = {
            "Key": self.address(place),
            "ConditionExpression": condition_of(self.columns, change, terms),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        if not change.delete:
            request["UpdateExpression"] = update_of(self.columns, change, terms)
        return {**request, **terms.members()}

    async def _call(
        self,
        operation: str,
        request: Mapping[str, Any],
        deadline: float | None,
        *,
        table: bool = True,
    ) -> Mapping[str, Any]:
        named = {"TableName": self.table, **request} if table else request
        gateway = self._gateway
        if deadline is not None and self._clock is not None:
            deadline += gateway.now() - self._clock()
        try:
            return await gateway.call(operation, named, deadline=deadline)
        except CallTimedOut:
            raise StoreTrouble("transient") from None
        except Exception as error:
            fault = read_fault(error)
            if fault is None:
                raise
            raise self._judged(operation, fault, error) from error

    def _judged(self, operation: str, fault: Fault, error: Exception) -> Exception:
        """Return what the protocol is to see of an error."""
        response = _mapping(getattr(error, "response", None))
        if fault.code in (_REFUSED, _CANCELLED):
            found = _judge_refusal(response)
            if found is not None:
                return found
            return self._refused_for_good(operation, fault, error)
        kind = classify(fault, error).kind
        if kind in ("throttled", "busy"):
            return _throttled(response)
        if kind == "transient":
            return StoreTrouble("transient", date_of(response))
        return self._refused_for_good(operation, fault, error)

    def _refused_for_good(
        self, operation: str, fault: Fault, error: Exception
    ) -> ServiceError:
        return ServiceError(
            code=fault.code,
            message=fault.message,
            operation=operation,
            table=self.table,
            advice=self._advice(fault, error),
        )

    def _advice(self, fault: Fault, error: Exception) -> str:
        """Return what may help against a refusal, where that is known."""
        kind = classify(fault, error).kind
        if kind == "missing":
            made = self._dialect.name != "terraform"
            return f"{_NO_TABLE}; ensure_table() makes it" if made else _NO_TABLE
        if kind == "denied":
            return _DENIED
        if any(words in fault.message for words in _OTHER_KEY):
            names = [name for name in self._dialect.key_names(*self._names) if name]
            return (
                f"The table was expected to have the key {' + '.join(names)}, of type "
                "S: check_table() tells what it has"
            )
        return advice_for(fault, kind)


def _throttled(response: Mapping[str, Any]) -> StoreTrouble:
    """Tell a call that was not carried out from one of which nobody knows.

    Where the client has sent it several times, only the last attempt is known to have
    been throttled: an earlier one, whose answer was lost, may have been carried out.
    """
    retries = _mapping(response.get("ResponseMetadata")).get("RetryAttempts", 0)
    return StoreTrouble("transient" if retries else "throttled", date_of(response))


class _Refusal(Exception):  # noqa: N818 - becomes a value in the methods above
    """A condition did not hold."""

    def __init__(self, response: Mapping[str, Any]) -> None:
        super().__init__()
        self.response = response


def _judge_refusal(response: Mapping[str, Any]) -> Exception | None:
    """Tell conditions that failed from a transaction that met another one.

    Returns:
        None where the transaction can never work, such as for a row that is too large.
    """
    codes = [reason.get("Code") for reason in response.get("CancellationReasons") or ()]
    if not codes or _REASON_REFUSED in codes:
        return _Refusal(response)
    if any(code in _REASONS_PASSING for code in codes):
        return _throttled(response)
    return None


def _refused_all(refusal: _Refusal) -> RefusedAll:
    reasons = refusal.response.get("CancellationReasons") or ()
    rows = [
        (reason.get("Code") == _REASON_REFUSED, reason.get("Item") or None)
        for reason in reasons
    ]
    return RefusedAll(tuple(rows), date_of(refusal.response))


def date_of(response: Mapping[str, Any]) -> float | None:
    """Return the date of an answer, in seconds since 1970; None when it has none."""
    headers = _mapping(_mapping(response.get("ResponseMetadata")).get("HTTPHeaders"))
    text = headers.get("date") or headers.get("Date")
    if not isinstance(text, str):
        return None
    try:
        return parsedate_to_datetime(text).timestamp()
    except ValueError:
        return None


def _mapping(value: Any) -> Mapping[str, Any]:
    nothing: dict[str, Any] = {}
    return cast("dict[str, Any]", value) if isinstance(value, dict) else nothing
