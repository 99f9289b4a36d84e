"""What the tests of the simulation share: requests, and a plane moved by hand."""

from __future__ import annotations

from typing import Any

from dynawait.testing import ControlPlane, Durations, ServiceFault

ON_DEMAND: dict[str, Any] = {"BillingMode": "PAY_PER_REQUEST"}


def throughput(read: int, write: int) -> dict[str, Any]:
    """Return the member for provisioned capacity."""
    return {
        "ProvisionedThroughput": {
            "ReadCapacityUnits": read,
            "WriteCapacityUnits": write,
        }
    }


def key(name: str) -> list[dict[str, str]]:
    """Return a key schema of one attribute."""
    return [{"AttributeName": name, "KeyType": "HASH"}]


def attributes(*names: str) -> list[dict[str, str]]:
    """Return definitions of string attributes."""
    return [{"AttributeName": name, "AttributeType": "S"} for name in names]


def index(name: str, attribute: str, **more: object) -> dict[str, Any]:
    """Return the definition of an index on one attribute."""
    return {
        "IndexName": name,
        "KeySchema": key(attribute),
        "Projection": {"ProjectionType": "ALL"},
        **more,
    }


def table(name: str = "orders", **more: Any) -> dict[str, Any]:
    """Return a CreateTable, on demand unless it has throughput."""
    request = {
        "TableName": name,
        "KeySchema": key("pk"),
        "AttributeDefinitions": attributes("pk"),
        **more,
    }
    return request if "ProvisionedThroughput" in more else request | ON_DEMAND


def indexed_table(name: str = "orders", **more: Any) -> dict[str, Any]:
    """Return a CreateTable with the index by-email."""
    more.setdefault("GlobalSecondaryIndexes", [index("by-email", "email")])
    return table(name, AttributeDefinitions=attributes("pk", "email"), **more)


def create_index(name: str = "by-day", attribute: str = "day", **more: object) -> Any:
    """Return an UpdateTable that creates an index."""
    return {
        "AttributeDefinitions": attributes(attribute),
        "GlobalSecondaryIndexUpdates": [
            {"Create": index(name, attribute, **more)},
        ],
    }


def delete_index(name: str) -> dict[str, Any]:
    """Return an UpdateTable that deletes an index."""
    return {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": name}}]}


def update_index(name: str, read: int, write: int) -> dict[str, Any]:
    """Return an UpdateTable that changes the throughput of an index."""
    update = {"IndexName": name, **throughput(read, write)}
    return {"GlobalSecondaryIndexUpdates": [{"Update": update}]}


class Plane:
    """A control plane and its clock."""

    def __init__(self, durations: Durations | None = None) -> None:
        """Start at 0, without tables."""
        self.time = 0.0
        self.plane = ControlPlane(lambda: self.time, durations)

    def create(self, request: dict[str, Any], *, wait: float = 60.0) -> None:
        """Create a table and let some seconds pass."""
        self.plane.handle("CreateTable", request)
        self.time += wait

    def update(self, **request: Any) -> dict[str, Any]:
        """Update the table and return the description in the response."""
        response = self.plane.handle("UpdateTable", {"TableName": "orders", **request})
        description: dict[str, Any] = response["TableDescription"]
        return description

    def delete(self) -> dict[str, Any]:
        """Delete the table and return the response."""
        return self.plane.handle("DeleteTable", {"TableName": "orders"})

    def look(self, name: str = "orders", *, age: float = 0.0) -> dict[str, Any]:
        """Return what DescribeTable says."""
        response = self.plane.handle("DescribeTable", {"TableName": name}, age=age)
        description: dict[str, Any] = response["Table"]
        return description

    def status(self) -> str:
        """Return the table's status."""
        return str(self.look()["TableStatus"])

    def index(self, name: str) -> tuple[str, bool | None] | None:
        """Return status and Backfilling of an index; None where there is none."""
        for found in self.look().get("GlobalSecondaryIndexes", ()):
            if found["IndexName"] == name:
                return found["IndexStatus"], found.get("Backfilling")
        return None

    def refusal(self, operation: str = "UpdateTable", **request: Any) -> str:
        """Return the code and the text with which the plane refuses."""
        try:
            self.plane.handle(operation, {"TableName": "orders", **request})
        except ServiceFault as fault:
            return str(fault)
        return "accepted"


IN_USE = "ResourceInUseException: Attempt to change a resource which is still in use: "
ONE_INDEX = (
    "LimitExceededException: Subscriber limit exceeded: Only 1 online index can be "
    "created or deleted simultaneously per table"
)
INVALID = "ValidationException: One or more parameter values were invalid: "
STREAM: dict[str, Any] = {
    "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
}
NO_STREAM: dict[str, Any] = {"StreamSpecification": {"StreamEnabled": False}}
COLD: dict[str, Any] = {"TableClass": "STANDARD_INFREQUENT_ACCESS"}
KEYED: dict[str, Any] = {"SSESpecification": {"Enabled": True, "SSEType": "KMS"}}
PROTECTED: dict[str, Any] = {"DeletionProtectionEnabled": True}


def provisioned() -> Plane:
    """Return a plane with a provisioned table and an index, both at 5/5."""
    plane = Plane()
    indexes = [index("by-email", "email", **throughput(5, 5))]
    plane.create(indexed_table(GlobalSecondaryIndexes=indexes, **throughput(5, 5)))
    return plane


ALLOCATING = create_index(**throughput(1, 1))
