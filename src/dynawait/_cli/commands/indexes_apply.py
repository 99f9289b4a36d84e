"""``dynawait indexes apply``: make the index changes of a file, one at a time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

import click

from ...errors import LockTimeoutError
from ...plans import Advance, ChangeResult, Plan
from ...sync import advance, apply_index_changes, describe, plan_index_changes
from ..changing import Manner, agreed, change_options, perform, show_plan
from ..exits import ExitCode
from ..helpers import helper_options, helpers
from ..index_files import read_changes
from ..index_lock import LEASE, Budget, holding
from ..results import say_result, say_turn
from ..settings import Settings, common, pass_settings
from ..spans import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...changes import Change
    from ...events import Observer

# After how long a turn that found the lock taken is worth another try, in seconds.
_LOCKED = 30.0


class Asked:
    """What is asked for, in the ways in which it can be done."""

    def __init__(
        self,
        settings: Settings,
        table: str,
        changes: Sequence[Change],
        *,
        cloudwatch: bool,
        cloudtrail: bool,
        on_interrupt: Any,
        **options: Any,
    ) -> None:
        """Take the changes and the options."""
        self.settings = settings
        self.table = table
        self._changes = changes
        self._options = options
        more = helpers(settings, cloudwatch=cloudwatch, cloudtrail=cloudtrail)
        self.apply: Any = partial(
            apply_index_changes,
            settings.dynamodb,
            table,
            changes,
            on_cancel=on_interrupt,
            **options,
            **more,
        )

    def plan(self, **_: Any) -> Plan:
        """Plan from one look, and wait for nothing."""
        state = describe(self.settings.dynamodb, self.table)
        return plan_index_changes(
            state, self._changes, table=self.table, **self._options
        )

    def advance(self, on_event: Observer) -> Advance:
        """Take one turn."""
        return advance(
            self.settings.dynamodb,
            self.table,
            self._changes,
            on_event=on_event,
            **self._options,
        )


def _turn(asked: Asked, manner: Manner, lock_table: str | None, lease: float) -> int:
    """Take one turn, and return the exit code."""
    settings, table = asked.settings, asked.table
    consent = agreed(settings, asked.plan, manner, None)
    wait = settings.budget(0.0)
    try:
        with holding(settings, lock_table, table, wait, lease=lease) as check:
            turn = perform(settings, asked.advance, consent, check)
    except LockTimeoutError as error:
        turn = Advance(
            finished=False,
            sent=None,
            retry_after=_LOCKED,
            plan=Plan(table),
            reasons=(str(error),),
        )
    say_turn(settings, table, turn)
    return ExitCode.REACHED if turn.finished else ExitCode.PENDING


@click.command("apply")
@click.argument("table")
@click.argument("file")
@click.option(
    "--until",
    type=click.Choice(["started", "backfilling", "active", "queryable"]),
    default="active",
    show_default=True,
    help="When the creation of an index counts as done.",
)
@click.option(
    "--advance",
    "turn",
    is_flag=True,
    help="Take one turn and do not wait; exits with 5 while there is more to do.",
)
@click.option(
    "--lock-table",
    metavar="TABLE",
    help="Hold a lock in this table meanwhile, so that nobody else does the same.",
)
@click.option(
    "--lock-lease",
    type=Span(),
    default=LEASE,
    show_default="30s",
    help="With --lock-table: how long it outlives a process that was killed.",
)
@click.option(
    "--allow-gap",
    is_flag=True,
    help="An index that is replaced may be deleted before the new one is built.",
)
@click.option(
    "--on-interrupt",
    type=click.Choice(["keep", "delete"]),
    default="keep",
    show_default=True,
    help="What becomes of an index that is being built when this is interrupted.",
)
@click.option(
    "--max-indexes",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="How many global indexes the account allows on a table.",
)
@helper_options
@change_options
@common
@pass_settings
def command(
    settings: Settings,
    /,
    table: str,
    file: str,
    *,
    turn: bool,
    lock_table: str | None,
    lock_lease: float,
    **options: Any,
) -> int:
    """Make the index changes of FILE on TABLE, in their order, one at a time.

    FILE has UpdateTable's shape (AttributeDefinitions, GlobalSecondaryIndexUpdates,
    VectorIndexUpdates), as JSON or YAML; - is standard input. What is there already
    and is as asked for is adopted, whoever creates it; run it again after it was
    interrupted, and it goes on. A Delete and a later Create of one name replace an
    index. There is no time limit unless --timeout says one, as a backfill may take
    days; with --lock-table it is also how long the lock is waited for.

    With --advance a scheduler can carry a change that takes days: run it again when
    it says, until it exits with 0.
    """
    manner = Manner.taken(options)
    asked = Asked(settings, table, read_changes(table, file), **options)
    if manner.plan:
        return show_plan(settings, asked.apply, manner, settings.budget(None))
    if turn:
        return _turn(asked, manner, lock_table, lock_lease)
    consent = agreed(settings, asked.apply, manner, settings.budget(None))
    budget = Budget(settings.budget(None))
    wait = budget.left()
    with holding(settings, lock_table, table, wait, lease=lock_lease) as check:

        def work(on_event: Observer) -> ChangeResult:
            made = asked.apply(dry_run=False, timeout=budget.left(), on_event=on_event)
            return cast("ChangeResult", made)

        say_result(settings, perform(settings, work, consent, check))
    return ExitCode.REACHED
