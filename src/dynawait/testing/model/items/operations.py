"""The operations of the data plane, and who answers them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..operation import Operation
from .batches import batch_get, batch_write
from .reading import query, scan
from .requests import REQUESTS
from .single import delete_item, get_item, put_item, update_item
from .transactions import transact_get, transact_write

if TYPE_CHECKING:
    from collections.abc import Mapping

OPERATIONS: Mapping[str, Operation] = {
    name: Operation(REQUESTS[name], answer)
    for name, answer in {
        "GetItem": get_item,
        "PutItem": put_item,
        "UpdateItem": update_item,
        "DeleteItem": delete_item,
        "Query": query,
        "Scan": scan,
        "BatchGetItem": batch_get,
        "BatchWriteItem": batch_write,
        "TransactGetItems": transact_get,
        "TransactWriteItems": transact_write,
    }.items()
}
