"""What is promised of the two faces of locks: names, signatures, docstrings, words."""

from __future__ import annotations

import copy
import inspect
import pickle
from datetime import UTC, datetime
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

import dynawait.locks
import dynawait.sync.locks
from dynawait.errors import (
    GlobalTableLockError,
    InvalidArgumentError,
    LockError,
    LockLostError,
    LockMismatchError,
    LockTimeoutError,
    UnreadableLockError,
)
from dynawait.locks import (
    Collision,
    LockAssessment,
    PermissionReport,
    ReleaseOutcome,
    TableReport,
    TerraformBackend,
    TerraformLock,
)
from dynawait.locks.dialects import AMAZON, DIALECTS
from tests.gateways.locks import service
from tests.unit.locks.lock_rows import JAVA, OURS

if TYPE_CHECKING:
    from collections.abc import Iterator

FACES: list[Any] = [dynawait.locks, dynawait.sync.locks]
CLIENTS = ["LockClient", "TerraformLocks", "Lease"]
RECORD = AMAZON.decode({**OURS, "data": {"B": b"x" * 300_000}})


def name_of(value: Any) -> str | None:
    """Name a parameter by its module."""
    return value.__name__ if isinstance(value, ModuleType) else None


def test_both_faces_have_the_same_names() -> None:
    """One list, sorted, without a name twice."""
    published = dynawait.locks.__all__
    assert published == dynawait.sync.locks.__all__
    assert published == sorted(set(published))


@pytest.mark.parametrize("face", FACES, ids=name_of)
def test_every_name_resolves(face: Any) -> None:
    """A star import brings every name, dir() shows it, and no other is there."""
    namespace: dict[str, Any] = {}
    exec(f"from {face.__name__} import *", namespace)  # noqa: S102 - our own text
    assert set(face.__all__) == set(namespace) - {"__builtins__"}
    assert set(face.__all__) <= set(dir(face))
    with pytest.raises(AttributeError, match="has no attribute 'LockClent'"):
        _ = face.LockClent


def test_what_is_no_client_is_the_same_in_both() -> None:
    """A record that one face has read is a record of the other."""
    for name in set(dynawait.locks.__all__) - set(CLIENTS):
        assert getattr(dynawait.locks, name) is getattr(dynawait.sync.locks, name)


def methods(kind: Any) -> Iterator[tuple[str, Any]]:
    """Go through the public methods of a class."""
    for name, value in inspect.getmembers(kind, callable):
        if not name.startswith("_"):
            yield name, value


@pytest.mark.parametrize("name", CLIENTS)
def test_both_faces_have_the_same_methods(name: str) -> None:
    """With the same parameters, defaults and kinds."""
    one, other = (dict(methods(getattr(face, name))) for face in FACES)
    assert list(one) == list(other)
    for each in one:
        ours = inspect.signature(one[each]).parameters
        theirs = inspect.signature(other[each]).parameters
        assert {k: (v.kind, v.default) for k, v in ours.items()} == {
            k: (v.kind, v.default) for k, v in theirs.items()
        }
        if name != "Lease":
            assert one[each].__doc__ == other[each].__doc__


@pytest.mark.parametrize("face", FACES, ids=name_of)
@pytest.mark.parametrize("name", CLIENTS)
def test_methods_are_at_home_in_their_class(face: Any, name: str) -> None:
    """In the module that users import, and under its name; each says what it does."""
    kind = getattr(face, name)
    assert kind.__module__ == face.__name__
    for each, method in methods(kind):
        assert method.__doc__
        assert method.__name__ == each
        if method.__qualname__.startswith(name):
            assert method.__qualname__ == f"{name}.{each}"
            assert not method.__module__.startswith("dynawait._gateways.aio_m")
    mistaken = kind.acquire if name == "LockClient" else kind.__init__
    with pytest.raises(TypeError, match=f"{name}|acquire|__init__"):
        mistaken()


