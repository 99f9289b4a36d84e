"""Resource policies are read late, and change every 15 seconds at most."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.simulation.samples import ARN, OTHER_POLICY, POLICY, Desk
from tests.simulation.support import IN_USE, INVALID, table

BY_ARN = {"ResourceArn": ARN}
NONE = "PolicyNotFoundException: Resource-based policy not found for the provided"
NONE += " ResourceArn:"
REVISION = str(1_767_225_600_000 + 60_000)


def desk_with_table(**more: Any) -> Desk:
    """Return a plane with a table that has been ACTIVE for a while."""
    desk = Desk()
    desk.create(table(**more))
    return desk


def put(desk: Desk, policy: str = POLICY, **more: str) -> str:
    """Put a policy and return its revision."""
    response = desk.ask("PutResourcePolicy", **BY_ARN, Policy=policy, **more)
    return str(response["RevisionId"])


def refused(desk: Desk, policy: str = OTHER_POLICY, **more: str) -> str:
    """Return how a policy is refused."""
    return desk.refused("PutResourcePolicy", **BY_ARN, Policy=policy, **more)


def get(desk: Desk) -> tuple[str, str] | None:
    """Return the policy and its revision that can be read."""
    if desk.refused("GetResourcePolicy", **BY_ARN) == f"{NONE} {ARN}":
        return None
    response = desk.ask("GetResourcePolicy", **BY_ARN)
    return response["Policy"], response["RevisionId"]


def test_a_policy_is_read_late() -> None:
    """A new one is not found for a while, a changed or deleted one is still the old
    one; the revision is the time of the change.
    """
    desk = desk_with_table()
    assert put(desk) == REVISION
    assert get(desk) is None
    desk.wait(1.5)
    assert get(desk) == (POLICY, REVISION)
    desk.wait(13.5)
    second = put(desk, OTHER_POLICY)
    assert get(desk) == (POLICY, REVISION)
    desk.wait(15)
    assert get(desk) == (OTHER_POLICY, second)
    response = desk.ask("DeleteResourcePolicy", **BY_ARN)
    assert response == {"RevisionId": second}
    assert get(desk) == (OTHER_POLICY, second)
    desk.wait(1.5)
    assert get(desk) is None
    assert desk.ask("DeleteResourcePolicy", **BY_ARN) == {}


def test_changes_keep_their_distance() -> None:
    """A second change is refused as pending, then as throttled, with the time to try
    again; the same policy is no change.
    """
    desk = desk_with_table()
    put(desk)
    pending = "Table is pending previous resource-based policy update: orders"
    assert refused(desk) == f"{IN_USE}{pending}"
    assert desk.refused("DeleteResourcePolicy", **BY_ARN) == f"{IN_USE}{pending}"
    desk.wait(1)
    throttled = (
        "ThrottlingException: Resource-based policy for table orders modified within "
        "the previous 15000 milliseconds. Please try again after "
        "2026-01-01T00:01:15.000Z."
    )
    assert refused(desk) == throttled
    assert desk.refused("DeleteResourcePolicy", **BY_ARN) == throttled
    pretty = json.dumps(json.loads(POLICY), indent=4, sort_keys=True)
    assert put(desk, pretty) == REVISION
    desk.wait(14)
    assert put(desk, OTHER_POLICY) != REVISION


def test_a_table_is_not_deleted_while_a_policy_is_pending() -> None:
    """DeleteTable waits for the change, not for the 15 seconds."""
    desk = desk_with_table()
    put(desk)
    pending = "Table: orders has a pending resource-based policy update."
    assert desk.refusal("DeleteTable") == f"{IN_USE}{pending}"
    desk.wait(1)
    desk.delete()
    dying = f"{IN_USE}Table is being deleted: orders"
    assert refused(desk) == dying
    desk.wait(1)
    assert get(desk) is not None


def test_a_revision_may_be_expected() -> None:
    """Another one than expected is said not to be found, before anything else."""
    desk = desk_with_table()
    unknown = f"{NONE} Requested update for policy with revision id 7, but table orders"
    refusal = refused(desk, ExpectedRevisionId="7")
    assert refusal == f"{unknown} has no associated policy."
    put(desk, ExpectedRevisionId="NO_POLICY")
    expected = (
        f"{NONE} Requested policy update expecting none to be present for table "
        f"orders, but a policy exists with revision id {REVISION}."
    )
    assert refused(desk, ExpectedRevisionId="NO_POLICY") == expected
    stale = (
        f"{NONE} Requested update for policy with revision id 7, but the policy "
        f"associated to target table orders has revision id {REVISION}."
    )
    assert refused(desk, ExpectedRevisionId="7") == stale
    request = {**BY_ARN, "ExpectedRevisionId": "7"}
    assert desk.refused("DeleteResourcePolicy", **request) == stale
    desk.wait(15)
    put(desk, OTHER_POLICY, ExpectedRevisionId=REVISION)


def test_a_table_may_be_created_with_a_policy() -> None:
    """It can be read two seconds later, while the table is CREATING; before, the table
    is not found.
    """
    desk = Desk()
    desk.create(table(ResourcePolicy=POLICY), wait=2)
    missing = "ResourceNotFoundException: Requested resource not found: Table: orders"
    assert desk.refused("GetResourcePolicy", **BY_ARN) == f"{missing} not found"
    desk.wait(0.1)
    assert refused(desk) == f"{IN_USE}Table is being created: orders"
    assert get(desk) == (POLICY, "1767225600000")


def test_a_policy_is_read_in_its_own_form() -> None:
    """Members are in order, one action is no list, an account is its root."""
    desk = desk_with_table()
    permission = {
        "Resource": [ARN],
        "Action": ["dynamodb:GetItem"],
        "Principal": {"AWS": ["123456789012", "arn:aws:iam::123456789012:root"]},
        "Effect": "allow",
    }
    put(desk, json.dumps({"Statement": permission, "Version": "2012-10-17"}))
    desk.wait(2)
    found = get(desk)
    assert found is not None
    assert found[0] == POLICY


def test_a_version_is_read_that_was_not_put() -> None:
    """Without one the oldest is read; with that very one it is another policy."""
    desk = desk_with_table()
    unversioned = POLICY.replace('"Version":"2012-10-17",', "")
    old = POLICY.replace("2012-10-17", "2008-10-17")
    first = put(desk, unversioned)
    desk.wait(15)
    assert get(desk) == (old, first)
    assert put(desk, unversioned) == first
    assert put(desk, old) != first


def test_a_policy_does_not_lock_its_owner_out() -> None:
    """One that denies everybody to put another has to be confirmed."""
    deny = {"Effect": "Deny", "Principal": "*", "Action": "dynamodb:*", "Resource": ARN}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    desk = desk_with_table()
    expected = "AccessDeniedException: The new resource policy will not allow you to"
    assert refused(desk, policy).startswith(expected)
    request = {**BY_ARN, "Policy": policy, "ConfirmRemoveSelfResourceAccess": True}
    desk.ask("PutResourcePolicy", **request)


def statement(**more: object) -> dict[str, object]:
    """Return a statement of a policy."""
    allow = {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": ARN}
    return {**allow, "Principal": {"AWS": "123456789012"}, **more}


def test_a_policy_may_name_who_is_not_meant() -> None:
    """A statement has a principal or the opposite of one."""
    given = statement(NotPrincipal={"AWS": "123456789012"})
    del given["Principal"]
    put(desk_with_table(), json.dumps({"Statement": given}))


def test_a_policy_is_not_for_everybody() -> None:
    """What allows everybody something is refused."""
    for principal in ("*", {"AWS": ["*"]}):
        policy = json.dumps({"Statement": statement(Principal=principal)})
        assert "grants unbounded access" in refused(desk_with_table(), policy)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("{not json", "Invalid policy document: This policy contains invalid Json"),
        ("", "Invalid policy document: This policy contains invalid Json"),
        (
            '{"Statement":[]}',
            "Invalid policy document: Could not parse the policy: Statement is empty!",
        ),
        (
            '{"Statement":{"Effect":"Allow","Action":"*"}}',
            "Invalid policy document: Missing required field Resource",
        ),
        (
            '{"Statement":["x"]}',
            "Invalid policy document: Syntax error at position (1,1)",
        ),
        (
            json.dumps({"Statement": statement(Principal="123456789012")}),
            "Invalid policy document: Syntax error at position (1,1)",
        ),
        (
            json.dumps({"Statement": statement(Effect="Maybe")}),
            "Invalid policy document: Syntax error at position (1,1)",
        ),
        (
            json.dumps({"Statement": [statement(Sid="a"), statement(Sid="a")]}),
            "Invalid policy document: The Statement Ids in the policy are not unique",
        ),
        (f"{POLICY}{' ' * 20_480}", "Maximum policy size of 20480 bytes exceeded"),
    ],
)
def test_policies_are_checked(policy: str, expected: str) -> None:
    """What is no policy is refused, by CreateTable as well."""
    desk = desk_with_table()
    assert refused(desk, policy) == f"{INVALID}{expected}"
    request = table("users", ResourcePolicy=policy)
    assert desk.refused("CreateTable", **request) == f"{INVALID}{expected}"


def test_a_stream_has_a_policy_of_its_own() -> None:
    """It does not show on the table, and an old stream's ARN is not found."""
    view = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    desk = desk_with_table(StreamSpecification=view)
    stream = desk.look()["LatestStreamArn"]
    desk.ask("PutResourcePolicy", ResourceArn=stream, Policy=POLICY)
    desk.wait(2)
    response = desk.ask("GetResourcePolicy", ResourceArn=stream)
    assert response["Policy"] == POLICY
    assert get(desk) is None
    refusal = desk.refused("GetResourcePolicy", ResourceArn=f"{ARN}/stream/older")
    assert refusal.startswith("ResourceNotFoundException")
