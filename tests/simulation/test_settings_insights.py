"""Contributor insights of tables and indexes."""

from __future__ import annotations

from typing import Any

from dynawait.testing import Ending
from tests.simulation.samples import ORDERS, Desk
from tests.simulation.support import (
    create_index,
    delete_index,
    index,
    indexed_table,
    key,
    table,
)

UPDATE = "UpdateContributorInsights"
DESCRIBE = "DescribeContributorInsights"
LIST = "ListContributorInsights"
NOT_FOUND = "ResourceNotFoundException: Requested resource not found:"
NOT_VALID = (
    "ValidationException: Table or Index is not in a valid state to update Key Access "
    "Insights:"
)


def switch(on: str = "ENABLE", name: str = "orders", **more: str) -> dict[str, str]:
    """Return an UpdateContributorInsights."""
    return {"TableName": name, "ContributorInsightsAction": on, **more}


def status(desk: Desk, **more: str) -> str:
    """Return the status of the insights."""
    response = desk.ask(DESCRIBE, **ORDERS, **more)
    return str(response["ContributorInsightsStatus"])


def listed(desk: Desk, **more: Any) -> list[tuple[str, str]]:
    """Return name and status of what is listed."""
    return [
        (one.get("IndexName", one["TableName"]), one["ContributorInsightsStatus"])
        for one in desk.ask(LIST, **more)["ContributorInsightsSummaries"]
    ]


def indexed_desk() -> Desk:
    """Return a plane with a table and an index that have been ACTIVE for a while."""
    desk = Desk()
    desk.create(indexed_table())
    return desk


def test_insights_are_switched_in_seconds() -> None:
    """ENABLING, ENABLED, DISABLING, DISABLED; what is so already is answered as it is,
    and mode and time of the last change stay behind.
    """
    desk = indexed_desk()
    fresh = {"TableName": "orders", "ContributorInsightsStatus": "DISABLED"}
    assert desk.ask(DESCRIBE, **ORDERS) == fresh
    assert desk.ask(UPDATE, **switch("DISABLE")) == fresh
    response = desk.ask(UPDATE, **switch())
    assert response["ContributorInsightsStatus"] == "ENABLING"
    assert response["ContributorInsightsMode"] == "ACCESSED_AND_THROTTLED_KEYS"
    desk.wait(2)
    enabled = desk.ask(DESCRIBE, **ORDERS)
    assert enabled["ContributorInsightsStatus"] == "ENABLED"
    assert enabled["ContributorInsightsRuleList"] == [
        "DynamoDBContributorInsights-PKC-orders-1767225660000",
        "DynamoDBContributorInsights-PKT-orders-1767225660000",
    ]
    again = desk.ask(UPDATE, **switch())
    assert again["ContributorInsightsStatus"] == "ENABLED"
    response = desk.ask(UPDATE, **switch("DISABLE"))
    assert response["ContributorInsightsStatus"] == "DISABLING"
    desk.wait(2)
    disabled = desk.ask(DESCRIBE, **ORDERS)
    assert disabled["ContributorInsightsStatus"] == "DISABLED"
    assert set(disabled) - set(fresh) == {
        "ContributorInsightsMode",
        "LastUpdateDateTime",
    }


def test_a_mode_is_changed_by_enabling_again() -> None:
    """It is ENABLING anew, and has the rules of its mode, with the names they had."""
    desk = indexed_desk()
    desk.ask(UPDATE, **switch())
    desk.wait(10)
    desk.ask(UPDATE, **switch(ContributorInsightsMode="THROTTLED_KEYS"))
    assert status(desk) == "ENABLING"
    desk.wait(2)
    rules = desk.ask(DESCRIBE, **ORDERS)["ContributorInsightsRuleList"]
    assert rules == ["DynamoDBContributorInsights-PKT-orders-1767225660000"]


def test_an_index_has_insights_of_its_own() -> None:
    """Those of the table do not show on it; what is no index is not found."""
    desk = indexed_desk()
    named = {"IndexName": "by-email"}
    desk.ask(UPDATE, **switch(**named))
    desk.wait(2)
    assert (status(desk), status(desk, **named)) == ("DISABLED", "ENABLED")
    missing = f"{NOT_FOUND} Index: absent not found for table: orders"
    assert desk.refused(DESCRIBE, **ORDERS, IndexName="absent") == missing
    assert desk.refused(UPDATE, **switch(IndexName="absent")) == missing


def test_an_index_that_builds_is_not_ready() -> None:
    """While it is allocated it is not found, while it backfills it is not valid."""
    desk = indexed_desk()
    desk.update(**create_index())
    named = {"IndexName": "by-day"}
    missing = f"{NOT_FOUND} Index: by-day not found for table: orders"
    assert desk.refused(UPDATE, **switch(**named)) == missing
    desk.wait(41)
    expected = "IndexStatus must be ACTIVE to enable ContributorInsights."
    assert desk.refused(UPDATE, **switch(**named)) == f"{NOT_VALID} {expected}"
    assert status(desk, **named) == "DISABLED"
    desk.wait(600)
    desk.ask(UPDATE, **switch(**named))


