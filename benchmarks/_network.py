"""A network between clients and a server: it takes time, and may lose an answer.

It runs in a process of its own, so that nobody's interpreter waits for it. A line of
JSON on its standard input changes it; what it has carried is told on its standard
output: ``{"latency": 0.005}``, ``{"lose": ["UpdateItem", 1]}``, ``{"count": true}``.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from collections import Counter
from typing import Any, NamedTuple


class Message(NamedTuple):
    """A request or an answer: its first line, its headers, and all of its bytes."""

    first: bytes
    headers: dict[bytes, bytes]
    whole: bytes


async def read_message(reader: asyncio.StreamReader) -> Message | None:
    """Read a message whose body has a length; None where the other side has ended."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    first, *lines = head[:-4].split(b"\r\n")
    pairs = (line.split(b":", 1) for line in lines)
    headers = {name.lower(): value.strip() for name, value in pairs}
    if b"chunked" in headers.get(b"transfer-encoding", b""):
        # Neither botocore nor the servers send one; to pass it on half would be worse.
        raise NotImplementedError("a body in chunks")
    length = int(headers.get(b"content-length", b"0"))
    try:
        body = await reader.readexactly(length)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    return Message(first, headers, head + body)


class Relay:
    """Carries calls to a server and answers back."""

    def __init__(self, port: int) -> None:
        """Take the port of the server, on loopback."""
        self._port = port
        self._latency = 0.0
        self._lose: Counter[str] = Counter()
        self._carried: Counter[str] = Counter()
        self._serving: set[asyncio.Task[None] | None] = set()

    def command(self, line: bytes) -> None:
        """Do what a line of the input says."""
        wanted: dict[str, Any] = json.loads(line)
        self._latency = wanted.get("latency", self._latency)
        if "lose" in wanted:
            operation, times = wanted["lose"]
            self._lose[operation] += times
        carried = {"carried": self._carried, "left": sum(self._lose.values())}
        if wanted.get("count"):
            self._carried = Counter()
        print(json.dumps(carried), flush=True)

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Carry the calls of one connection, until either side ends it."""
        # The loop holds its tasks weakly: they might vanish while they wait.
        me = asyncio.current_task()
        self._serving.add(me)
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            while (request := await read_message(reader)) is not None:
                answer = await self._carry(request, there, back)
                if answer is None:
                    return
                writer.write(answer.whole)
                await writer.drain()
        except ConnectionError:
            return
        finally:
            writer.close()
            back.close()
            self._serving.discard(me)

    async def _carry(
        self, request: Message, there: asyncio.StreamReader, back: asyncio.StreamWriter
    ) -> Message | None:
        """Make one call; None where its answer is lost."""
        target = request.headers.get(b"x-amz-target", b"").decode()
        operation = target.rpartition(".")[2]
        self._carried[operation] += 1
        await self._rest()
        back.write(request.whole)
        answer = await read_message(there)
        if self._lose[operation] > 0:
            self._lose[operation] -= 1
            return None
        return answer

    async def _rest(self) -> None:
        if self._latency:
            await asyncio.sleep(self._latency)


async def main(port: int) -> None:
    """Relay until the input ends, and say first on which port."""
    relay = Relay(port)
    server = await asyncio.start_server(
        relay.serve, "127.0.0.1", 0, family=socket.AF_INET, backlog=512
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(lines), sys.stdin
    )
    while line := await lines.readline():
        relay.command(line)
    server.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
