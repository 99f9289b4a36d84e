"""Questions about a table, and their algebra.

>>> from dynawait import indexes_active, table_active
>>> table_active() & indexes_active("by-email")
table_active() & indexes_active('by-email')

A condition is judged against a `TableState` and answers with a `Verdict`: *satisfied*,
*pending* with reasons, or *impossible* with the reason why waiting cannot help.
"""

from __future__ import annotations

from ._algebra import Condition as Condition
from ._algebra import Verdict as Verdict
from ._grammar import parse_condition as parse_condition
from ._indexes import indexes_absent as indexes_absent
from ._indexes import indexes_active as indexes_active
from ._indexes import indexes_started as indexes_started
from ._indexes import vector_indexes_absent as vector_indexes_absent
from ._indexes import vector_indexes_active as vector_indexes_active
from ._regions import replicas_absent as replicas_absent
from ._regions import replicas_active as replicas_active
from ._regions import witnesses_absent as witnesses_absent
from ._regions import witnesses_active as witnesses_active
from ._settings import billing_mode as billing_mode
from ._settings import deletion_protection as deletion_protection
from ._settings import encryption_settled as encryption_settled
from ._settings import stream_disabled as stream_disabled
from ._settings import stream_enabled as stream_enabled
from ._settings import table_class as table_class
from ._settings import throughput as throughput
from ._settings import warm_throughput_settled as warm_throughput_settled
from ._tables import no_table as no_table
from ._tables import quiet as quiet
from ._tables import restored as restored
from ._tables import satisfies as satisfies
from ._tables import table_absent as table_absent
from ._tables import table_active as table_active

__all__ = [
    "Condition",
    "Verdict",
    "billing_mode",
    "deletion_protection",
    "encryption_settled",
    "indexes_absent",
    "indexes_active",
    "indexes_started",
    "no_table",
    "parse_condition",
    "quiet",
    "replicas_absent",
    "replicas_active",
    "restored",
    "satisfies",
    "stream_disabled",
    "stream_enabled",
    "table_absent",
    "table_active",
    "table_class",
    "throughput",
    "vector_indexes_absent",
    "vector_indexes_active",
    "warm_throughput_settled",
    "witnesses_absent",
    "witnesses_active",
]
