"""How far the indexes that are being built have come.

DescribeTable says only that they are being built. CloudWatch knows more, minutes late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ..events import Progress
from ..states import TableState
from .metrics import metric_request, of_one_build, points_in, remaining
from .sources import answer_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..states import IndexState, VectorIndexState
    from .gateway import Gateway
    from .metrics import Points
    from .run import Run
    from .tell import Teller

# How often it is told, and after how long without a change a backfill counts as
# stalled, in seconds.
EVERY = 60.0
STALL = 900.0
_MINUTE = timedelta(minutes=1)


@dataclass(slots=True)
class _Build:
    """An index that is being built.

    Attributes:
        since: when that was first seen, in seconds.
        told: when it was last told of.
        allocating: when it was last seen to allocate resources, in seconds: no
            percentage from before that is of this build.
        percent: the newest percentage; None before the first.
        moved: when the percentage was last seen to change.
        stalled: whether it was told that it stands still.
    """

    since: float
    told: float
    allocating: float | None = None
    percent: float | None = None
    moved: float = 0.0
    stalled: bool = False


class Backfills:
    """Tells once a minute how far the indexes that are being built have come.

    One object serves one run. Without a CloudWatch client it tells phase and time.
    """

    def __init__(self, client: Any = None) -> None:
        """Take the CloudWatch client; None: there is none."""
        self.name = "CloudWatch"
        self._client = client
        self._builds: dict[str, _Build] = {}

    def due(self, run: Run[Any], now: float) -> bool:
        """Tell whether an index has been built on for a minute since the last time."""
        indexes = building(run.state)
        self._builds = {
            noun: self._builds.get(noun) or _Build(now, now) for noun in indexes
        }
        for noun, index in indexes.items():
            if index.allocating:
                self._builds[noun].allocating = now
        return any(now - build.told >= EVERY for build in self._builds.values())

    async def ask(self, gateway: Gateway, run: Run[Any], teller: Teller) -> None:
        """Ask CloudWatch, if there is one, and tell of each index."""
        indexes = building(run.state)
        series: Mapping[str, Points] = {}
        try:
            series = await self._series(gateway, run.state, indexes)
        except Exception as error:  # noqa: BLE001 - told, and of no matter to the change
            self._client = None
            teller.drop(self.name, error)
        now, moment = gateway.now(), gateway.moment()
        items = run.state.item_count if isinstance(run.state, TableState) else None
        for noun, index in indexes.items():
            build = self._builds[noun]
            points = series.get(noun, [])
            self._note(build, points, now)
            progress = Progress(
                index.name,
                index.phase,
                now - build.since,
                build.percent,
                remaining(points, moment),
                items,
            )
            teller.tell("change.progress", described(noun, progress), progress=progress)
            if build.percent is not None and now - build.moved >= STALL:
                self._tell_stall(build, noun, progress, now, teller)

    async def _series(
        self,
        gateway: Gateway,
        state: Any,
        indexes: Mapping[str, IndexState | VectorIndexState],
    ) -> dict[str, Points]:
        """Return the percentages of each index that backfills, the oldest first."""
        asked = [noun for noun, index in indexes.items() if index.backfilling]
        if self._client is None or not asked:
            return {}
        now, moment = gateway.now(), gateway.moment()
        names = [indexes[noun].name for noun in asked]
        request = metric_request(state.name, names, moment)
        answer = await answer_of(gateway, self._client, "get_metric_data", request)
        read = points_in(answer)
        series: dict[str, Points] = {}
        for number, noun in enumerate(asked):
            points = of_one_build(read.get(f"p{number}", []))
            allocating = self._builds[noun].allocating
            if allocating is not None:
                first = moment - timedelta(seconds=now - allocating) - _MINUTE
                points = [point for point in points if point[0] >= first]
            series[noun] = points
        return series

    def _note(self, build: _Build, points: Points, now: float) -> None:
        build.told = now
        if points and points[-1][1] != build.percent:
            build.percent = points[-1][1]
            build.moved, build.stalled = now, False

    def _tell_stall(
        self, build: _Build, noun: str, progress: Progress, now: float, teller: Teller
    ) -> None:
        if build.stalled:
            return
        build.stalled = True
        text = (
            f"{noun}: has stood at {build.percent:.3g} % "
            f"for {now - build.moved:.0f} s; "
            "too little write capacity of the index slows a backfill"
        )
        teller.tell("change.stalled", text, progress=progress)


def building(state: Any) -> dict[str, IndexState | VectorIndexState]:
    """Return the indexes that are being built, by kind and name."""
    if not isinstance(state, TableState):
        return {}
    return {
        f"{noun} {name}": index
        for noun, indexes in (
            ("index", state.indexes),
            ("vector index", state.vector_indexes),
        )
        for name, index in indexes.items()
        if index.status == "CREATING" or index.backfilling
    }


def described(noun: str, progress: Progress) -> str:
    """Return how far an index has come, as a sentence for people."""
    if progress.percent is None:
        doing = {"allocating": "allocating resources", "backfilling": "backfilling"}
        phase = doing.get(progress.phase or "", "being created")
        told = f"{noun}: {phase} after {progress.elapsed:.0f} s"
        if progress.items is None:
            return told
        return f"{told}, the table holds about {progress.items} items"
    told = f"{noun}: {progress.percent:.3g} % after {progress.elapsed:.0f} s"
    if progress.remaining is None:
        return told
    return f"{told}, about {progress.remaining:.0f} s left"
