"""moto, as the library that reads expressions and holds items.

Only its classes are used: no mock is started, no global backend is touched, and nothing
goes over a network. Importing it appends one handler to those that botocore gives to
new clients; it does nothing unless somebody starts moto's mocks.
"""

from __future__ import annotations

import importlib
import re
from contextlib import contextmanager
from decimal import localcontext
from typing import TYPE_CHECKING, Any

from ..account import ACCOUNT_ID
from ..refusals import ServiceFault, unmodelled
from .values import plain

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from types import ModuleType

    from ..account import Account
    from ..tables import Table

_DIGITS = 38


class Engine:
    """Answers requests about single tables, for one account in one Region."""

    def __init__(self, region: str, account_id: str) -> None:
        """Import moto.

        Raises:
            ImportError: it is not installed, or too old.
        """
        responses = _module("moto.dynamodb.responses")
        self._models = _module("moto.dynamodb.models")
        self._tables = _module("moto.dynamodb.models.table")
        self._types = _module("moto.dynamodb.models.dynamo_type")
        self._refusal = _module("moto.core.exceptions").JsonRESTError
        self._backend = self._models.DynamoDBBackend(region, account_id)
        # The handler would look for its backend among those of moto's mocks.
        members = {"dynamodb_backend": self._backend}
        self._handler = type("Handler", (responses.DynamoHandler,), members)()
        self._region, self._account_id = region, account_id

    def new_table(self, table: Table) -> Any:
        """Return moto's own table with the keys of one, empty and without indexes."""
        return self._tables.Table(
            table.name,
            account_id=self._account_id,
            region=self._region,
            schema=[dict(key) for key in table.key_schema],
            attr=[
                {"AttributeName": name, "AttributeType": table.attribute_types[name]}
                for name in (key["AttributeName"] for key in table.key_schema)
            ],
        )

    def new_index(self, definition: Mapping[str, Any], keys: list[str]) -> Any:
        """Return moto's own index of that definition."""
        return self._tables.GlobalSecondaryIndex.create(definition, keys)

    def new_key(self, value: Mapping[str, Any]) -> Any:
        """Return moto's own form of a value."""
        return self._types.DynamoType(value)

    def run(self, operation: str, table: Any, request: Mapping[str, Any]) -> Any:
        """Return the response to a request about a table of moto's own.

        Raises:
            ServiceFault: moto refuses it, or cannot answer it.
        """
        self._backend.tables = {table.name: table}
        self._handler.body = {**request, "TableName": table.name}
        try:
            with self.unlisted(), localcontext(prec=_DIGITS):
                answer = getattr(self._handler, _method(operation))()
                return plain(answer.result)
        except self._refusal as refusal:
            raise _fault(refusal) from None
        except Exception as error:
            # It answers what it does not understand with whatever broke.
            what = f"this {operation}: {type(error).__name__}: {error}"
            raise unmodelled(what) from error

    @contextmanager
    def unlisted(self) -> Generator[None, None, None]:
        """Take what is made meanwhile off moto's lists, or it would never be freed."""
        kinds: list[Any] = [self._types.Item, self._tables.Table]
        listed = [(kind, len(kind.instances_tracked)) for kind in kinds]
        try:
            yield
        finally:
            for kind, length in listed:
                del kind.instances_tracked[length:]


def engine_of(account: Account) -> Engine:
    """Return the engine of an account, made when it is first asked for.

    Raises:
        ImportError: moto is not installed, or too old.
    """
    engine: Engine | None = account.features.get("items")
    if engine is None:
        engine = account.features["items"] = Engine(account.region, ACCOUNT_ID)
    return engine


def _module(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        message = "the simulation keeps items with moto, which cannot be imported:"
        message += f' {error}; pip install "dynawait[testing]"'
        raise ImportError(message, name=error.name) from error


def _fault(refusal: Any) -> ServiceFault:
    code = str(refusal.error_type).rpartition("#")[2]
    # moto writes this prefix also where the service does not.
    text = re.sub(
        "^1 validation error detected: (?=Invalid |Value provided )",
        "",
        str(refusal.message),
    )
    return ServiceFault(code, text)


def _method(operation: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()
