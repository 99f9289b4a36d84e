"""Settings changed through every face, on every server that can show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from changes import (
    in_faces,
    servers,
    titles,
)
from faces import BLOCKING

from dynawait import (
    QuotaError,
)
from dynawait.testing import SimulatedServer

if TYPE_CHECKING:
    from changes import Play, Session


@servers("simulated", "dynamodb_local", "moto")
def test_time_to_live_is_enabled_once(play: Play) -> None:
    """It is enabled by one call, and by none when it is; dynalite has none."""
    request = {"TimeToLiveSpecification": {"Enabled": True, "AttributeName": "end"}}

    async def scene(session: Session) -> None:
        await session.create()
        session.sent()
        options = {"TableName": session.table, **request}
        plan = await session.call("safe_update_time_to_live", **options, dry_run=True)
        assert len(plan) == 1
        assert session.sent() == []
        result = await session.call("safe_update_time_to_live", **options)
        assert result.state.status == "ENABLED"
        assert session.sent() == ["UpdateTimeToLive"]
        assert not (await session.call("safe_update_time_to_live", **options)).plan
        assert session.sent() == []

    play(scene)


def test_time_to_live_is_moved_to_another_attribute() -> None:
    """It takes two changes with an hour before each, and says how far it has come.

    Only ours knows of the hour.
    """

    def request(session: Session, name: str) -> dict[str, Any]:
        wanted = {"Enabled": True, "AttributeName": name}
        return {"TableName": session.table, "TimeToLiveSpecification": wanted}

    async def scene(session: Session) -> None:
        await session.create()
        await session.call("safe_update_time_to_live", **request(session, "end"))
        moved: dict[str, Any] = request(session, "until") | {"on_cooldown": "fail"}
        for done in ([], ["disable time to live"]):
            with pytest.raises(QuotaError) as caught:
                await session.call("safe_update_time_to_live", **moved)
            assert titles(caught.value.done) == done
            server.advance(3700)
        result = await session.call("safe_update_time_to_live", **moved)
        assert titles(result.done) == ["enable time to live on until"]
        assert result.state.attribute == "until"
        assert result.state.status == "ENABLED"

    with SimulatedServer(speed=60) as server:
        in_faces(server.url, scene, [BLOCKING])


@servers("simulated", "moto")
def test_continuous_backups_and_tags_are_set_once(play: Play) -> None:
    """Each is one call, and none when it is so; the other servers know neither."""
    recovery = {
        "PointInTimeRecoverySpecification": {
            "PointInTimeRecoveryEnabled": True,
            "RecoveryPeriodInDays": 14,
        }
    }

    async def scene(session: Session) -> None:
        arn = (await session.create()).table.arn
        session.sent()
        for function, request, operation in (
            (
                "safe_update_continuous_backups",
                {"TableName": session.table, **recovery},
                "UpdateContinuousBackups",
            ),
            (
                "safe_tag_resource",
                {"ResourceArn": arn, "Tags": [{"Key": "team", "Value": "orders"}]},
                "TagResource",
            ),
            (
                "safe_untag_resource",
                {"ResourceArn": arn, "TagKeys": ["team"]},
                "UntagResource",
            ),
        ):
            plan = await session.call(function, **request, dry_run=True)
            assert len(plan) == 1
            assert session.sent() == []
            await session.call(function, **request)
            assert session.sent() == [operation]
            assert not (await session.call(function, **request)).plan
            assert session.sent() == []

    play(scene)
