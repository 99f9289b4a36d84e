"""Vector indexes: their two phases, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulation.support import (
    IN_USE,
    INVALID,
    ONE_INDEX,
    STREAM,
    Plane,
    attributes,
    create_index,
    delete_index,
    index,
    indexed_table,
    table,
    throughput,
)


def vector(name: str = "by-look", **more: Any) -> dict[str, Any]:
    """Return the definition of a vector index."""
    return {
        "IndexName": name,
        "VectorAttribute": {"AttributeName": "look"},
        "Projection": {"ProjectionType": "KEYS_ONLY"},
        "Dimensions": 3,
        "DistanceFunction": "COSINE",
        **more,
    }


def create(name: str = "by-look", **more: Any) -> dict[str, Any]:
    """Return an UpdateTable that creates a vector index."""
    return {"VectorIndexUpdates": [{"Create": vector(name, **more)}]}


def delete(name: str = "by-look") -> dict[str, Any]:
    """Return an UpdateTable that deletes a vector index."""
    return {"VectorIndexUpdates": [{"Delete": {"IndexName": name}}]}


def state(plane: Plane, name: str = "by-look") -> tuple[str, bool | None] | None:
    """Return status and Backfilling of a vector index; None where there is none."""
    for found in plane.look().get("VectorIndexes", ()):
        if found["IndexName"] == name:
            return found["IndexStatus"], found.get("Backfilling")
    return None


def with_vector(**more: Any) -> Plane:
    """Return a plane with a table that has a vector index."""
    plane = Plane()
    plane.create(table(VectorIndexes=[vector()], **more))
    return plane


TENANT = [{"AttributeName": "tenant", "SearchSchemaElementType": "HASH"}]


def test_a_vector_index_has_the_phases_of_an_index() -> None:
    """Allocated with the table UPDATING, filled for long however little there is."""
    plane = Plane()
    plane.create(table())
    response = plane.update(**create())
    assert response["TableStatus"] == "UPDATING"
    assert state(plane) == ("CREATING", False)
    plane.time += 40
    assert (plane.status(), state(plane)) == ("ACTIVE", ("CREATING", True))
    plane.time += 999
    assert state(plane) == ("CREATING", True)
    plane.time += 1
    assert state(plane) == ("ACTIVE", None)
    plane.update(**delete())
    assert (plane.status(), state(plane)) == ("UPDATING", ("DELETING", None))
    plane.time += 4
    assert "VectorIndexes" not in plane.look()


def test_a_vector_index_comes_with_its_table() -> None:
    """It settles with the table and never shows Backfilling."""
    plane = Plane()
    plane.create(table(VectorIndexes=[vector()]), wait=1)
    assert state(plane) == ("CREATING", None)
    plane.time += 60
    found = plane.look()["VectorIndexes"][0]
    assert found["IndexStatus"] == "ACTIVE"
    assert found["IndexArn"].endswith("table/orders/index/by-look")
    assert found["Dimensions"] == 3


def test_both_families_share_one_online_index() -> None:
    """One creation or deletion at a time, of whichever family, in one call or two."""
    plane = Plane()
    plane.create(indexed_table())
    assert plane.refusal(**create_index(), **create()) == ONE_INDEX
    both: dict[str, Any] = {"VectorIndexUpdates": [*create()["VectorIndexUpdates"]] * 2}
    assert plane.refusal(**both) == ONE_INDEX
    plane.update(**create())
    assert plane.refusal(**create_index()) == ONE_INDEX
    assert plane.refusal(**delete_index("by-email")) == ONE_INDEX
    phase = "Index creation is in resource allocation phase. Retry deletion during"
    assert plane.refusal(**delete()).startswith(f"{IN_USE}{phase}")
    plane.time += 41
    assert plane.refusal(**create("by-other")) == ONE_INDEX
    assert plane.refusal(**delete()) == "accepted"


def test_search_attributes_are_defined_and_pruned() -> None:
    """They must be in the very request, and go with the last index that uses them."""
    plane = Plane()
    plane.create(table())
    undefined = (
        f"{INVALID}One element in SearchSchema is not defined in attribute definitions"
    )
    assert plane.refusal(**create(SearchSchema=TENANT)) == undefined
    defined = {"AttributeDefinitions": attributes("tenant", "spare")}
    plane.update(**create(SearchSchema=TENANT), **defined)
    plane.time += 1_100
    names = [item["AttributeName"] for item in plane.look()["AttributeDefinitions"]]
    assert names == ["pk", "tenant"]
    plane.update(**delete())
    plane.time += 10
    names = [item["AttributeName"] for item in plane.look()["AttributeDefinitions"]]
    assert names == ["pk"]


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (
            create("by-more", Dimensions=4),
            (
                "Conflicting attribute definition for 'look'. All VectorIndexes on the "
                "same vector attribute must use the same dimensions."
            ),
        ),
        (
            create("by-more", Dimensions=4_097),
            "Number of dimensions must be between 1 and 4096 inclusive.",
        ),
        (
            create("by-more") | {"AttributeDefinitions": attributes("look")},
            (
                "Conflicting attribute definition for 'look'. An attribute cannot be "
                "defined in AttributeDefinitions when used as a VectorAttribute."
            ),
        ),
        (
            {
                "VectorIndexUpdates": [
                    create()["VectorIndexUpdates"][0]
                    | delete()["VectorIndexUpdates"][0]
                ]
            },
            "Only one vector index action is allowed per VectorIndexUpdate object",
        ),
        (
            {"VectorIndexUpdates": [{}]},
            (
                "One of VectorIndexUpdate.Create, VectorIndexUpdate.Delete must not be "
                "null"
            ),
        ),
        (
            {"VectorIndexUpdates": []},
            "List of VectorIndexUpdates is empty",
        ),
        (
            {"BillingMode": "PROVISIONED"} | throughput(1, 1),
            "Tables with vector indexes must be in PAY_PER_REQUEST mode",
        ),
        (
            {"BillingMode": "PROVISIONED"} | throughput(1, 1) | delete(),
            "Tables with vector indexes must be in PAY_PER_REQUEST mode",
        ),
        (
            create("by-more") | STREAM,
            "You cannot create or delete index while changing stream status",
        ),
        (
            create_index("by-day", "look"),
            (
                "Attributes cannot be redefined. Please check that your attribute has "
                "the same type as previously defined. Existing schema: "
                "VectorIndexSchema:[VectorAttribute: key{look:L:3}] New schema: "
                "Schema:[SchemaElement: key{look:S:HASH}]"
            ),
        ),
    ],
)
def test_vector_updates_are_checked(request_: dict[str, Any], expected: str) -> None:
    """What a table with a vector index refuses, in AWS's words."""
    assert with_vector().refusal(**request_) == INVALID + expected


