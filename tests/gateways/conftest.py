"""The faces that the scenarios run through."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from tests.gateways.faces import FACES, own_threads, service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dynawait.testing import SimulatedDynamoDB
    from tests.gateways.faces import Face


@pytest.fixture
def dynamodb() -> SimulatedDynamoDB:
    """Return a simulated DynamoDB without tables."""
    return service()


@pytest.fixture(params=FACES)
def face(request: pytest.FixtureRequest, dynamodb: SimulatedDynamoDB) -> Iterator[Face]:
    """Return each way to run the library in turn; no thread may be left."""
    before = threading.enumerate()
    yield FACES[request.param](dynamodb)
    for thread in threading.enumerate():
        if thread.name == "dynawait":  # it has delivered, and is about to end
            thread.join(1)
    assert not own_threads(before)
