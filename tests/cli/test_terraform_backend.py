"""What a folder of Terraform tells, and what Terraform's log does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from dynawait._cli.terraform_locks.backend import backend_of
from dynawait._cli.terraform_locks.log import Attempt, TerraformLog

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = {
    "bucket": "states",
    "key": "app.tfstate",
    "dynamodb_table": "locks",
    "region": "eu-central-1",
    "dynamodb_endpoint": None,
    "endpoints": {"dynamodb": "http://127.0.0.1:8000", "s3": None},
    "use_lockfile": None,
    "workspace_key_prefix": None,
}


def write(folder: Path, document: Any, data: str = ".terraform") -> None:
    """Leave what ``terraform init`` leaves."""
    (folder / data).mkdir(exist_ok=True)
    text = document if isinstance(document, str) else json.dumps(document)
    (folder / data / "terraform.tfstate").write_text(text)


def s3(**config: Any) -> dict[str, Any]:
    """Return the document of an S3 backend."""
    return {"version": 3, "backend": {"type": "s3", "config": CONFIG | config}}


def test_the_backend_tells_where_the_lock_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the folder that the command chooses, of the workspace that is chosen there."""
    monkeypatch.chdir(tmp_path)
    assert backend_of(["terraform", "apply"], {}) is None
    write(tmp_path, s3())
    found = backend_of(["terraform", "apply"], {})
    assert found is not None
    assert (found.path, found.table) == ("states/app.tfstate", "locks")
    assert (found.region, found.lockfile) == ("eu-central-1", False)
    assert found.endpoint == "http://127.0.0.1:8000"
    (tmp_path / ".terraform" / "environment").write_text("staging")
    assert _path(["terraform"], {}) == "states/env:/staging/app.tfstate"
    assert _path(["terraform"], {"TF_WORKSPACE": "default"}) == "states/app.tfstate"
    infra = tmp_path / "infra"
    infra.mkdir()
    write(infra, s3(key="infra", workspace_key_prefix="spaces"), data="data")
    environment = {"TF_DATA_DIR": "data", "TF_WORKSPACE": "eu"}
    assert (
        _path(["tofu", "-chdir=infra", "plan"], environment) == "states/spaces/eu/infra"
    )
    assert (
        _path(["tofu", "plan", "-chdir=infra"], {}) == "states/env:/staging/app.tfstate"
    )


def _path(command: list[str], environment: dict[str, str]) -> str:
    found = backend_of(command, environment)
    assert found is not None
    return found.path


@pytest.mark.parametrize(
    "document",
    [
        "",
        "[1",
        "[" * 100_000,
        [],
        {},
        {"backend": None},
        {"backend": {"type": "local", "config": CONFIG}},
        {"backend": {"type": "s3", "config": [1]}},
        {"backend": {"type": "s3", "config": {"bucket": "states"}}},
        {"backend": {"type": "s3", "config": {"bucket": 1, "key": {}}}},
    ],
)
def test_a_folder_that_tells_nothing_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, document: Any
) -> None:
    """It is Terraform's to complain."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path, document)
    assert backend_of(["terraform"], {}) is None


ATTEMPT = (
    "2026-11-21T18:00:25.208Z [INFO]  backend-s3: Attempting to lock remote state "
    '(DynamoDB only)...: tf_backend.lock.id={id} tf_backend.lock.info="a b" '
    "tf_backend.lock.operation=OperationTypeApply tf_backend.lock.path={path} "
    "tf_backend.operation={operation} tf_backend.s3.path=app.tfstate\n"
)


def attempt(
    lock_id: str = "one", path: str = "states/app.tfstate", operation: str = "Lock"
) -> str:
    """Return a line as Terraform logs it."""
    return ATTEMPT.format(id=lock_id, path=path, operation=operation)


def read(log: TerraformLog, text: str) -> tuple[Attempt, ...]:
    """Let Terraform log something; return what is known then."""
    with open(log.environment["TF_LOG_PATH"], "a", encoding="utf-8") as file:  # noqa: PTH123 - a path in the environment
        file.write(text)
    return log.attempts()


def test_the_log_names_the_locks_that_are_taken() -> None:
    """Once each, in text and in JSON, whatever the path; and not what is unlocked."""
    with TerraformLog({}) as log:
        assert log.environment["TF_LOG_CORE"] == "INFO"
        assert (log.attempts(), log.tells) == ((), False)
        first = Attempt("states/app.tfstate", "one")
        assert read(log, attempt() * 2) == (first,)
        assert log.tells
        second = Attempt('a "b" c', "two")
        assert read(log, attempt("two", '"a \\"b\\" c"')) == (first, second)
        assert read(log, attempt("three", operation="Unlock")) == (first, second)
        fields = {"lock.id": "four", "lock.path": "p", "operation": "Lock"}
        line = json.dumps({f"tf_backend.{name}": fields[name] for name in fields})
        assert read(log, line[:40]) == (first, second)
        fourth = Attempt("p", "four")
        assert read(log, f"{line[40:]}\n") == (first, second, fourth)
        assert read(log, "{tf_backend.lock.id\n\xff\n") == (first, second, fourth)


@pytest.mark.parametrize(
    ("line", "tells"),
    [
        ("[INFO]  Terraform version: 1.11.4\n", True),
        ("[INFO]  Terraform version: 1.6.0 dev\n", True),
        ("[INFO]  Terraform version: 1.5.7\n", False),
        ("[INFO]  OpenTofu version: 1.8.1\n", False),
        ("[INFO]  Go runtime version: go1.23.3\n", False),
    ],
)
def test_only_a_version_that_names_locks_proves_that_there_is_none(
    line: str, tells: bool
) -> None:
    """Terraform since 1.6."""
    with TerraformLog({}) as log:
        assert read(log, line) == ()
        assert log.tells == tells


def test_a_log_of_the_users_own_is_read_and_left_alone(tmp_path: Path) -> None:
    """From where it ends at the start; without a file there is nothing to read."""
    file = tmp_path / "own.log"
    file.write_text(attempt("old"))
    with TerraformLog({"TF_LOG": "debug", "TF_LOG_PATH": str(file)}) as log:
        assert log.environment == {}
        with file.open("a") as more:
            more.write(attempt("new"))
        assert log.attempts() == (Attempt("states/app.tfstate", "new"),)
    assert file.exists()
    for environment in ({"TF_LOG": "trace"}, {"TF_LOG_PROVIDER": "trace"}):
        with TerraformLog(environment) as log:
            assert (log.environment, log.attempts()) == ({}, ())


def test_a_log_of_ours_is_removed() -> None:
    """It holds the arguments of the command; and nobody else can read it."""
    with TerraformLog({}) as log:
        read(log, "text")
        file = log.environment["TF_LOG_PATH"]
        assert _mode_of_folder(file) == 0o700
    with pytest.raises(FileNotFoundError):
        _mode_of_folder(file)


def _mode_of_folder(file: str) -> int:
    from pathlib import Path

    return Path(file).parent.stat().st_mode & 0o777
