"""How long each transition lasts."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Durations:
    """How long each transition lasts, in seconds; the defaults were measured on AWS.

    Attributes:
        table_create: a table without indexes, CREATING.
        table_create_with_indexes: a table with global indexes, CREATING.
        table_update: a change of the table's throughput, UPDATING.
        table_delete: DELETING.
        table_class: a change of the table class, UPDATING.
        stream: a stream switched on or off, the table UPDATING.
        encryption: a change of the encryption, the table ACTIVE.
        index_allocation: the first phase of an index, the table UPDATING.
        index_backfill: its second phase, the table ACTIVE.
        index_delete: an index DELETING, the table UPDATING.
        index_update: a change of an index's throughput, the table ACTIVE.
        to_provisioned: a switch from on-demand to provisioned capacity.
        to_on_demand: a table's first switch to on-demand capacity.
        to_on_demand_again: a switch back to on-demand capacity.
        index_switch: how long the indexes are UPDATING during either switch.
        index_on_demand: a change of an index's on-demand caps, the index UPDATING.
        backfill_per_item: what each item adds to a backfill; a guess, 5,000 a second.
        vector_allocation: the first phase of a vector index; guessed to be an index's.
        vector_backfill: its second phase; it is long however few items there are.
        warm: a warm throughput's own UPDATING.
        warm_unchanged: the same when it asks for what is warm already.
        dying_key: how long a table that is born with a dying key is CREATING.
        key_loss: how long a key is lost before its table shows it.
        key_recovery: how long a key is back before its table shows it.
        key_grace: how long a table is INACCESSIBLE before it is archived.
        archiving: ARCHIVING; a guess.
        protection_with_replicas: a change of the deletion protection of a table with
            replicas, UPDATING; without replicas it takes no time.
        replica_entry: how long a new replica is not in the description.
        replica_create: a replica of an empty table, from the call on.
        replica_create_with_items: a replica of any other table, from the call on.
        replica_per_item: what each item adds to it; a guess.
        replica_update: a change of a replica, or of all Regions' throughput, UPDATING.
        replica_release: how long a table is UPDATING before a replica is DELETING.
        replica_delete: a replica DELETING, the table ACTIVE.
        replica_linger: how long its table outlives its entry.
        replica_index: how much longer than the table's own an index builds in the
            other Regions; a guess.
        strong_create: the replicas of a strongly consistent table, all at once.
        strong_create_with_witness: the same with a witness.
        strong_delete: their DELETING.
        item_count: how old the item count in a description may be.
        settings_lag: how long after CreateTable the settings' services do not see a
            table.
        settings_gone: how long after DeleteTable they still do.
        time_to_live: ENABLING and DISABLING of time to live; neither was ever seen on
            AWS, the API reference says up to an hour.
        time_to_live_interval: how long after a change of it the next is refused; an
            hour by the API reference, about 1,860 seconds as measured.
        backups_enabling: how long after it became ACTIVE a table has no backups.
        tags_read: how long after they were written tags are read.
        tags_lock: how long nobody else can write them.
        policy_read: how long after it was put a resource policy is read.
        policy_pending: how long a change of it keeps the table in use.
        policy_interval: how long after a change of it the next is refused.
        kinesis_enable: ENABLING of a Kinesis destination.
        kinesis_fail: the same when it ends as ENABLE_FAILED.
        kinesis_disable: its DISABLING.
        kinesis_update: a change of its precision, UPDATING.
        insights_enable: ENABLING of contributor insights.
        insights_disable: their DISABLING.
        backup: a backup, CREATING.
        system_backup: how long after DeleteTable the backup that it leaves is there.
        restore: a table that is restored, CREATING.
        export: an export, IN_PROGRESS.
        import_unseen: how long after ImportTable nobody sees its table.
        import_table: that table CREATING.
        import_settle: how long after it became ACTIVE the import is COMPLETED; also how
            long a cancelled one is CANCELLING.
        import_fail: how long an import takes to fail before there is a table.
    """

    table_create: float = 5.0
    table_create_with_indexes: float = 18.0
    table_update: float = 1.5
    table_delete: float = 5.0
    table_class: float = 5.0
    stream: float = 4.5
    encryption: float = 22.0
    index_allocation: float = 40.0
    index_backfill: float = 520.0
    index_delete: float = 4.0
    index_update: float = 3.0
    to_provisioned: float = 90.0
    to_on_demand: float = 150.0
    to_on_demand_again: float = 4.5
    index_switch: float = 6.0
    index_on_demand: float = 2.0
    backfill_per_item: float = 0.0002
    vector_allocation: float = 40.0
    vector_backfill: float = 1_000.0
    warm: float = 390.0
    warm_unchanged: float = 2.0
    dying_key: float = 3_540.0
    key_loss: float = 2_400.0
    key_recovery: float = 2_400.0
    key_grace: float = 604_800.0
    archiving: float = 600.0
    protection_with_replicas: float = 37.0
    replica_entry: float = 6.4
    replica_create: float = 21.0
    replica_create_with_items: float = 620.0
    replica_per_item: float = 0.0002
    replica_update: float = 36.0
    replica_release: float = 36.0
    replica_delete: float = 88.0
    replica_linger: float = 35.0
    replica_index: float = 60.0
    strong_create: float = 15.7
    strong_create_with_witness: float = 70.0
    strong_delete: float = 10.6
    item_count: float = 21_600.0
    settings_lag: float = 2.08
    settings_gone: float = 1.1
    time_to_live: float = 0.0
    time_to_live_interval: float = 3_600.0
    backups_enabling: float = 2.0
    tags_read: float = 1.9
    tags_lock: float = 1.6
    policy_read: float = 1.5
    policy_pending: float = 1.0
    policy_interval: float = 15.0
    kinesis_enable: float = 5.0
    kinesis_fail: float = 2.0
    kinesis_disable: float = 2.0
    kinesis_update: float = 135.0
    insights_enable: float = 2.0
    insights_disable: float = 2.0
    backup: float = 0.05
    system_backup: float = 8.0
    restore: float = 200.0
    export: float = 150.0
    import_unseen: float = 30.0
    import_table: float = 80.0
    import_settle: float = 6.0
    import_fail: float = 6.0

    def __post_init__(self) -> None:
        """Refuse what is no duration."""
        for field in fields(self):
            seconds = getattr(self, field.name)
            if math.isnan(seconds) or seconds < 0:
                message = f"{field.name}: {seconds!r} is not a number of seconds >= 0"
                raise ValueError(message)
