"""The client of a boto3 resource, without what the resource has added to it.

A resource makes its client take and return plain Python values. Locks are written and
read in DynamoDB's own JSON, as any other client does.
"""

from __future__ import annotations

from copy import copy
from typing import Any

from .kinds import unwrapped

# The handlers that boto3 registers, by the ids that it gives them:
# https://github.com/boto/boto3/blob/develop/boto3/dynamodb/transform.py
_HANDLERS = (
    ("provide-client-params.dynamodb", "dynamodb-create-params-copy"),
    ("before-parameter-build.dynamodb", "dynamodb-condition-expression"),
    ("before-parameter-build.dynamodb", "dynamodb-attr-value-input"),
    ("after-call.dynamodb", "dynamodb-attr-value-output"),
)


def plain(client: Any) -> Any:
    """Return a client that speaks DynamoDB's JSON, whatever resource it belongs to.

    Raises:
        TypeError: it is no DynamoDB client.
    """
    found = unwrapped(client)
    events = getattr(getattr(found, "meta", None), "events", None)
    if events is None or not hasattr(events, "unregister"):
        return found
    # The copy shares connections and credentials; only its handlers are its own.
    # `copy.copy` would ask a client that has no attributes yet for one, without end.
    kind: type[Any] = found.__class__
    twin: Any = object.__new__(kind)
    twin.__dict__.update(found.__dict__)
    twin.meta = meta = copy(found.meta)
    meta.events = copy(events)
    for event, handler in _HANDLERS:
        meta.events.unregister(event, unique_id=handler)
    return twin
