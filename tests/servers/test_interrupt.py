"""Ctrl-C ends a program that waits: soon, and without a word but KeyboardInterrupt."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from scenes import silent_server

import dynawait

# Each program waits for tables that never come, and says when it has looked for them.
START = """
import asyncio, os, sys
import dynawait, dynawait.sync

anyone = {
    "endpoint_url": sys.argv[1],
    "region_name": "us-east-1",
    "aws_access_key_id": "anyone",
    "aws_secret_access_key": "anyone",
}
options = {"proxies": {}, "retries": {"total_max_attempts": 1}, "read_timeout": 30}
several = dict.fromkeys(["never-1", "never-2", "never-3"], dynawait.table_active())

def hooked(client):
    def show(**_):
        os.write(1, b"waiting\\n")  # whole, also from threads

    client.meta.events.register("before-send.dynamodb", show)
    return client
"""
BOTO3 = """
import boto3
from botocore.config import Config

client = hooked(boto3.client("dynamodb", config=Config(**options), **anyone))
"""
BLOCKING_ONE = """
dynawait.sync.wait_for_table_active(client, "never", timeout=None)
"""
BLOCKING_SEVERAL = """
dynawait.sync.wait_for_all(client, several, timeout=None)
"""
ONE = """
async def main():
    await dynawait.wait_for_table_active(client, "never", timeout=None)
"""
SEVERAL = """
async def main():
    await dynawait.wait_for_all(client, several, timeout=None)
"""
AIOBOTOCORE = """
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session

async def main():
    config = AioConfig(**options)
    async with get_session().create_client(
        "dynamodb", config=config, **anyone
    ) as client:
        await dynawait.wait_for_all(hooked(client), several, timeout=None)
"""
HTTPX = """
from aiobotocore.httpxsession import HttpxSession

options["http_session_cls"] = HttpxSession
"""
ASYNCIO = "asyncio.run(main())\n"
TRIO = "import trio; trio.run(main)\n"
PROGRAMS = {
    "blocking-one": BOTO3 + BLOCKING_ONE,
    "blocking-several": BOTO3 + BLOCKING_SEVERAL,
    "boto3-asyncio-one": BOTO3 + ONE + ASYNCIO,
    "boto3-asyncio-several": BOTO3 + SEVERAL + ASYNCIO,
    "boto3-trio-one": BOTO3 + ONE + TRIO,
    "boto3-trio-several": BOTO3 + SEVERAL + TRIO,
    "aiobotocore-asyncio-several": AIOBOTOCORE + ASYNCIO,
    "aiobotocore-trio-several": HTTPX + AIOBOTOCORE + TRIO,
}
NOISE = ("Task was destroyed", "never retrieved", "never awaited", "ResourceWarning")


def interrupt(program: str, url: str, *, after: float) -> tuple[int, str, float]:
    """Run a program, press Ctrl-C, and return its code, its errors and the seconds.

    Args:
        program: the source.
        url: the endpoint that it is to talk to.
        after: how long after its first request, in seconds.
    """
    package = Path(dynawait.__file__).parents[1]
    process = subprocess.Popen(
        [sys.executable, "-c", START + program, url],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(package), "PYTHONWARNINGS": "default"},
        # In a session of its own, so that whatever it leaves behind can be found.
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        first = process.stdout.readline()
        if first != "waiting\n":
            process.kill()
            pytest.fail(f"it said {first!r} and {process.communicate()[1]}")
        time.sleep(after)
        begun = time.monotonic()
        process.send_signal(signal.SIGINT)
        try:
            _, errors = process.communicate(timeout=5)
        except subprocess.TimeoutExpired:
            pytest.fail("the program still runs 5 s after Ctrl-C")
        seconds = time.monotonic() - begun
        with pytest.raises(ProcessLookupError):
            os.killpg(process.pid, 0)
        return process.returncode, errors, seconds
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()


def check(code: int, errors: str, seconds: float) -> None:
    """Check that a program has ended with KeyboardInterrupt and nothing else."""
    # Python ends by the signal itself when nobody catches KeyboardInterrupt.
    assert code == -signal.SIGINT, errors
    assert errors.rstrip().splitlines()[-1] == "KeyboardInterrupt"
    assert not [noise for noise in NOISE if noise in errors], errors
    assert "Exception ignored" not in errors
    assert seconds < 2


@pytest.mark.parametrize("name", PROGRAMS)
def test_ctrl_c_between_two_looks(name: str, moto_url: str) -> None:
    """A program that sleeps until its next look ends within two seconds."""
    check(*interrupt(PROGRAMS[name], moto_url, after=0.3))


@pytest.mark.parametrize("name", PROGRAMS)
def test_ctrl_c_during_a_call(name: str) -> None:
    """A program whose call has no answer yet ends within two seconds as well."""
    with silent_server() as url:
        check(*interrupt(PROGRAMS[name], url, after=0.1))
