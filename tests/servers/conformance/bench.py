"""What a probe works with: one table on one server, and the words for what it sees."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.subjects import Subject

# How a server says that it does not know an operation, or a member of one.
_UNKNOWN = ("UnknownOperation", "NotImplemented", "not been implemented", "Not yet imp")
_NO_MEMBER = ("Nothing to update", "At least one of")
_CROWD = "Only 5 tables with online indexes can be created simultaneously"
_SERVER_ERRORS = 500
_ATTEMPTS = 5
# Virtual seconds between two looks: few at first, then a part of the time that nothing
# has changed, so that a backfill of many minutes costs tens of looks.
_FIRST_LOOK = 0.5
_LATER_LOOKS = 0.05
_REAL_LOOK = 0.03

ACCEPTED = "accepted"
KEY = "pk"
THROUGHPUT = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
MORE = {"ReadCapacityUnits": 6, "WriteCapacityUnits": 6}


class UnshownError(Exception):
    """The server never comes into the state that a probe needs; the text says which."""


class UnsupportedError(Exception):
    """The server does not know what a probe needs; the text says what."""


class Bench:
    """One table on one server.

    Attributes:
        table: the table's name; observations call it T.
        client: a client that tries each call once.
    """

    def __init__(self, subject: Subject, table: str) -> None:
        """Take the server, and a name that no other table has."""
        self._subject = subject
        self.table = table
        self.client: Any = subject.client

    def send(self, operation: str, **request: Any) -> dict[str, Any]:
        """Send a request about the table, unless it names another or none."""
        named = {"TableName": self.table} | request
        method = getattr(self.client, operation)
        response: dict[str, Any] = method(
            **{name: value for name, value in named.items() if value is not None}
        )
        return response

    def ask(self, operation: str, **request: Any) -> str:
        """Return what is answered: accepted, or the code and the text.

        Raises:
            UnsupportedError: the server does not know the operation.
        """
        answer = self._answer(operation, request)
        return answer if isinstance(answer, str) else ACCEPTED

    def do(self, operation: str, **request: Any) -> dict[str, Any]:
        """Return the response to what a probe needs done before its question.

        Raises:
            UnsupportedError: the server does not know the operation, or ignores it.
            UnshownError: the server refuses it.
        """
        answer = self._answer(operation, request)
        if not isinstance(answer, str):
            return answer
        if any(words in answer for words in _NO_MEMBER):
            raise UnsupportedError(answer)
        raise UnshownError(f"{operation} before it: {answer}")

    def once(self, operation: str, **request: Any) -> str:
        """Return what is answered, be it that others have filled the server."""
        answer = self._told(operation, request)
        return answer if isinstance(answer, str) else ACCEPTED

    def _answer(self, operation: str, request: dict[str, Any]) -> dict[str, Any] | str:
        """Return the response, or how it was refused, once there is room."""
        deadline = time.monotonic() + self._subject.patience
        while True:
            answer = self._told(operation, request)
            # Not an answer to this probe: the others have filled the server.
            crowded = isinstance(answer, str) and _CROWD in answer
            if not crowded or time.monotonic() > deadline:
                return answer
            time.sleep(_REAL_LOOK)

    def _told(self, operation: str, request: dict[str, Any]) -> dict[str, Any] | str:
        """Return the response, or how it was refused."""
        try:
            return self.send(operation, **request)
        except ClientError as error:
            return self._refusal(operation, error)
        except BotoCoreError as error:
            return f"unreadable answer: {type(error).__name__}"

    def _refusal(self, operation: str, error: ClientError) -> str:
        told: Mapping[str, Any] = error.response.get("Error", {})
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        code, text = str(told.get("Code", "")), str(told.get("Message", ""))
        if any(words in f"{code} {text}" for words in _UNKNOWN):
            raise UnsupportedError(operation)
        if operation in self._subject.lacks:
            raise UnsupportedError(operation)
        if code == str(status):
            # What is no protocol at all: a crash, shown as a page.
            text = "a page of HTML"
        return f"{code}: {text}".replace(self.table, "T").strip()

    def create(self, *indexes: str, wait: bool = True, **more: Any) -> dict[str, Any]:
        """Create the table, with an index for each attribute named, and wait for it.

        Args:
            *indexes: the attributes; the index of ``day`` is ``by-day``.
            wait: whether to wait until everything is ACTIVE.
            **more: other members; without them it has throughput of 5 and 5.
        """
        on_demand = more.get("BillingMode") == "PAY_PER_REQUEST"
        request: dict[str, Any] = {
            "AttributeDefinitions": definitions(KEY, *indexes),
            "KeySchema": [{"AttributeName": KEY, "KeyType": "HASH"}],
        }
        if indexes:
            request["GlobalSecondaryIndexes"] = [
                index(name, units=None if on_demand else THROUGHPUT) for name in indexes
            ]
        if not on_demand:
            request["ProvisionedThroughput"] = THROUGHPUT
        response = self.do("create_table", **(request | more))
        if wait:
            self.settle()
        made: dict[str, Any] = response["TableDescription"]
        return made

    def drop(self, *tables: str) -> None:
        """Delete tables where that is allowed now; the rest goes with its server."""
        for table in tables or (self.table,):
            try:
                self.send("delete_table", TableName=table)
            except (ClientError, BotoCoreError):
                continue

    def look(self) -> dict[str, Any]:
        """Return the table's description; empty where there is none."""
        for attempt in range(_ATTEMPTS):
            try:
                described: dict[str, Any] = self.send("describe_table")["Table"]
            except ClientError as error:
                if _code_of(error) == "ResourceNotFoundException":
                    return {}
                # DynamoDB Local answers so now and then while an index changes.
                if attempt == _ATTEMPTS - 1 or not _is_of_server(error):
                    raise
            else:
                return described
        raise AssertionError("unreachable: the last attempt returns or raises")

    def status(self) -> str:
        """Return the table's status, ABSENT where there is none."""
        return str(self.look().get("TableStatus", "ABSENT"))

    def both(self, name: str = "by-day") -> str:
        """Return the statuses of table and index: ``UPDATING/CREATING false``."""
        return statuses(self.look(), name)

    def settle(self) -> None:
        """Wait until the table and its indexes are ACTIVE.

        Raises:
            UnshownError: they never are.
        """
        self.until(lambda: "ACTIVE" if _is_settled(self.look()) else "moving", "ACTIVE")

    def until(self, look: Callable[[], str], wanted: str) -> None:
        """Wait for a sight.

        Raises:
            UnshownError: it never comes, or a wait is in vain.
        """
        seen = self.sights(look, wanted)
        if seen[-1] != wanted:
            raise UnshownError(f"{wanted} after {', '.join(seen)}")

    def need(self, wanted: str, look: Callable[[], str]) -> None:
        """Go on only if this is what is seen now.

        Raises:
            UnshownError: something else is seen.
        """
        if (seen := look()) != wanted:
            raise UnshownError(f"{wanted}: it says {seen}")

    def sights(self, look: Callable[[], str], last: str) -> list[str]:
        """Look until something is seen; return each different sight, in order.

        It ends without the last sight when the server's patience is over.
        """
        seen = [look()]
        began = since = self._subject.now()
        while seen[-1] != last:
            now = self._subject.now()
            if now - began > self._subject.patience:
                break
            self._rest(now - since)
            sight = look()
            if sight != seen[-1]:
                seen.append(sight)
                since = self._subject.now()
        return seen

    def trace(self, look: Callable[[], str], last: str) -> str:
        """Return the sights as one line, with ``...`` where the last never comes."""
        seen = self.sights(look, last)
        return " → ".join(seen if seen[-1] == last else [*seen, "..."])

    def pause(self, seconds: float) -> None:
        """Let virtual seconds pass; on a real server a moment, whatever they are."""
        if self._subject.advance is None:
            time.sleep(_REAL_LOOK)
        else:
            self._subject.advance(seconds)

    def _rest(self, unchanged: float) -> None:
        if self._subject.advance is None:
            time.sleep(_REAL_LOOK)
        else:
            self._subject.advance(max(_FIRST_LOOK, unchanged * _LATER_LOOKS))


