"""The blocking runtime: threads, interrupts, and how a core is driven."""

from __future__ import annotations

import contextvars
import gc
import signal
import subprocess
import sys
import threading
import time
from math import inf
from typing import TYPE_CHECKING, Any

import pytest

from dynawait import WaitTimeoutError, sync, table_active
from dynawait._gateways import blocking
from dynawait.polling import Polling
from dynawait.testing import SimulatedDynamoDB
from tests.gateways.faces import create, own_threads
from tests.gateways.fakes import BlockingFake, StuckClient, described

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

HASTY = Polling(floor=0.01, cap=0.01)
MANY = {f"table-{place:02}": table_active() for place in range(25)}


@pytest.fixture(autouse=True)
def left() -> Iterator[Callable[[], list[str]]]:
    """Name the threads of this test that are left after a moment to end in."""
    before = set(threading.enumerate())
    sleep = time.sleep

    def threads() -> list[str]:
        end = time.monotonic() + 2
        while (found := own_threads(before)) and time.monotonic() < end:
            sleep(0.005)
        return found

    yield threads
    assert not threads()


def test_one_table_needs_no_thread() -> None:
    """One table is awaited in the caller's own thread."""
    client = BlockingFake()
    sync.wait_for_table_active(client, "orders")
    sync.wait_for_all(client, {"orders": table_active()})
    assert client.threads == {threading.current_thread().name}


def test_many_tables_take_a_few_threads(left: Callable[[], list[str]]) -> None:
    """Many tables are awaited by ten threads at most, which then end."""
    client = BlockingFake()
    assert len(sync.wait_for_all(client, MANY)) == 25
    assert 1 < len(client.threads) <= 10
    assert not left()


def test_as_many_threads_as_connections() -> None:
    """A client that keeps two connections is asked by two threads."""

    class Config:
        max_pool_connections = 2

    class Meta:
        config = Config

    client = BlockingFake()
    client.meta = Meta  # type: ignore[attr-defined]
    sync.wait_for_all(client, MANY)
    assert len(client.threads) <= 2


def test_the_others_stop_after_a_failure(left: Callable[[], list[str]]) -> None:
    """The first failure stops the threads of the others, also those that sleep."""

    def answer(name: str) -> str:
        return "DELETING" if name == "table-03" else "CREATING"

    client = BlockingFake(answer)
    started = time.monotonic()
    with pytest.raises(Exception, match="table-03: table_active"):
        sync.wait_for_all(client, MANY, polling=Polling(floor=60, cap=60))
    assert time.monotonic() - started < 5
    assert not left()


def test_a_hanging_call_is_left_behind() -> None:
    """A call in flight cannot be ended, but it does not hold back a failure."""
    client = StuckClient(["table-00"])
    started = time.monotonic()
    original = client.describe_table

    def describe_table(**parameters: Any) -> dict[str, Any]:
        if parameters["TableName"] == "table-01":
            client.entered.wait(5)
            raise ZeroDivisionError
        return original(**parameters)

    client.describe_table = describe_table  # type: ignore[method-assign]
    tables = {name: table_active() for name in ("table-00", "table-01", "table-02")}
    with pytest.raises(ZeroDivisionError):
        sync.wait_for_all(client, tables)
    assert time.monotonic() - started < 5
    client.release()


def test_a_call_that_returns_late_is_the_last(
    left: Callable[[], list[str]],
) -> None:
    """A thread whose call returns after the failure of another makes no more calls."""
    late = threading.Event()
    calls: list[str] = []

    class Client:
        def describe_table(self, **parameters: Any) -> dict[str, Any]:
            name = parameters["TableName"]
            calls.append(name)
            if name == "table-01":
                raise ZeroDivisionError
            late.wait(20)
            return described("CREATING", name)

    tables = {name: table_active() for name in ("table-00", "table-01")}
    with pytest.raises(ZeroDivisionError):
        sync.wait_for_all(Client(), tables, polling=HASTY, timeout=20)
    late.set()
    assert not left()
    assert len(calls) <= 2


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, SystemExit])
def test_interrupted_while_it_waits(
    monkeypatch: pytest.MonkeyPatch,
    interrupt: type[BaseException],
    left: Callable[[], list[str]],
) -> None:
    """Ctrl-C in the thread that waits for the others stops them all."""
    client = BlockingFake(lambda _: "CREATING")
    wait = threading.Condition.wait

    def interrupted(self: threading.Condition, timeout: float | None = None) -> bool:
        if threading.current_thread() is threading.main_thread() and client.asked > 5:
            raise interrupt
        return wait(self, 0.05 if timeout is None else min(timeout, 0.05))

    monkeypatch.setattr(threading.Condition, "wait", interrupted)
    with pytest.raises(interrupt):
        sync.wait_for_all(client, MANY, polling=Polling(floor=60, cap=60))
    assert not left()