def test_insights_go_with_their_index() -> None:
    """Deleting it needs no disable, and another of its name starts afresh."""
    desk = indexed_desk()
    named = {"IndexName": "by-email"}
    desk.ask(UPDATE, **switch(**named))
    desk.wait(2)
    desk.update(**delete_index("by-email"))
    assert status(desk, **named) == "ENABLED"
    desk.wait(5)
    assert desk.refused(DESCRIBE, **ORDERS, **named).startswith(NOT_FOUND)
    assert listed(desk) == []
    desk.update(**create_index("by-email", "email"))
    desk.wait(600)
    assert status(desk, **named) == "DISABLED"


def test_a_table_that_is_new_is_not_ready() -> None:
    """First it is not found, then not valid; a describe says DISABLED."""
    desk = Desk()
    desk.create(table(), wait=0)
    missing = f"{NOT_FOUND} Table: orders not found"
    assert desk.refused(UPDATE, **switch()) == missing
    assert desk.refused(LIST, **ORDERS) == missing
    desk.wait(2.1)
    expected = "TableStatus must be ACTIVE to enable ContributorInsights."
    assert desk.refused(UPDATE, **switch()) == f"{NOT_VALID} {expected}"
    assert status(desk) == "DISABLED"


def test_failed_insights_stay_failed() -> None:
    """They have AWS's reason until they are disabled or enabled with success."""
    desk = indexed_desk()
    reason = "AccessDeniedException: not allowed to make rules"
    desk.plane.arrange("insights", Ending("FAILED", reason), name="orders")
    assert desk.ask(UPDATE, **switch())["ContributorInsightsStatus"] == "ENABLING"
    desk.wait(2)
    failed = desk.ask(DESCRIBE, **ORDERS)
    assert failed["ContributorInsightsStatus"] == "FAILED"
    assert failed["FailureException"] == {
        "ExceptionName": "AccessDeniedException",
        "ExceptionDescription": "not allowed to make rules",
    }
    assert "ContributorInsightsRuleList" not in failed
    desk.wait(1_000)
    assert status(desk) == "FAILED"
    assert listed(desk) == [("orders", "FAILED")]
    desk.ask(UPDATE, **switch("DISABLE"))
    assert "FailureException" in desk.ask(DESCRIBE, **ORDERS)
    desk.wait(2)
    assert "FailureException" not in desk.ask(DESCRIBE, **ORDERS)
    desk.ask(UPDATE, **switch())
    desk.wait(2)
    assert status(desk) == "ENABLED"


def test_the_account_has_a_hundred_rules() -> None:
    """A table with a sort key takes four: the 26th is accepted and fails; with rules
    freed it can be enabled.
    """
    desk = Desk()
    ranged = [*key("pk"), {"AttributeName": "sk", "KeyType": "RANGE"}]
    definitions = [
        {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")
    ]
    names = [f"table-{number:02}" for number in range(26)]
    for name in names:
        request = table(name, KeySchema=ranged, AttributeDefinitions=definitions)
        desk.create(request, wait=10)
        desk.ask(UPDATE, **switch(name=name))
    desk.wait(2)
    last = desk.ask(DESCRIBE, TableName=names[-1])
    assert last["FailureException"]["ExceptionName"] == "LimitExceededException"
    description = last["FailureException"]["ExceptionDescription"]
    assert "rule limit reached" in description
    desk.ask(UPDATE, **switch("DISABLE", names[0]))
    desk.wait(2)
    desk.ask(UPDATE, **switch(name=names[-1]))
    desk.wait(2)
    last = desk.ask(DESCRIBE, TableName=names[-1])
    assert last["ContributorInsightsStatus"] == "ENABLED"


def test_pages_may_be_empty() -> None:
    """The list of the account is cut before what is DISABLED is left out; that of a
    table is not. What is no token is refused.
    """
    desk = Desk()
    desk.create(table("audit"))
    indexes = [index("by-email", "email")]
    desk.create(indexed_table(GlobalSecondaryIndexes=indexes))
    desk.ask(UPDATE, **switch(IndexName="by-email"))
    desk.wait(2)
    pages = []
    token: dict[str, str] = {}
    while True:
        page = desk.ask(LIST, MaxResults=1, **token)
        pages.append(len(page["ContributorInsightsSummaries"]))
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert pages == [0, 0, 1]
    assert listed(desk, **ORDERS, MaxResults=1) == [("by-email", "ENABLED")]
    refusal = desk.refused(LIST, NextToken="x")
    expected = "Invalid Request: Provided nextToken is invalid: x"
    assert refusal == f"ValidationException: {expected}"