def definitions(*names: str) -> list[dict[str, str]]:
    """Return the definitions of attributes that are strings."""
    return [{"AttributeName": name, "AttributeType": "S"} for name in names]


def index(attribute: str, *, units: Mapping[str, int] | None) -> dict[str, Any]:
    """Return the definition of the index of an attribute."""
    made: dict[str, Any] = {
        "IndexName": f"by-{attribute}",
        "KeySchema": [{"AttributeName": attribute, "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    }
    return made if units is None else made | {"ProvisionedThroughput": units}


def statuses(table: Mapping[str, Any], name: str) -> str:
    """Return the statuses of a table and an index: ``UPDATING/CREATING false``."""
    status = table.get("TableStatus", "ABSENT")
    kinds = ("GlobalSecondaryIndexes", "VectorIndexes")
    for found in (found for kind in kinds for found in table.get(kind, ())):
        if found["IndexName"] == name:
            filling = found.get("Backfilling")
            shown = "" if filling is None else f" {str(filling).lower()}"
            return f"{status}/{found.get('IndexStatus')}{shown}"
    return f"{status}/ABSENT"


def _is_settled(table: Mapping[str, Any]) -> bool:
    indexes = table.get("GlobalSecondaryIndexes", ())
    return table.get("TableStatus") == "ACTIVE" and all(
        found.get("IndexStatus") == "ACTIVE" for found in indexes
    )


def _is_of_server(error: ClientError) -> bool:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return int(status) >= _SERVER_ERRORS


def _code_of(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
