"""Terraform itself, and Terraform's locks through every face, on servers."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import anyio
import pytest
from changes import ALL, servers
from faces import every_async_face

import dynawait.sync
from dynawait.errors import LockMismatchError, LockTimeoutError
from dynawait.locks import TerraformLocks
from dynawait.locks.owners import local_owner_alive
from dynawait.sync.locks import TerraformLocks as BlockingLocks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from faces import Face
    from mypy_boto3_dynamodb import DynamoDBClient

    from dynawait.locks.records import LockRecord

PATIENCE = 60.0
PATH = "states/app.tfstate"
MD5 = "0123456789abcdef0123456789abcdef"


class Shelf(BaseHTTPRequestHandler):
    """As much of S3 as Terraform's backend asks for, in memory."""

    objects: dict[str, bytes]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Return an object, or a list without entries."""
        parts = urlsplit(self.path)
        if parts.path.count("/") < 2 or "list-type" in parts.query:
            self._answer(200, b"<ListBucketResult></ListBucketResult>")
            return
        body = self.objects.get(parts.path)
        if body is None:
            missing = b"<Error><Code>NoSuchKey</Code><Message>none</Message></Error>"
            self._answer(404, missing)
        else:
            self._answer(200, body)

    def do_HEAD(self) -> None:
        """Say how long an object is."""
        self.do_GET()

    def do_PUT(self) -> None:
        """Keep an object."""
        length = int(self.headers["Content-Length"])
        self.objects[urlsplit(self.path).path] = self.rfile.read(length)
        self._answer(200, b"")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name
        """Keep quiet."""

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", f'"{hashlib.md5(body).hexdigest()}"')  # noqa: S324 - S3's own
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


@contextmanager
def bucket() -> Iterator[tuple[str, dict[str, bytes]]]:
    """Serve a bucket; give its endpoint and its objects."""
    objects: dict[str, bytes] = {}
    handler = type("Bucket", (Shelf,), {"objects": objects})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", objects
        finally:
            server.shutdown()
            thread.join()


def lock_table(client: DynamoDBClient, name: str) -> None:
    """Create a table as Terraform's manual says."""
    dynawait.sync.safe_create_table(
        client,
        TableName=name,
        AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )


@dataclass
class Terraform:
    """Terraform in a folder of its own, with its states and locks on our servers."""

    binary: str
    folder: Path
    s3: str
    dynamodb: str
    table: str
    environment: dict[str, str] = field(default_factory=dict[str, str])

    def write(self, command: str) -> None:
        """Write a configuration that does nothing but run a command."""
        options = {
            "bucket": "states",
            "key": "app.tfstate",
            "region": "us-east-1",
            "dynamodb_table": self.table,
            "endpoints": {"s3": self.s3, "dynamodb": self.dynamodb},
            "access_key": "anyone",
            "secret_key": "anyone",
            "use_path_style": True,
            "skip_credentials_validation": True,
            "skip_metadata_api_check": True,
            "skip_region_validation": True,
            "skip_requesting_account_id": True,
            "skip_s3_checksum": True,
        }
        script = {"local-exec": {"command": command}}
        document = {
            "terraform": {"backend": {"s3": options}},
            "resource": {
                "terraform_data": {"it": {"input": command, "provisioner": [script]}}
            },
        }
        (self.folder / "main.tf.json").write_text(json.dumps(document))
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "CHECKPOINT_DISABLE": "1",
            "TF_IN_AUTOMATION": "1",
        }

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start it in a process group of its own."""
        return subprocess.Popen(
            [self.binary, *arguments],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run it to its end; return its exit code and what it printed."""
        process = self.start(*arguments)
        try:
            output, _ = process.communicate(timeout=PATIENCE)
        finally:
            end(process)
        return process.returncode, output


def end(process: subprocess.Popen[str]) -> None:
    """Kill a process and its children, as the end of a CI job does."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(PATIENCE)
    if process.stdout is not None:
        process.stdout.close()


def eventually(look: Callable[[], Any]) -> Any:
    """Look until there is something."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it has not come")


APPLY = ("apply", "-auto-approve", "-input=false", "-no-color", "-lock-timeout=0s")


@pytest.mark.skipif(os.name == "nt", reason="a process group is killed")
def test_a_killed_apply_is_assessed_and_unlocked(
    simulated_url: str,
    table_name: str,
    tmp_path: Path,
    boto3_client: Callable[..., DynamoDBClient],
) -> None:
    """Terraform holds; is killed; is found dead; is unlocked; and applies again."""
    binary = shutil.which("terraform") or shutil.which("tofu")
    if binary is None:
        pytest.skip(
            "there is no terraform and no tofu on the PATH: install one of them "
            "(https://developer.hashicorp.com/terraform/install)"
        )
    client = boto3_client(simulated_url)
    lock_table(client, table_name)
    locks = BlockingLocks(client, table_name)
    with bucket() as (s3, objects):
        terraform = Terraform(binary, tmp_path, s3, simulated_url, table_name)
        terraform.write("sleep 600")
        code, output = terraform.run("init", "-input=false", "-no-color")
        assert code == 0, output
        process = terraform.start(*APPLY)

        def is_owner_alive(_: LockRecord) -> bool:
            return process.poll() is None

        try:
            lock = eventually(lambda: locks.inspect(PATH))
            assert lock.problem is None
            assert lock.operation == "OperationTypeApply"
            assert [each.id for each in locks.records()] == [lock.id]
            alive = locks.assess(PATH, is_owner_alive=is_owner_alive)
            assert alive.verdict == "HELD"
            with pytest.raises(LockTimeoutError), locks.hold(PATH, wait=0):
                pass
        finally:
            end(process)
        assert locks.assess(PATH, is_owner_alive=local_owner_alive).verdict == "UNKNOWN"
        dead = locks.assess(PATH, is_owner_alive=is_owner_alive)
        assert dead.verdict == "STALE"
        code, output = terraform.run(*APPLY)
        assert code == 1
        assert lock.id in output
        with pytest.raises(LockMismatchError):
            locks.unlock(PATH, "another")
        assert locks.unlock(PATH, lock.id) == lock
        terraform.write("exit 0")
        code, output = terraform.run(*APPLY)
        assert code == 0, output
        assert locks.inspect(PATH) is None
        state = objects[f"/{PATH}"]
        assert locks.digest(PATH) == hashlib.md5(state).hexdigest()  # noqa: S324 - Terraform's own
        hold_against(terraform, locks)
        break_digest(terraform, locks, state)


