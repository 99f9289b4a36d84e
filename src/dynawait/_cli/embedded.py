"""The simulated server behind the command line, which the extra ``testing`` brings."""

from __future__ import annotations

from importlib.util import find_spec

from .exits import CommandError

_NEEDS = ("waitress", "moto")


def check_embedded() -> None:
    """See that the server can be started.

    Raises:
        CommandError: something is not installed.
    """
    missing = [name for name in _NEEDS if find_spec(name) is None]
    if missing:
        raise CommandError(
            f"the simulated DynamoDB needs {' and '.join(missing)}",
            hint="Install it with: pip install 'dynawait[cli,testing]'",
        )


def pointers(url: str) -> str:
    """Return the lines that point an SDK, the AWS CLI or this program at a server."""
    return (
        f"export AWS_ENDPOINT_URL_DYNAMODB={url}\n"
        "export AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1\n"
        "export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test"
    )
