"""What the account may do, and where."""

from __future__ import annotations

from dynawait.testing import ControlPlane
from tests.simulation.samples import Desk


def test_limits_are_those_of_a_new_account() -> None:
    """The quotas are the initial ones; they are no measure of what is left."""
    assert Desk().ask("DescribeLimits") == {
        "AccountMaxReadCapacityUnits": 80_000,
        "AccountMaxWriteCapacityUnits": 80_000,
        "TableMaxReadCapacityUnits": 40_000,
        "TableMaxWriteCapacityUnits": 40_000,
    }


def test_the_endpoint_is_that_of_the_region() -> None:
    """DescribeEndpoints names the Region of the plane."""
    plane = ControlPlane(lambda: 0.0, region="eu-west-1")
    (endpoint,) = plane.handle("DescribeEndpoints", {})["Endpoints"]
    assert endpoint == {
        "Address": "dynamodb.eu-west-1.amazonaws.com",
        "CachePeriodInMinutes": 1440,
    }