def hold_against(terraform: Terraform, locks: BlockingLocks) -> None:
    """Show that Terraform waits for a lock of ours, names it, and can unlock it."""
    with locks.hold(PATH, operation="migration", info="<move> & rename") as held:
        code, output = terraform.run(*APPLY)
        assert code == 1
        for text in (held.id, held.who, "migration", "<move> & rename"):
            assert text in output
        code, output = terraform.run("force-unlock", "-force", held.id)
        assert code == 0, output
        assert locks.inspect(PATH) is None
    code, output = terraform.run(*APPLY)
    assert code == 0, output


def break_digest(terraform: Terraform, locks: BlockingLocks, state: bytes) -> None:
    """Show that Terraform waits for the right digest, and goes on when it is there."""
    right = hashlib.md5(state).hexdigest()  # noqa: S324 - Terraform's own
    locks.repair_digest(PATH, "0" * 32)
    # It would look again for 10 s, in the hope that the state is yet to appear.
    process = terraform.start("plan", "-input=false", "-no-color")
    try:
        time.sleep(1)
        locks.repair_digest(PATH, right)
        output, _ = process.communicate(timeout=PATIENCE)
    finally:
        end(process)
    assert process.returncode == 0, output
    assert locks.digest(PATH) == right


@servers(*ALL)
def test_every_server_keeps_a_lock_and_its_digest(
    server: str,
    table_name: str,
    request: pytest.FixtureRequest,
    boto3_client: Callable[..., DynamoDBClient],
) -> None:
    """Held, listed, refused to a second one, unlocked by its ID; and checked."""
    client = boto3_client(request.getfixturevalue(f"{server}_url"))
    lock_table(client, table_name)
    locks, others = (BlockingLocks(client, table_name) for _ in range(2))
    assert locks.inspect(PATH) is None
    with locks.hold(PATH, info='"é\u2028<&>') as held:
        assert others.inspect(PATH) == held
        assert [each.id for each in others.records()] == [held.id]
        with pytest.raises(LockTimeoutError), others.hold(PATH, wait=0):
            pass
        with pytest.raises(LockMismatchError):
            others.unlock(PATH, "another")
    with pytest.raises(LockMismatchError):
        others.unlock(PATH, held.id)
    with locks.hold(PATH) as held:
        probe = local_owner_alive
        assert others.assess(PATH, is_owner_alive=probe).verdict == "HELD"
        assert others.unlock(PATH, held.id) == held
    assert locks.digest(PATH) is None
    locks.repair_digest(PATH, MD5)
    assert others.digest(PATH) == MD5
    locks.repair_digest(PATH, "f" * 32)
    assert others.digest(PATH) == "f" * 32
    permissions = locks.check_permissions()
    assert permissions.ok, permissions
    table = locks.check_table()
    assert table.ok, table
    assert table.rows == 1
    assert client.scan(TableName=table_name)["Count"] == 1


@every_async_face
def test_every_client_and_loop_keeps_a_lock(
    face: Face,
    simulated_url: str,
    table_name: str,
    boto3_client: Callable[..., DynamoDBClient],
) -> None:
    """On asyncio and trio, with aiobotocore and boto3."""
    lock_table(boto3_client(simulated_url), table_name)

    async def main() -> None:
        async with face.open(simulated_url) as client:
            locks, others = (TerraformLocks(client, table_name) for _ in range(2))
            async with locks.hold(PATH) as held:
                assert await others.inspect(PATH) == held
                assert [each.id async for each in others.records()] == [held.id]
                found = await others.assess(PATH, is_owner_alive=local_owner_alive)
                assert found.verdict == "HELD"
                with pytest.raises(LockTimeoutError):
                    async with others.hold(PATH, wait=0):
                        pass
            assert await others.inspect(PATH) is None
            with pytest.raises(ZeroDivisionError):
                await fail(locks, others)
            await locks.repair_digest(PATH, MD5)
            assert await others.digest(PATH) == MD5
            assert (await locks.check_permissions()).ok
            assert (await locks.check_table()).ok

    face.run(main)


async def fail(locks: TerraformLocks, others: TerraformLocks) -> None:
    """Fail while a lock is held that somebody has freed by force."""
    async with locks.hold(PATH) as held:
        assert await others.unlock(PATH, held.id) == held
        raise ZeroDivisionError


@every_async_face
def test_a_cancelled_body_gives_the_lock_back(
    face: Face,
    simulated_url: str,
    table_name: str,
    boto3_client: Callable[..., DynamoDBClient],
) -> None:
    """Nobody else would."""
    lock_table(boto3_client(simulated_url), table_name)

    async def main() -> None:
        async with face.open(simulated_url) as client:
            locks = TerraformLocks(client, table_name)
            with anyio.move_on_after(1) as scope:
                async with locks.hold(PATH):
                    await anyio.sleep(60)
            assert scope.cancelled_caught
            assert await locks.inspect(PATH) is None

    face.run(main)
