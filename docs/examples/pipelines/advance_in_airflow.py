"""A deferrable operator for Airflow: no worker is busy while a change takes days.

The turns are taken in the triggerer, where thousands of triggers share a process. When
that is restarted, the trigger begins anew, and the table itself says what is left.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from aiobotocore.session import get_session
from airflow.exceptions import AirflowException
from airflow.models import BaseOperator
from airflow.triggers.base import BaseTrigger, TriggerEvent

from dynawait import advance
from dynawait.errors import DynawaitError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import timedelta

PAUSE = 60.0  # seconds between two turns, at least


class ChangeTrigger(BaseTrigger):
    """Takes turns of a change until it is finished, or can never be."""

    def __init__(self, request: dict[str, Any], region: str | None = None) -> None:
        """Take the parameters of UpdateTable, as JSON can hold them."""
        super().__init__()
        self.request = request
        self.region = region

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return what the triggerer makes this from."""
        path = f"{type(self).__module__}.{type(self).__qualname__}"
        return path, {"request": self.request, "region": self.region}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Take the turns, and say how it ended."""
        table = self.request["TableName"]
        session = get_session()
        async with session.create_client("dynamodb", region_name=self.region) as client:
            while True:
                try:
                    turn = await advance(client, table, self.request)
                except DynawaitError as error:
                    yield TriggerEvent({"table": table, "error": str(error)})
                    return
                if turn.finished:
                    yield TriggerEvent({"table": table, "error": None})
                    return
                await asyncio.sleep(max(PAUSE, turn.retry_after or 0))


class ChangeTableOperator(BaseOperator):
    """Changes a table; the request may hold more than one call of UpdateTable can."""

    template_fields = ("request", "region")

    def __init__(
        self,
        *,
        request: dict[str, Any],
        region: str | None = None,
        patience: timedelta | None = None,
        **options: Any,
    ) -> None:
        """Take the request, and for how long to wait at most."""
        super().__init__(**options)
        self.request = request
        self.region = region
        self.patience = patience

    def execute(self, context: Any) -> None:  # noqa: ARG002 - Airflow's signature
        """Leave the worker, and let the trigger do it."""
        self.defer(
            trigger=ChangeTrigger(self.request, self.region),
            method_name="execute_complete",
            timeout=self.patience,
        )

    def execute_complete(self, context: Any, event: dict[str, Any]) -> str:  # noqa: ARG002 - Airflow's signature
        """Return the name of the table, or fail as the change did."""
        if event["error"] is not None:
            raise AirflowException(event["error"])
        return str(event["table"])
