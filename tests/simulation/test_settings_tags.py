"""Tags are written under a lock and read late."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulation.samples import ARN, Desk
from tests.simulation.support import IN_USE, table

LOCKED = (
    "LimitExceededException: Subscriber limit exceeded: Table tags are being updated: "
    "orders"
)
MISSING = (
    "ResourceNotFoundException: Requested resource not found: ResourceArn: "
    f"{ARN} not found"
)
BY_ARN = {"ResourceArn": ARN}


def tags(**values: str) -> dict[str, Any]:
    """Return a TagResource."""
    listed = [{"Key": key, "Value": value} for key, value in values.items()]
    return {**BY_ARN, "Tags": listed}


def read(desk: Desk) -> dict[str, str]:
    """Return the tags that can be read."""
    response = desk.ask("ListTagsOfResource", **BY_ARN)
    return {tag["Key"]: tag["Value"] for tag in response["Tags"]}


def tagged_desk() -> Desk:
    """Return a plane with a table that was created with a tag."""
    desk = Desk()
    desk.create(table(Tags=tags(team="shop")["Tags"]))
    return desk


def test_tags_are_read_late() -> None:
    """For two seconds the old tags are read, after a write as after a removal."""
    desk = tagged_desk()
    assert desk.ask("TagResource", **tags(stage="test")) == {}
    desk.wait(1.8)
    assert read(desk) == {"team": "shop"}
    desk.wait(0.1)
    assert read(desk) == {"team": "shop", "stage": "test"}
    assert desk.ask("UntagResource", **BY_ARN, TagKeys=["team"]) == {}
    assert "team" in read(desk)
    desk.wait(1.9)
    assert read(desk) == {"stage": "test"}


def test_a_write_locks_out_the_next() -> None:
    """Until the lock is gone other writes are refused, even removals of nothing; a
    repetition, or more of the same, is not.
    """
    desk = tagged_desk()
    desk.ask("TagResource", **tags(stage="test"))
    assert desk.refused("TagResource", **tags(stage="live")) == LOCKED
    removal = {**BY_ARN, "TagKeys": ["absent"]}
    assert desk.refused("UntagResource", **removal) == LOCKED
    desk.ask("TagResource", **tags(stage="test"))
    desk.ask("TagResource", **tags(stage="test", owner="ann"))
    desk.wait(1.6)
    desk.ask("TagResource", **tags(stage="live"))
    desk.wait(2)
    assert read(desk) == {"team": "shop", "stage": "live", "owner": "ann"}


def test_writes_are_seen_one_after_the_other() -> None:
    """More of the same under the lock does not hasten what was written before."""
    desk = tagged_desk()
    desk.ask("TagResource", **tags(stage="test"))
    desk.wait(1)
    desk.ask("TagResource", **tags(stage="test", owner="ann"))
    assert read(desk) == {"team": "shop"}
    desk.wait(0.9)
    assert read(desk) == {"team": "shop", "stage": "test"}
    desk.wait(1)
    assert "owner" in read(desk)


def test_writes_that_change_nothing_take_no_lock() -> None:
    """The same tag again, and the removal of an absent one, are accepted any time."""
    desk = tagged_desk()
    for _ in range(3):
        desk.ask("TagResource", **tags(team="shop"))
        desk.ask("UntagResource", **BY_ARN, TagKeys=["absent"])
    desk.ask("TagResource", **tags(stage="test"))


def test_a_table_is_not_deleted_under_the_lock() -> None:
    """DeleteTable is refused while tags are written, and nothing else is."""
    desk = tagged_desk()
    desk.ask("TagResource", **tags(stage="test"))
    refusal = desk.refusal("DeleteTable")
    assert refusal == f"{IN_USE}Table tags are being updated: orders"
    assert desk.status() == "ACTIVE"
    desk.update(DeletionProtectionEnabled=False)
    desk.wait(1.6)
    desk.delete()


def test_the_tags_of_a_new_table_are_there_when_it_is_active() -> None:
    """While it is CREATING they are not found; in its last second they are empty and
    cannot be written.
    """
    desk = Desk()
    desk.create(table(Tags=tags(team="shop")["Tags"]), wait=3.9)
    assert desk.refused("ListTagsOfResource", **BY_ARN) == MISSING
    assert desk.refused("TagResource", **tags(stage="test")) == MISSING
    desk.wait(0.1)
    assert read(desk) == {}
    busy = f"{IN_USE}Table is being created: orders"
    assert desk.refused("TagResource", **tags(stage="test")) == busy
    desk.wait(1)
    assert read(desk) == {"team": "shop"}


def test_the_tags_of_a_dying_table_go_first() -> None:
    """They can be read for a second, not written; then the table is not found."""
    desk = tagged_desk()
    desk.delete()
    assert read(desk) == {"team": "shop"}
    dying = f"{IN_USE}Table is being deleted: orders"
    assert desk.refused("TagResource", **tags(stage="test")) == dying
    desk.wait(1.2)
    assert desk.status() == "DELETING"
    assert desk.refused("ListTagsOfResource", **BY_ARN) == MISSING


MANY = {f"key-{number}": "x" for number in range(51)}


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ({"Tags": []}, "Atleast one Tag needs to be provided as Input."),
        (tags(**{"aws:x": "1"}), "Tag Key cannot be prefixed with aws:, Key: aws:x"),
        (tags(**{"a#": "1"}), "The Tag Key provided is invalid, Key: a#"),
        (tags(a="#"), "The Tag Value provided is invalid, Value: #"),
        (
            {"Tags": [*tags(a="1")["Tags"], *tags(a="2")["Tags"]]},
            "Duplicate Tag Keys provided as input: Duplicate Tag Key found a",
        ),
        (
            tags(**MANY),
            "Number of Tags exceed the current limit for the provided ResourceArn",
        ),
    ],
)
def test_tags_are_checked(request_: dict[str, Any], expected: str) -> None:
    """What no tag may be is refused, and nothing is written; CreateTable, too."""
    desk = tagged_desk()
    refusal = desk.refused("TagResource", **{**BY_ARN, **request_})
    assert refusal == f"ValidationException: {expected}"
    assert read(desk) == {"team": "shop"}
    if request_["Tags"]:
        refused = desk.refused("CreateTable", **table("users", Tags=request_["Tags"]))
        assert refused == f"ValidationException: {expected}"
        assert "not found" in desk.refused("DescribeTable", TableName="users")


def test_a_removal_names_keys() -> None:
    """An UntagResource without keys is refused."""
    refusal = tagged_desk().refused("UntagResource", **BY_ARN, TagKeys=[])
    expected = "Atleast one Tag Key needs to be provided as Input."
    assert refusal == f"ValidationException: {expected}"


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        ("orders", "ARNs must start with 'arn:': orders"),
        ("arn:aws:s3:::orders", "Provided Arn is not a DynamoDB resource arn"),
        (f"{ARN}/index/by-email", "only table or stream is accepted"),
        (ARN.replace("123456789012", "210987654321"), "match the resource owner"),
        (ARN.replace("us-east-1", "eu-west-1"), "Invalid ResourceArn provided"),
        ("arn:aws:dynamodb:us-east-1:123456789012:table/absent", "absent not found"),
    ],
)
def test_resources_are_tables_of_this_account(arn: str, expected: str) -> None:
    """An ARN of something else is refused, each with its own text."""
    assert expected in tagged_desk().refused("ListTagsOfResource", ResourceArn=arn)
