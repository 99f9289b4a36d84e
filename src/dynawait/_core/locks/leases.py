"""A lease in the hands of its user: what both faces have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from .beating import check, lost_error
from .store import Place

if TYPE_CHECKING:
    from ...errors import LostReason
    from .desk import Desk
    from .holding import Grant


class HeldLease:
    """What leases of both faces have in common; their own docstrings say the rest."""

    __slots__ = (
        "_desk",
        "_grants",
        "fencing_token",
        "key",
        "owner",
        "sort_key",
    )

    def __init__(
        self, desk: Desk[Any], key: str, sort_key: str | None, *grants: Grant
    ) -> None:
        """Take what was granted; the first has the token."""
        self._desk = desk
        self._grants = grants
        self.key: str = key
        self.sort_key: str | None = sort_key
        self.fencing_token: int = grants[0].token
        self.owner: str = desk.keeper.settings.owner

    def __dynawait_parts__(self) -> tuple[Desk[Any], tuple[Grant, ...]]:
        """Return whose it is, and what it stands on."""
        return self._desk, self._grants

    @property
    def valid(self) -> bool:
        """Whether the lock is certainly held, at this moment."""
        return self.remaining() > 0

    @property
    def lost(self) -> LostReason | None:
        """How it was lost: *stolen*, *deleted* or *expired*; None if it was not."""
        self.remaining()
        for grant in self._grants:
            if grant.lost is not None:
                return grant.lost
        return None

    def remaining(self) -> float:
        """Return for how many seconds the lock is certainly held; 0 when it is not."""
        now = self._desk.keeper.now()
        return max(0.0, min(grant.remaining(now) for grant in self._grants))

    def check(self) -> None:
        """Raise unless the lock is certainly held.

        Raises:
            LockLostError: it is lost, or was given back.
        """
        for grant in self._grants:
            check(self._desk.keeper, grant)

    def condition_check(self) -> dict[str, Any]:
        """Return an item for ``TransactItems`` that holds only while the lock does.

        A transaction of the caller's own that has it commits only if the row of the
        lock still bears the owner and the token of this acquisition, and is not
        released. That is decided in DynamoDB, whatever any clock says.

        Of a writer's lock, which has several rows, it is about the one that every
        writer takes first: of two writers only the newer one commits. Whether a reader
        has come in since, because another of the rows was lost, it does not tell; ask
        `check` for that. Of a reader's lock, or a semaphore's, it is about the permit.

        A lease that was asked for this is not handed on to the next task of its client
        without a call, as others are: the row must tell the two apart.

        Returns:
            ``{"ConditionCheck": {...}}``.

        Raises:
            LockLostError: it was given back, and the row may be another task's.
            InvalidArgumentError: the dialect has no tokens.
        """
        grant = self._grants[0]
        if grant.given_back:
            raise lost_error(self._desk.keeper, grant)
        tenure = grant.tenure
        tenure.checked = True
        return self._desk.store.condition_check(tenure.place, tenure.token, self.owner)

    def __reduce__(self) -> NoReturn:
        """Refuse to be copied: two processes cannot hold one lease.

        Raises:
            TypeError: always.
        """
        raise TypeError(
            "a lease belongs to this process: pass on its key and its fencing_token"
        )

    def __repr__(self) -> str:
        """Return what it is, and how it stands."""
        left = self.remaining()
        state = f"{left:.1f} s left" if left else (self.lost or "given back")
        return f"<{type(self).__name__} {name_of(self)} #{self.fencing_token}: {state}>"


def name_of(lease: HeldLease) -> str:
    """Return the key, with the sort key after a slash where one is used."""
    return str(Place(lease.key, lease.sort_key))
