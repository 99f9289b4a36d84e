"""Resource policies as texts: what is wrong with one, and the form it is read in.

GetResourcePolicy does not answer the text that was put: it answers the same document in
a form of its own, as measured on AWS. Of principals only this is looked at: that not
everybody is allowed something, and that the account is not locked out.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from .account import ACCOUNT_ID
from .refusals import invalid, refuse

if TYPE_CHECKING:
    from .refusals import ServiceFault

_LARGEST = 20_480
_ORDER = ("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction")
_LATER = ("Resource", "NotResource", "Condition")
_UNVERSIONED = "2008-10-17"
_PUT = ("*", "dynamodb:*", "dynamodb:PutResourcePolicy")
_EVERYBODY = ("*", {"AWS": "*"})


def canonical(policy: str) -> str:
    """Return a policy in the form in which two are compared.

    Raises:
        ServiceFault: ValidationException, when it is no policy.
    """
    if len(policy.encode()) > _LARGEST:
        problem = f"Maximum policy size of {_LARGEST} bytes exceeded"
        raise invalid(problem)
    document = _parsed(policy)
    statements = [_statement(one) for one in _many(document.get("Statement")) if one]
    if not statements:
        raise _malformed("Could not parse the policy: Statement is empty!")
    sids = [one["Sid"] for one in statements if "Sid" in one]
    if len(set(sids)) < len(sids):
        raise _malformed("The Statement Ids in the policy are not unique")
    form = {name: document[name] for name in ("Version", "Id") if name in document}
    return json.dumps(form | {"Statement": statements}, separators=(",", ":"))


def readable(form: str) -> str:
    """Return a policy as GetResourcePolicy answers it: with a version."""
    document = {"Version": _UNVERSIONED, **json.loads(form)}
    return json.dumps(document, separators=(",", ":"))


def locks_out(form: str) -> bool:
    """Tell whether a policy keeps everybody from ever changing it."""
    return any(
        one["Effect"] == "Deny"
        and one.get("Principal") in _EVERYBODY
        and "Condition" not in one
        and any(action in _PUT for action in _many(one.get("Action")))
        for one in json.loads(form)["Statement"]
    )


def _parsed(policy: str) -> dict[str, Any]:
    try:
        document = json.loads(policy)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise _malformed("This policy contains invalid Json")
    return cast("dict[str, Any]", document)


def _statement(statement: Any) -> dict[str, Any]:
    if not isinstance(statement, dict):
        raise _malformed("Syntax error at position (1,1)")
    given = cast("dict[str, Any]", statement)
    for member in ("Effect", "Action", "Resource"):
        if member not in given and f"Not{member}" not in given:
            raise _malformed(f"Missing required field {member}")
    form = {
        name: _shortened(given[name]) for name in (*_ORDER, *_LATER) if name in given
    }
    form["Effect"] = str(form.get("Effect")).capitalize()
    if form["Effect"] not in ("Allow", "Deny"):
        raise _malformed("Syntax error at position (1,1)")
    if "Principal" in form:
        form["Principal"] = _principal(form["Principal"])
    if form["Effect"] == "Allow" and form.get("Principal") in _EVERYBODY:
        message = "Resource-based policy grants unbounded access in one or more"
        message += " elements. Please revise the policy to ensure least-privilege form"
        raise refuse(f"{message} of access")
    return form


def _principal(principal: Any) -> Any:
    if not isinstance(principal, dict):
        if principal != "*":
            raise _malformed("Syntax error at position (1,1)")
        return principal
    given = cast("dict[str, Any]", principal)
    root = f"arn:aws:iam::{ACCOUNT_ID}:root"
    return {
        kind: _shortened(
            [*{str(root if one == ACCOUNT_ID else one): None for one in _many(named)}]
        )
        for kind, named in given.items()
    }


def _shortened(value: Any) -> Any:
    many = _many(value)
    return many[0] if len(many) == 1 else value


def _many(value: Any) -> list[Any]:
    return list(cast("list[object]", value)) if isinstance(value, list) else [value]


def _malformed(problem: str) -> ServiceFault:
    return invalid(f"Invalid policy document: {problem}")