ERRORS: list[LockError] = [
    LockError("something", key="orders", table="locks"),
    LockTimeoutError(key="orders", table="locks", holder=RECORD, waited=3.0),
    LockTimeoutError(key="orders", table="locks", holder=None, waited=3.0),
    *(
        LockLostError(key="o", table="t", reason=reason, fencing_token=7)
        for reason in ("stolen", "deleted", "expired", "released")
    ),
    LockMismatchError("another", key="b/a", table="locks"),
    UnreadableLockError(key="o", table="t", record=AMAZON.decode({"key": {"N": "1"}})),
    GlobalTableLockError(table="locks", regions=["eu-west-1", "us-east-1"]),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_errors_survive_pickling_and_copying(error: LockError) -> None:
    """With the records that they hold, their notes and their cause."""
    error.add_note("a note")
    error.__cause__ = InvalidArgumentError("key", "wrong")
    for twin in (
        pickle.loads(pickle.dumps(error)),  # noqa: S301 - our own bytes
        copy.copy(error),
        copy.deepcopy(error),
    ):
        assert type(twin) is type(error)
        assert str(twin) == str(error)
        assert vars(twin) == vars(error)
        assert twin.__notes__ == ["a note"]
        assert isinstance(twin.__cause__, InvalidArgumentError)
    assert len(str(error)) < 500


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_errors_say_which_lock_and_table(error: LockError) -> None:
    """As attributes, whatever the message says."""
    assert error.table in ("locks", "t")
    assert error.key in ("orders", "o", "b/a", "")
    if isinstance(error, TimeoutError):
        assert isinstance(error, LockTimeoutError)


VALUES: list[tuple[Any, str]] = [
    (RECORD, "LockRecord(key='order-42', sort_key=None, owner='runner-7/4711'"),
    (AMAZON.decode(JAVA), "readable=True, problem=None)"),
    (LockAssessment("HELD", RECORD, ("why",)), "LockAssessment(verdict='HELD'"),
    (PermissionReport(granted=("dynamodb:Scan",), missing=()), "missing=()"),
    (TableReport(problems=("bad",)), "problems=('bad',)"),
    (ReleaseOutcome.RELEASED, "<ReleaseOutcome.RELEASED: 'released'>"),
    (TerraformBackend(bucket="b", key="k"), "TerraformBackend(bucket='b', key='k'"),
    (Collision(kind="shared", path="b/k", users=("x",), problem="p"), "kind='shared'"),
    (
        TerraformLock(
            path="b/k",
            id="an ID",
            operation="o",
            who="w",
            created=datetime(2026, 1, 1, tzinfo=UTC),
            version="1",
            info="",
            raw="{...}",
        ),
        "TerraformLock(path='b/k', id='an ID'",
    ),
]


@pytest.mark.parametrize(("value", "words"), VALUES)
def test_values_are_shown_short_and_survive_copying(value: Any, words: str) -> None:
    """400 KB of data are not repeated, and nothing is lost."""
    assert words in repr(value)
    assert len(repr(value)) < 1000
    assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301 - our own bytes
    assert copy.deepcopy(value) == value


@pytest.mark.parametrize("face", FACES, ids=name_of)
def test_clients_say_which_table_they_are_for(face: Any) -> None:
    """And not which credentials their client has; observations are counted."""
    client = service().client()
    locks = face.LockClient(client, "locks", owner="me", dialect="go")
    assert repr(locks) == "<LockClient locks: go, as 'me'>"
    assert repr(locks.observations) == "<Observations of 0 locks>"
    terraform = face.TerraformLocks(client, "states", owner="me")
    assert repr(terraform) == "<TerraformLocks states: as 'me'>"


def test_a_lease_says_how_it_stands() -> None:
    """Left, lost, or given back; with its key and its token."""
    dynamodb = service()
    locks = dynawait.sync.locks.LockClient(dynamodb.client(), "locks", heartbeat=None)
    lease = locks.acquire("orders")
    token = lease.fencing_token
    assert repr(lease) == f"<Lease orders #{token}: 28.4 s left>"
    lease.release()
    assert repr(lease) == f"<Lease orders #{token}: given back>"
    lease = locks.acquire("orders")
    dynamodb.clock.advance(40)
    assert repr(lease).endswith(": expired>")
    with pytest.raises(TypeError, match="belongs to this process"):
        pickle.dumps(lease)
    with pytest.raises(TypeError, match="belongs to this process"):
        copy.deepcopy(lease)


def test_dialects_are_shown_by_their_names() -> None:
    """Their functions tell nobody anything."""
    for dialect in DIALECTS:
        assert repr(dialect) == f"<Dialect {dialect.name}>"
