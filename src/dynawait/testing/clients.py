"""A simulated DynamoDB in memory, and clients for it that look like boto3's."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from .client_errors import ClientExceptions, deliver
from .clock import VirtualClock
from .model import ControlPlane, Durations, Limits
from .service import HOME_REGION, Call, Service

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime

    from .faults import Faults


def _snake(operation: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()


METHODS: Mapping[str, str] = {_snake(name): name for name in ControlPlane.operations}


@dataclass(frozen=True, slots=True)
class ServiceModel:
    """What a client's ``meta.service_model`` tells."""

    service_name: str = "dynamodb"


@dataclass(frozen=True, slots=True)
class ClientMeta:
    """What a client's ``meta`` tells."""

    region_name: str
    service_model: ServiceModel = field(default_factory=ServiceModel)
    endpoint_url: str = "https://dynamodb.us-east-1.amazonaws.com"


class SimulatedDynamoDB:
    """A DynamoDB in memory whose time is virtual.

    ::

        from dynawait.testing import Durations, SimulatedDynamoDB

        dynamodb = SimulatedDynamoDB(durations=Durations(table_create=60))
        client = dynamodb.client()
        client.create_table(
            TableName="orders",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        assert dynamodb.tables["orders"]["TableStatus"] == "CREATING"
        dynamodb.clock.advance(60)
        assert dynamodb.tables["orders"]["TableStatus"] == "ACTIVE"
        assert [call.operation for call in dynamodb.calls] == ["CreateTable"]

    Attributes:
        clock: its time, which moves on when everybody waits, and by hand.
    """

    def __init__(
        self,
        *,
        seed: int = 0,
        durations: Durations | None = None,
        faults: Faults | None = None,
        start: datetime | None = None,
        limits: Limits | None = None,
    ) -> None:
        """Start without tables.

        Args:
            seed: where the faults' chance comes from.
            durations: how long transitions last; as on AWS where None.
            faults: what goes wrong; nothing where None.
            start: the moment at which the clock tells 0, with a time zone.
            limits: how much may be done at a time, and how often; AWS's, without
                rates, where None.
        """
        self.clock: VirtualClock = VirtualClock(start)
        self.__dynawait_service__: Service = Service(
            self.clock.now,
            seed=seed,
            durations=durations,
            faults=faults,
            start=start,
            limits=limits,
        )

    @property
    def calls(self) -> list[Call]:
        """Every call that was made, in order of arrival."""
        return self.__dynawait_service__.calls

    @property
    def faults(self) -> Faults:
        """What goes wrong; may be replaced at any time."""
        return self.__dynawait_service__.faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        self.__dynawait_service__.faults = faults

    @property
    def tables(self) -> dict[str, dict[str, Any]]:
        """The descriptions of all tables, by name, as they are now."""
        return self.__dynawait_service__.examine(
            lambda planes: planes[HOME_REGION].describe_all()
        )

    @property
    def plane(self) -> ControlPlane:
        """The control plane, to provoke what happens to tables from outside."""
        return self.__dynawait_service__.plane

    @property
    def region(self) -> str:
        """The Region in its ARNs."""
        return self.__dynawait_service__.plane.region

    def client(self) -> SimulatedClient:
        """Return a blocking client, like boto3's."""
        return SimulatedClient(self.__dynawait_service__, self.clock)

    def async_client(self) -> SimulatedAsyncClient:
        """Return an asynchronous client, like aiobotocore's."""
        return SimulatedAsyncClient(self.__dynawait_service__, self.clock)


class SimulatedClient:
    """A blocking client: its methods are boto3's, as far as the model answers them.

    Attributes:
        meta: the Region and the service's name.
        exceptions: the error classes.
    """

    def __init__(self, service: Service, clock: VirtualClock) -> None:
        """Take the service to talk to, and the clock that its calls take time on."""
        self._service = service
        self.__dynawait_clock__ = clock
        self.meta: ClientMeta = ClientMeta(service.plane.region)
        self.exceptions: ClientExceptions = ClientExceptions()

    def __getattr__(self, name: str) -> Callable[..., dict[str, Any]]:
        """Return the method of an operation."""
        operation = operation_of(self, name)

        def call(**parameters: object) -> dict[str, Any]:
            return self._call(operation, parameters)

        call.__name__ = call.__qualname__ = name
        return call

    def describe_table(self, **parameters: Any) -> dict[str, Any]:
        """Describe a table; by this method type checkers know the client."""
        return self._call("DescribeTable", parameters)

    def _call(self, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        attempt = self._service.begin(operation, parameters)
        self.__dynawait_clock__.pause(attempt.outward, _never)
        attempt.arrive()
        self.__dynawait_clock__.pause(attempt.homeward, _never)
        return deliver(attempt)

    def close(self) -> None:
        """Close nothing: a boto3 client that was closed connects anew."""


class SimulatedAsyncClient:
    """An asynchronous client: its methods are aiobotocore's, on asyncio or trio.

    Attributes:
        meta: the Region and the service's name.
        exceptions: the error classes.
    """

    def __init__(self, service: Service, clock: VirtualClock) -> None:
        """Take the service to talk to, and the clock that its calls take time on."""
        self._service = service
        self._closed = False
        self.__dynawait_clock__ = clock
        self.meta: ClientMeta = ClientMeta(service.plane.region)
        self.exceptions: ClientExceptions = ClientExceptions()

    def __getattr__(self, name: str) -> Callable[..., Awaitable[dict[str, Any]]]:
        """Return the method of an operation."""
        operation = operation_of(self, name)

        async def call(**parameters: object) -> dict[str, Any]:
            return await self._call(operation, parameters)

        call.__name__ = call.__qualname__ = name
        return call

    async def describe_table(self, **parameters: Any) -> dict[str, Any]:
        """Describe a table; by this method type checkers know the client."""
        return await self._call("DescribeTable", parameters)

    async def _call(
        self, operation: str, parameters: Mapping[str, Any]
    ) -> dict[str, Any]:
        if self._closed:
            message = "Session is closed: the client was closed before this call"
            raise RuntimeError(message)
        attempt = self._service.begin(operation, parameters)
        await self.__dynawait_clock__.rest(attempt.outward, _never)
        attempt.arrive()
        await self.__dynawait_clock__.rest(attempt.homeward, _never)
        return deliver(attempt)

    async def close(self) -> None:
        """Close the client: calls that come later fail."""
        self._closed = True

    async def __aenter__(self) -> Self:
        """Return the client, as aiobotocore's context manager does."""
        return self

    async def __aexit__(self, *_exception: object) -> None:
        """Close the client."""
        await self.close()


def operation_of(client: object, method: str) -> str:
    """Return the operation behind a method's name.

    Raises:
        AttributeError: the simulation does not answer it.
    """
    operation = METHODS.get(method)
    if operation is None:
        message = f"{type(client).__name__!r} object has no attribute {method!r}; the"
        message += f" simulation answers {', '.join(sorted(METHODS))}"
        raise AttributeError(message)
    return operation


def _never() -> bool:
    return False
