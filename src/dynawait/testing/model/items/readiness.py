"""When reads and writes get through to a table and its indexes.

They do from ACTIVE on, whatever changes meanwhile, until the table is no more: API
reference, CreateTable and DeleteTable. Of an index they do once it is ACTIVE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..refusals import key_disabled, not_readable, refuse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..account import Account
    from ..tables import Table


def ready_table(account: Account, subject: str) -> Table:
    """Return a table that can be read and written.

    That an archived table answers like one that is not there is a guess: the API
    reference says of this error only that the status of the table might not be ACTIVE.

    Raises:
        ServiceFault: ResourceNotFoundException, or ValidationException for a lost key.
    """
    table = account.find(subject)
    if table is None or table.status == "CREATING":
        raise not_readable()
    match table.affliction:
        case None | "REPLICATION_NOT_AUTHORIZED":
            return table
        case "INACCESSIBLE_ENCRYPTION_CREDENTIALS" if table.encryption_key:
            raise key_disabled(table.encryption_key)
        case _:
            raise not_readable()


def ready_index(table: Table, name: str, *, consistent: bool) -> Mapping[str, Any]:
    """Return the definition of an index that can be read.

    Raises:
        ServiceFault: ValidationException.
    """
    for local in table.local_indexes:
        if local["IndexName"] == name:
            return local
    index = table.indexes.get(name)
    if index is None or table.under_way("index-delete", index=name):
        raise refuse(f"The table does not have the specified index: {name}")
    if consistent:
        message = "Consistent reads are not supported on global secondary indexes"
        raise refuse(message)
    if table.under_way("allocate", "backfill", index=name):
        message = f"Cannot read from backfilling global secondary index: {name}"
        raise refuse(message)
    return {
        "IndexName": name,
        "KeySchema": index.key_schema,
        "Projection": index.projection,
    }
