"""Which lock paths Terraform's S3 backends use, and where two of them meet.

A state lies at ``<bucket>/<key>``, that of a workspace at
``<bucket>/<workspace_key_prefix>/<workspace>/<key>``; the same text is the ``LockID``
of its lock, and with ``-md5`` behind it that of its digest. Nothing keeps two backends
from the same text.

Source: "Backend Type: s3" in Terraform's manual
(https://developer.hashicorp.com/terraform/language/backend/s3).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ..errors import InvalidArgumentError
from ._dialects.terraform import DIGEST_SUFFIX, digest_key

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias

    CollisionKind: TypeAlias = Literal["shared", "shadowed", "digest"]

_DEFAULT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class TerraformBackend:
    """An S3 backend of Terraform or OpenTofu, as its block says.

    Attributes:
        bucket: the bucket of the states.
        key: the key of the default workspace's state.
        workspaces: the workspaces besides the default one.
        workspace_key_prefix: what their keys begin with.
        name: what a report calls it, such as its folder; empty: bucket and key.
    """

    bucket: str
    key: str
    workspaces: tuple[str, ...] = ()
    workspace_key_prefix: str = "env:"
    name: str = ""

    def __post_init__(self) -> None:
        """Refuse what has no path."""
        for argument in ("bucket", "key"):
            if not getattr(self, argument):
                raise InvalidArgumentError(argument, "it cannot be empty")
        if isinstance(self.workspaces, str):
            problem = f"expected several names, got {self.workspaces!r:.99}"
            raise InvalidArgumentError("workspaces", problem)

    def path(self, workspace: str = _DEFAULT) -> str:
        """Return where a workspace's lock lies."""
        if workspace == _DEFAULT:
            return f"{self.bucket}/{self.key}"
        prefix = self.workspace_key_prefix
        return f"{self.bucket}/{prefix}/{workspace}/{self.key}"

    def paths(self) -> dict[str, str]:
        """Return the paths by workspace."""
        names = dict.fromkeys((_DEFAULT, *self.workspaces))
        return {workspace: self.path(workspace) for workspace in names}

    def __str__(self) -> str:
        """Return its name."""
        return self.name or f"{self.bucket}/{self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Collision:
    """Two or more users of one row.

    Attributes:
        kind: *shared*: backends with the same bucket and key, which overwrite each
            other's state. *shadowed*: the path of a workspace is also that of another
            backend. *digest*: the lock of one state is the digest row of another.
        path: the ``LockID`` of the row.
        users: who uses it, each with its workspace.
        problem: what comes of it.
    """

    kind: CollisionKind
    path: str
    users: tuple[str, ...]
    problem: str


def find_collisions(backends: Iterable[TerraformBackend]) -> tuple[Collision, ...]:
    """Find the rows of a lock table that more than one state would use.

    Args:
        backends: all that use one table.

    Returns:
        The collisions, by path; none where every state has rows of its own.

    Raises:
        InvalidArgumentError: one of them is no `TerraformBackend`.
    """
    users: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for backend in backends:
        given: Any = backend
        if not isinstance(given, TerraformBackend):
            problem = f"expected a TerraformBackend, got {given!r:.99}"
            raise InvalidArgumentError("backends", problem)
        for workspace, path in backend.paths().items():
            users[path].append((str(backend), workspace))
    found = [*_shared(users), *_digests(users)]
    return tuple(sorted(found, key=lambda each: (each.path, each.kind)))


def _shared(users: dict[str, list[tuple[str, str]]]) -> Iterable[Collision]:
    for path, there in users.items():
        if len(there) == 1:
            continue
        same = len({workspace for _, workspace in there}) == 1
        problem = (
            f"{len(there)} states lie at {path}: each overwrites the others, and they "
            "wait for each other's locks. Give each backend a key of its own"
        )
        if not same:
            problem += "; the path of a workspace is also the key of a backend"
        kind: CollisionKind = "shared" if same else "shadowed"
        yield Collision(kind=kind, path=path, users=_named(there), problem=problem)


def _digests(users: dict[str, list[tuple[str, str]]]) -> Iterable[Collision]:
    for path, there in users.items():
        row = digest_key(path)
        if row in users:
            yield Collision(
                kind="digest",
                path=row,
                users=_named([*there, *users[row]]),
                problem=digest_problem(row),
            )


def digest_problem(path: str) -> str:
    """Say what comes of a state whose lock lies in the row of another's digest."""
    state = path.removesuffix(DIGEST_SUFFIX)
    return (
        f"{path} is the lock of one state and the digest of {state}: while the digest "
        "is there nobody can lock the one, and a change of the other overwrites the "
        f"lock. Use a key that does not end in {DIGEST_SUFFIX}"
    )


def _named(users: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(
        name if workspace == _DEFAULT else f"{name} (workspace {workspace})"
        for name, workspace in users
    )