def test_names_are_shared_by_all_indexes() -> None:
    """No two indexes have one name, of whatever family."""
    taken = "ValidationException: Attempting to create an index which already exists"
    plane = with_vector()
    assert plane.refusal(**create()) == taken
    assert plane.refusal(**create_index("by-look", "day")) == taken
    missing = (
        "ResourceNotFoundException: Requested resource not found: Index ghost for "
        "table orders"
    )
    assert plane.refusal(**delete("ghost")) == missing
    both = indexed_table("others", VectorIndexes=[vector("by-email")])
    assert plane.refusal("CreateTable", **both) == (
        f"{INVALID}Duplicate index name: by-email"
    )


def test_vector_indexes_are_for_on_demand_tables() -> None:
    """At creation and later; and five of them are the most."""
    only = f"{INVALID}Vector indexes are only supported for PAY_PER_REQUEST tables"
    plane = Plane()
    request = table(VectorIndexes=[vector()], **throughput(1, 1))
    assert plane.refusal("CreateTable", **request) == only
    plane.create(table(**throughput(1, 1)))
    assert plane.refusal(**create()) == only
    six = [vector(f"by-look-{number}") for number in range(6)]
    count = f"{INVALID}VectorIndex count exceeds the per-table limit of 5"
    assert plane.refusal("CreateTable", **table("others", VectorIndexes=six)) == count
    plane.create(table("others", VectorIndexes=six[:5]))
    assert plane.refusal(TableName="others", **create("by-look-9")) == count


def test_a_new_table_defines_what_its_vectors_search() -> None:
    """The attribute definitions are exact: search attributes in, vectors out."""
    plane = Plane()
    searching = vector(SearchSchema=TENANT)
    plane.create(
        table(
            AttributeDefinitions=attributes("pk", "tenant"), VectorIndexes=[searching]
        )
    )
    request = table("others", VectorIndexes=[searching])
    assert plane.refusal("CreateTable", **request).endswith(
        "One element in SearchSchema is not defined in attribute definitions"
    )
    request = table(
        "others",
        AttributeDefinitions=attributes("pk", "look"),
        VectorIndexes=[vector()],
    )
    assert "when used as a VectorAttribute" in plane.refusal("CreateTable", **request)
    plane.update(**create_index("by-tenant", "tenant"))
    assert plane.index("by-tenant") == ("CREATING", False)


def test_an_index_and_a_vector_index_may_use_one_attribute() -> None:
    """The attribute stays while either of them is left."""
    plane = Plane()
    plane.create(
        table(
            AttributeDefinitions=attributes("pk", "tenant"),
            GlobalSecondaryIndexes=[index("by-tenant", "tenant")],
            VectorIndexes=[vector(SearchSchema=TENANT)],
        )
    )
    plane.update(**delete_index("by-tenant"))
    plane.time += 10
    names = [item["AttributeName"] for item in plane.look()["AttributeDefinitions"]]
    assert names == ["pk", "tenant"]
