"""Programs that hold locks, in processes of their own: stopped, killed, interrupted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import dynawait

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

PATIENCE = 40.0
"""How long a busy machine may take for anything, in seconds."""

START = """
import json, os, sys, time
import dynawait.locks, dynawait.sync.locks
from dynawait.errors import LockLostError

url, table, key, options = *sys.argv[1:4], json.loads(sys.argv[4])
anyone = {
    "endpoint_url": url,
    "region_name": "us-east-1",
    "aws_access_key_id": "anyone",
    "aws_secret_access_key": "anyone",
}
config = {"proxies": {}, "retries": {"total_max_attempts": 1}}
lost, events = [], []

def say(what, **more):
    line = {"what": what, "at": time.monotonic(), "pid": os.getpid(), **more}
    sys.stdout.write(json.dumps(line) + "\\n")  # a child may write in between
    sys.stdout.flush()

def note(event):
    events.append(event.name)

def write_of(token):
    # A resource that checks tokens, and remembers who has written with which.
    return {
        "TableName": table,
        "Key": {"key": {"S": key + "/resource"}},
        "UpdateExpression":
            "SET #token = :t, history = list_append(if_not_exists(history, :e), :h)",
        "ConditionExpression": "attribute_not_exists(#token) OR #token <= :t",
        "ExpressionAttributeNames": {"#token": "token"},
        "ExpressionAttributeValues": {
            ":t": {"N": str(token)},
            ":e": {"L": []},
            ":h": {"L": [{"S": f"{token} {os.getpid()}"}]},
        },
    }
"""
BLOCKING = """
import boto3
from botocore.config import Config

client = boto3.client("dynamodb", config=Config(**config), **anyone)
locks = dynawait.sync.locks.LockClient(client, table, on_event=note, **options)
"""
ASYNC = """
import anyio
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
"""
HTTPX = """
from aiobotocore.httpxsession import HttpxSession

config["http_session_cls"] = HttpxSession
"""
RUN = """
async def run():
    session, options_of_client = get_session(), AioConfig(**config)
    making = session.create_client("dynamodb", config=options_of_client, **anyone)
    async with making as client:
        locks = dynawait.locks.LockClient(client, table, on_event=note, **options)
        await main(client, locks)

anyio.run(run, backend=BACKEND)
"""

# Writes with its token for as long as it believes to hold the lock, in a loop.
HOLD_BLOCKING = """
def once(times):
    with locks.hold(key, on_lost=lost.append) as lease:
        say("held", token=lease.fencing_token)
        while times:
            times -= 1
            begun = time.monotonic()
            valid = lease.valid
            say("belief", token=lease.fencing_token, begun=begun, valid=valid)
            lease.check()
            try:
                client.update_item(**write_of(lease.fencing_token))
            except client.exceptions.ConditionalCheckFailedException:
                say("refused", token=lease.fencing_token)
            time.sleep(0.02)
"""
HOLD_ASYNC = """
async def once(client, locks, times):
    async with locks.hold(key, on_lost=lost.append) as lease:
        say("held", token=lease.fencing_token)
        while times:
            times -= 1
            begun = time.monotonic()
            valid = lease.valid
            say("belief", token=lease.fencing_token, begun=begun, valid=valid)
            try:
                await client.update_item(**write_of(lease.fencing_token))
            except client.exceptions.ConditionalCheckFailedException:
                say("refused", token=lease.fencing_token)
            await anyio.sleep(0.02)
"""
LOST = """say("lost", reason=error.reason, told=len(lost), told_valid=any(
            lease.valid for lease in lost), events=events.count("lock.lost"))
"""
FOR_EVER_BLOCKING = f"""
say("ready")
try:
    once(10**9)
except LockLostError as error:
    {LOST}
"""
FOR_EVER_ASYNC = f"""
async def main(client, locks):
    say("ready")
    try:
        await once(client, locks, 10**9)
    except LockLostError as error:
        {LOST}
"""
AGAIN_BLOCKING = """
say("ready")
while True:
    try:
        once(5)
    except LockLostError as error:
        say("lost", reason=error.reason)
"""
AGAIN_ASYNC = """
async def main(client, locks):
    say("ready")
    while True:
        try:
            await once(client, locks, 5)
        except LockLostError as error:
            say("lost", reason=error.reason)
