"""The example for Airflow, on a stub of the four classes that it takes from there."""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
from contextlib import asynccontextmanager
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.docs.pipelines import INDEXES, indexes_of, world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Deferred(Exception):  # noqa: N818 - Airflow's is called TaskDeferred
    """What the stub of an operator raises when it leaves its worker."""


@pytest.fixture
def airflow(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give the example, on a stub of Airflow's base classes."""

    class BaseOperator:
        def __init__(self, **options: Any) -> None:
            self.options = options

        def defer(self, **facts: Any) -> None:
            raise Deferred(facts)

    class TriggerEvent:
        def __init__(self, payload: Any) -> None:
            self.payload = json.loads(json.dumps(payload))

    stubs: dict[str, dict[str, Any]] = {
        "airflow": {},
        "airflow.exceptions": {
            "AirflowException": type("AirflowError", (Exception,), {})
        },
        "airflow.models": {"BaseOperator": BaseOperator},
        "airflow.triggers": {},
        "airflow.triggers.base": {
            "BaseTrigger": type("BaseTrigger", (), {}),
            "TriggerEvent": TriggerEvent,
        },
    }
    for name, members in stubs.items():
        module = ModuleType(name)
        vars(module).update(members)
        monkeypatch.setitem(sys.modules, name, module)
    name = "docs.examples.pipelines.advance_in_airflow"
    monkeypatch.delitem(sys.modules, name, raising=False)
    module = importlib.import_module(name)
    monkeypatch.delitem(sys.modules, name)
    return module


def triggered(
    airflow: Any, request: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> tuple[Any, Any]:
    """Run the operator, its trigger as the triggerer makes it, and the operator again.

    Returns:
        What the operator returns, and a client of the DynamoDB.
    """
    dynamodb, client = world()

    @asynccontextmanager
    async def create_client(service: str, region_name: str) -> AsyncIterator[Any]:
        assert (service, region_name) == ("dynamodb", "eu-west-1")
        yield dynamodb.async_client()

    async def sleep(seconds: float) -> None:
        client.__dynawait_clock__.advance(seconds)

    session = SimpleNamespace(create_client=create_client)
    monkeypatch.setattr(airflow, "get_session", lambda: session)
    monkeypatch.setattr(airflow, "asyncio", SimpleNamespace(sleep=sleep))
    operator = airflow.ChangeTableOperator(
        task_id="indexes", request=request, region="eu-west-1"
    )
    with pytest.raises(Deferred) as deferred:
        operator.execute({})
    (facts,) = deferred.value.args
    path, arguments = facts["trigger"].serialize()
    assert path == f"{airflow.__name__}.ChangeTrigger"
    trigger = airflow.ChangeTrigger(**json.loads(json.dumps(arguments)))

    async def run() -> list[Any]:
        return [event.payload async for event in trigger.run()]

    (payload,) = asyncio.run(run())
    return getattr(operator, facts["method_name"])({}, event=payload), client


def test_an_operator_carries_the_change(
    airflow: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It leaves its worker, the trigger takes the turns, and it comes back."""
    request = {"TableName": "orders", **yaml.safe_load(INDEXES.read_text("utf-8"))}
    answer, client = triggered(airflow, request, monkeypatch)
    assert answer == "orders"
    assert indexes_of(client) == ["by-day"]


def test_an_operator_fails_as_its_change(
    airflow: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its text, which the log of the task then shows."""
    request = {"TableName": "customers", "BillingMode": "PAY_PER_REQUEST"}
    error = sys.modules["airflow.exceptions"].AirflowException
    with pytest.raises(error, match="customers"):
        triggered(airflow, request, monkeypatch)