def test_interrupted_while_it_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C in the sleep between two looks passes as it is; the next wait works."""

    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    client = BlockingFake(lambda _: "CREATING")
    with monkeypatch.context() as patched:
        patched.setattr(threading.Event, "wait", lambda *_: interrupted(0))
        patched.setattr(time, "sleep", interrupted)
        patched.setattr(blocking, "_sleep", interrupted)
        with pytest.raises(KeyboardInterrupt):
            sync.wait_for_table_active(client, "orders")
    with pytest.raises(WaitTimeoutError):
        sync.wait_for_table_active(client, "orders", timeout=0.03)


PROGRAM = """
import sys, threading
from dynawait import sync, table_active

class Client:
    def describe_table(self, **parameters):
        print("asked", flush=True)
        status = {"TableStatus": "CREATING", "TableName": parameters["TableName"]}
        return {"Table": status}

tables = {f"table-{place}": table_active() for place in range(int(sys.argv[1]))}
try:
    sync.wait_for_all(Client(), tables)
except KeyboardInterrupt:
    for thread in threading.enumerate():
        if thread.name.startswith("dynawait"):
            thread.join(5)
    left = [t.name for t in threading.enumerate() if t.name.startswith("dynawait")]
    print("left", left, flush=True)
    raise
"""


@pytest.mark.parametrize("tables", [1, 15])
def test_ctrl_c(tables: int) -> None:
    """A real SIGINT ends a program with one table or with many, and no thread stays."""
    program = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", PROGRAM, str(tables)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert program.stdout is not None
        for _ in range(tables):
            assert program.stdout.readline() == "asked\n"
        program.send_signal(signal.SIGINT)
        output, errors = program.communicate(timeout=20)
    finally:
        program.kill()
        program.wait()
    assert "left []" in output
    assert "KeyboardInterrupt" in errors
    assert "never awaited" not in errors
    assert program.returncode == -signal.SIGINT


def test_context_variables() -> None:
    """What the caller has set is visible to the client, in its threads as well."""
    who: contextvars.ContextVar[str] = contextvars.ContextVar("who", default="nobody")
    seen: list[str] = []

    def answer(_: str) -> str:
        seen.append(who.get())
        return "ACTIVE"

    token = who.set("caller")
    try:
        sync.wait_for_all(BlockingFake(answer), MANY)
    finally:
        who.reset(token)
    assert seen == ["caller"] * 25


def test_a_client_that_returns_an_awaitable() -> None:
    """A client that turns out to be asynchronous is refused by the first call."""

    class Client:
        def describe_table(self, **_: Any) -> Any:
            async def answer() -> dict[str, Any]:
                return described()

            return answer()

    with pytest.raises(TypeError, match="describe_table returned an awaitable"):
        sync.wait_for_table_active(Client(), "orders")


def test_a_client_that_returns_a_future() -> None:
    """An awaitable that cannot be closed is refused as well."""

    class Future:
        def __await__(self) -> Iterator[Any]:
            raise AssertionError

    class Client:
        def describe_table(self, **_: Any) -> Any:
            return Future()

    with pytest.raises(TypeError, match="import the function from dynawait"):
        sync.describe(Client(), "orders")


def test_the_clock_of_the_client() -> None:
    """A client that brings a clock is awaited on its time, at no cost in real time."""
    dynamodb = SimulatedDynamoDB()
    client: Any = dynamodb.client()
    create(dynamodb)
    started = time.monotonic()
    with pytest.raises(WaitTimeoutError):
        sync.wait_for_indexes_active(client, "orders", ["by-email"], timeout=7200)
    assert dynamodb.clock.now() == pytest.approx(7200)
    assert time.monotonic() - started < 20


def test_in_threads_of_the_caller() -> None:
    """Threads of the caller that wait for one table through one client share looks."""
    changed = threading.Event()
    client = BlockingFake(lambda _: "ACTIVE" if changed.is_set() else "CREATING")
    found: list[str] = []

    def work() -> None:
        state = sync.wait_for_table_active(client, "orders", polling=HASTY, timeout=20)
        found.append(state.status)

    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    asked = client.asked
    changed.set()
    for thread in threads:
        thread.join(10)
    assert found == ["ACTIVE"] * 12
    # One waiter looks every hundredth of a second at most.
    assert asked <= 40


def test_threads_whose_leader_gives_up() -> None:
    """A thread that leads and times out hands over; the others do not wait longer."""
    started = time.monotonic()
    client = BlockingFake(
        lambda _: "ACTIVE" if time.monotonic() - started > 0.4 else "CREATING"
    )
    outcomes: list[str] = []

    def work(timeout: float) -> None:
        try:
            sync.wait_for_table_active(client, "orders", timeout=timeout)
            outcomes.append("active")
        except WaitTimeoutError:
            outcomes.append("timed out")

    threads = [
        threading.Thread(target=work, args=(timeout,))
        for timeout in (0.05, 0.1, 0.15, 10, 10, 10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(outcomes) == ["active"] * 3 + ["timed out"] * 3
    assert time.monotonic() - started < 5


def test_inside_a_running_loop() -> None:
    """The blocking face works in a coroutine too; it blocks, as boto3 does."""
    import asyncio

    async def main() -> str:
        return sync.wait_for_table_active(BlockingFake(), "orders").status

    assert asyncio.run(main()) == "ACTIVE"


class Foreign:
    """An awaitable that suspends."""

    def __await__(self) -> Generator[Any, Any, None]:
        yield self


def test_drive_refuses_what_suspends() -> None:
    """A core that awaits something else than its gateway is an error, and is closed."""
    closed: list[bool] = []

    async def core() -> None:
        try:
            await Foreign()
        finally:
            closed.append(True)

    coroutine = core()
    with pytest.raises(RuntimeError, match="not its gateway"):
        blocking.drive(coroutine)
    assert closed == [True]
    with pytest.raises(RuntimeError, match="already awaited"):
        coroutine.send(None)


def test_drive_returns_and_raises() -> None:
    """A core that ends is returned from, or raises, as a function would."""

    async def good() -> int:
        return 7

    async def bad() -> None:
        raise ZeroDivisionError

    assert blocking.drive(good()) == 7
    with pytest.raises(ZeroDivisionError):
        blocking.drive(bad())


def test_an_unlimited_sleep_is_cut_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """No sleep is longer than a platform's clock can bear."""
    slept: list[float] = []

    class Enough(BaseException):
        pass

    def sleep(seconds: float | None) -> None:
        slept.append(inf if seconds is None else seconds)
        if len(slept) > 1:
            raise Enough

    client = BlockingFake(lambda _: "CREATING")
    monkeypatch.setattr(threading.Event, "wait", lambda _, seconds=None: sleep(seconds))
    monkeypatch.setattr(blocking, "_sleep", sleep)
    with pytest.raises(Enough):
        sync.wait_for_table_active(
            client, "orders", polling=Polling(floor=1e12, cap=1e12), timeout=None
        )
    assert all(0 < seconds <= 86_400 for seconds in slept)


def test_an_interruption_before_all_threads_have_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ctrl-C while threads are being started leaves no coroutine behind unawaited."""
    start, started = threading.Thread.start, list[str]()

    def interrupted(thread: threading.Thread) -> None:
        if thread.name.startswith("dynawait-"):
            started.append(thread.name)
            if len(started) == 3:
                raise KeyboardInterrupt
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", interrupted)
    client = SimulatedDynamoDB().client()
    waits = {f"table-{number}": table_active() for number in range(8)}
    with pytest.raises(KeyboardInterrupt):
        sync.wait_for_all(client, waits, timeout=5)
    gc.collect()
