"""Terraform's locks, held by us, so that Terraform keeps out."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING
from uuid import uuid4

from ...errors import LockError, LockLostError, ServiceError
from ...locks._dialects.info import write_info
from ...locks._dialects.terraform import INFO
from ...locks.outcomes import ReleaseOutcome
from ..gateway import CallTimedOut
from .acquire import Request, obtain
from .begun import Begun
from .looking import LOOK_TIMEOUT
from .store import Change, Exact, Place, Refused, StoreTrouble
from .terraform import readable, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...locks.records import TerraformLock
    from .holding import Grant
    from .keeper import Keeper


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """What a lock of ours says of itself in its ``Info``.

    Attributes:
        operation: what its holder does.
        info: what else there is to say.
        who: user and host.
        version: of the tool.
    """

    operation: str
    info: str
    who: str
    version: str


class PathClaim:
    """A `Block` of one lock of Terraform's.

    It has no lease and never ends by itself. So whoever cannot be sure that it is gone
    is told how to unlock it.

    Attributes:
        lock: what others see of it.
        grant: what was obtained.
    """

    def __init__(
        self, keeper: Keeper, path: str, said: Saying, *, wait: float | None = None
    ) -> None:
        """Take what is wanted; no call is made.

        Args:
            keeper: the client.
            path: the row's ``LockID``.
            said: what its ``Info`` says.
            wait: for how long to wait for it, in seconds; 0: try once; None: for ever.
        """
        text = write_info(
            lock_id=str(uuid4()),  # each text is sent once: a row that has it is ours
            operation=said.operation,
            info=said.info,
            who=said.who,
            version=said.version,
            created=keeper.runtime.moment(),
            path=path,
        )
        row = {"LockID": {"S": path}, INFO: {"S": text}}
        self._keeper = keeper
        self.lock: TerraformLock = readable(keeper, keeper.record(row))
        self._request = Request(Place(path), inf, wait, None, text)
        self._begun = Begun(keeper)
        self.grant: Grant | None = None

    async def open(self) -> TerraformLock:
        """Take the lock as Terraform takes it.

        Raises:
            LockTimeoutError: the time was up.
            UnreadableLockError: there is a row, and it is no lock.
            ServiceError: a call was refused for good.
        """
        try:
            self.grant = await obtain(self._begun, self._request)
            # Who was cancelled during the write is told here.
            await self._keeper.runtime.sleep(0)
        except BaseException as failure:  # Ctrl-C too would leave a lock behind
            if isinstance(failure, GeneratorExit):  # nothing can be awaited any more
                raise
            if not await self._begun.take_back():
                failure.add_note(_left_behind(self.lock))
            raise
        return self.lock

    async def abandon(self) -> None:
        """Free it, whatever was interrupted."""
        await self._begun.take_back()

    async def close(self, error: BaseException | None) -> None:
        """Free it; what goes wrong is no more than a note of an error.

        Raises:
            LockLostError: somebody has freed it by force, and another holds it.
            LockError: nobody knows whether it was freed.
            ServiceError: the call was refused for good.
        """
        if self.grant is None:
            return
        if self.grant.tenure.disowned:
            problem = f"{self.lock.path}: the lock is that of the parent process"
            raise LockError(
                problem, key=self.lock.path, table=self._keeper.settings.table
            ) from error
        try:
            trouble = await _free(self._keeper, self.grant, self.lock)
        except BaseException as interruption:  # the lock may stay: Ctrl-C says so too
            interruption.add_note(_left_behind(self.lock))
            raise
        if trouble is None:
            return
        if error is None:
            raise trouble
        words = " ".join([str(trouble), *getattr(trouble, "__notes__", ())])
        error.add_note(f"besides, when the lock was to be released: {words}")

    def watch(self, tell: Callable[[], object]) -> None:
        """Do nothing: it is never lost by itself."""

    def disown(self) -> None:
        """Do nothing: it is not renewed."""


async def _free(
    keeper: Keeper, grant: Grant, lock: TerraformLock
) -> LockError | ServiceError | None:
    """Delete our row, whoever is cancelled; return what went wrong.

    It differs from `release` in what it makes of an answer that was lost: nobody takes
    over from a holder here. So once a delete may have happened, a row of another's
    means that it has.
    """
    place, tenure, table = grant.tenure.place, grant.tenure, keeper.settings.table
    tenure.ended = True
    grant.give_back()
    exactly = Exact({INFO: {"S": lock.raw}})
    writing = write(keeper, place, Change(condition=exactly, delete=True))
    try:
        answer, tries = await keeper.runtime.shielded(writing, LOOK_TIMEOUT)
    except (CallTimedOut, ServiceError) as error:
        grant.outcome = ReleaseOutcome.UNCONFIRMED
        keeper.haunt(place, tenure.versions)
        if isinstance(error, ServiceError) and not _is_silence(error):
            error.add_note(_left_behind(lock))
            return error
        problem = f"{place}: no answer to its release. {_left_behind(lock)}"
        return LockError(problem, key=lock.path, table=table)
    finally:
        keeper.vacate(tenure)
    grant.outcome = ReleaseOutcome.RELEASED
    if isinstance(answer, Refused) and answer.row is not None and tries == 1:
        grant.outcome = ReleaseOutcome.ALREADY_LOST
        return LockLostError(key=lock.path, table=table, reason="stolen")
    return None


def _is_silence(error: ServiceError) -> bool:
    return isinstance(error.__cause__, StoreTrouble)


def _left_behind(lock: TerraformLock) -> str:
    return (
        "A lock of Terraform's does not end by itself: if it is still there, unlock "
        f"{lock.path} with the lock ID {lock.id}"
    )
