"""What gateways draw is their own."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from dynawait._core.board import Board
from dynawait._gateways.aio import AsyncGateway
from dynawait._gateways.blocking import BlockingGateway

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dynawait._core.gateway import Gateway


async def unsent(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """Send nothing."""
    raise AssertionError(operation, parameters)


def test_a_program_that_seeds_random_gets_what_it_asked_for() -> None:
    """Also beside the threads in which the blocking face renews its locks."""
    before = random.getstate()
    board = Board()
    gateways: list[Gateway] = [
        BlockingGateway(object(), board),
        AsyncGateway(object(), board, unsent),
    ]
    for gateway in gateways:
        drawn = [gateway.jitter(3.0) for _ in range(1000)]
        assert 0 <= min(drawn) < 0.5
        assert 2.5 < max(drawn) <= 3
    assert random.getstate() == before
