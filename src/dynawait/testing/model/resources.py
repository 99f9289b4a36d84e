"""The ARNs that tags and policies are about, and what is wrong with others.

The texts are those measured on AWS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .account import ACCOUNT_ID
from .refusals import ServiceFault, invalid, refuse

if TYPE_CHECKING:
    from .account import Account

_PARTS = 6


def no_resource(arn: str) -> ServiceFault:
    """Return what the tag operations say of a table that they do not see."""
    return ServiceFault(
        "ResourceNotFoundException",
        f"Requested resource not found: ResourceArn: {arn} not found",
    )


def check_arn(account: Account, arn: str) -> None:
    """Refuse an ARN that is not of a table or a stream of this account and Region."""
    if not arn.startswith("arn:"):
        problem = f"ARNs must start with 'arn:': {arn}"
        raise invalid(problem)
    parts = arn.split(":", _PARTS - 1)
    if len(parts) < _PARTS or parts[2] != "dynamodb" or "/" not in parts[5]:
        problem = f"Provided Arn is not a DynamoDB resource arn: {arn}"
        raise invalid(problem)
    if parts[4] != ACCOUNT_ID:
        message = "This action is only supported by accounts that match the resource"
        raise refuse(f"{message} owner’s account.")  # noqa: RUF001 - as AWS writes it
    if parts[1] != "aws" or parts[3] != account.region:
        message = "Invalid TableArn: Invalid ResourceArn provided as input"
        raise refuse(f"{message} {arn}")
    kind, _, rest = parts[5].partition("/")
    inner = rest.split("/")[1:2]
    if kind != "table" or inner not in ([], ["stream"]):
        problem = "Invalid resource arn provided, only table or stream is accepted."
        raise invalid(f"{problem} Provided resource arn: {arn}")