"""


def in_kinds(blocking: str, asynchronous: str) -> dict[str, str]:
    """Return whole programs by their kind, given what is peculiar to each face."""
    rest = HOLD_ASYNC + asynchronous + RUN
    return {
        "blocking": START + BLOCKING + HOLD_BLOCKING + blocking,
        "asyncio": START + ASYNC + rest.replace("BACKEND", '"asyncio"'),
        "trio": START + ASYNC + HTTPX + rest.replace("BACKEND", '"trio"'),
    }


HOLDERS = in_kinds(FOR_EVER_BLOCKING, FOR_EVER_ASYNC)
"""They hold the lock until they lose it, and say so."""
WORKERS = in_kinds(AGAIN_BLOCKING, AGAIN_ASYNC)
"""They take the lock again and again, for a tenth of a second each time."""


class Program:
    """A running program, and the lines that it has printed.

    Attributes:
        process: the process.
    """

    def __init__(
        self, source: str, url: str, table: str, key: str, **options: Any
    ) -> None:
        """Start it; `options` are those of its lock client."""
        package = Path(dynawait.__file__).parents[1]
        self.process = subprocess.Popen(
            [sys.executable, "-c", source, url, table, key, json.dumps(options)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(package)},
        )
        self._lines: list[dict[str, Any]] = []
        self._errors: list[str] = []
        self._change = threading.Condition()
        self._readers = [
            threading.Thread(target=self._read, daemon=True),
            threading.Thread(target=self._read_errors, daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def __enter__(self) -> Self:
        """Return it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Kill it."""
        self.send(signal.SIGKILL)
        self.process.wait()
        for reader in self._readers:
            reader.join(5)
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()

    @property
    def errors(self) -> str:
        """What it has printed on its standard error."""
        return "".join(self._errors)

    def said(self, what: str) -> list[dict[str, Any]]:
        """Return its lines of one kind, in order."""
        with self._change:
            return [line for line in self._lines if line["what"] == what]

    def latest(self, what: str) -> float:
        """Tell when it has said something the last time; 0: never."""
        return max((line["at"] for line in self.said(what)), default=0.0)

    def until(self, what: str, seconds: float = PATIENCE, *, more: int = 1) -> Any:
        """Wait until it has said something so many times; return the last line."""

        def enough() -> bool:
            return len([x for x in self._lines if x["what"] == what]) >= more

        with self._change:
            came = self._change.wait_for(
                lambda: enough() or self.process.poll() is not None, seconds
            )
        assert enough(), f"no {what!r} in {seconds:g} s ({came}): {self.errors}"
        return self.said(what)[-1]

    def send(self, number: int) -> float:
        """Send it a signal, and return when; nothing where it has ended."""
        at = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(number)
        return at

    def ended(self, seconds: float = PATIENCE) -> int:
        """Wait for its end, and return its code."""
        code = self.process.wait(seconds)
        for reader in self._readers:
            reader.join(5)
        return code

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._change:
                self._lines.append(json.loads(line))
                self._change.notify_all()
        with self._change:
            self._change.notify_all()

    def _read_errors(self) -> None:
        assert self.process.stderr is not None
        self._errors.extend(self.process.stderr)


def first_to_say(
    programs: list[Program], what: str, after: float, seconds: float = PATIENCE
) -> tuple[Program, dict[str, Any]]:
    """Wait for the first of some programs that says something after a time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for program in programs:
            for line in program.said(what):
                if line["at"] > after:
                    return program, line
        time.sleep(0.005)
    raise AssertionError(f"nobody has said {what!r} in {seconds:g} s")


def histories(client: Any, table: str, key: str) -> Iterator[tuple[int, int]]:
    """Go through the tokens and processes of whoever has written to the resource."""
    found = client.get_item(
        TableName=table, Key={"key": {"S": f"{key}/resource"}}, ConsistentRead=True
    )
    for entry in found.get("Item", {}).get("history", {"L": []})["L"]:
        token, pid = entry["S"].split()
        yield int(token), int(pid)


def eventually(look: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """Look until there is something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.02)
    raise AssertionError(f"it has not come in {seconds:g} s")
