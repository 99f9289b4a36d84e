"""What no run of a change may do, whatever goes wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from dynawait.errors import ChangeError, QuotaError, TableConflictError
from tests.simulation.changes.tables import NAME
from tests.simulation.changes.tap import FOREIGN, Look, Write
from tests.simulation.changes.wishes import settings_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dynawait.plans import Plan, Step
    from dynawait.states import TableState
    from tests.simulation.changes.stage import Played, Report

# Refusals that the last look could have told of, if it was true.
_VISIBLE = frozenset({"busy", "invalid", "missing", "already", "denied", "unknown"})
# No description tells of autoscaling, nor of what a replica was copied from.
_UNSEEN = ("or AutoScaled", "acted as a source region")


class ViolationError(AssertionError):
    """A run did what no run may do.

    Attributes:
        rule: the letter of the rule.
        report: everything that happened.
    """

    def __init__(self, rule: str, problem: str, report: Report) -> None:
        """Say which rule, and how."""
        super().__init__(f"({rule}) {problem}\n{report}")
        self.rule = rule
        self.problem = problem
        self.report = report
        self.history = report.histories[-1] if report.histories else None


def judge_start(report: Report) -> None:
    """Note whether the request can be planned at all where it begins."""
    report.fates["plannable"] = int(_plan(report, report.start) is not None)


def judge_run(report: Report, run: Played) -> None:
    """Judge what a run did, and how it ended.

    Raises:
        ViolationError: it broke a rule.
    """
    entries = report.tap.record[run.before : run.after]
    _no_blind_write(report, run, entries)
    _one_at_a_time(report, run)
    _in_time(report, run)
    _true_tale(report, run, entries)
    if run.error is None and not run.crashed:
        _reached(report, run, entries)


def judge_end(report: Report) -> None:
    """Judge what all runs together have come to.

    Raises:
        ViolationError: they broke a rule.
    """
    _nothing_twice(report)
    _nothing_unasked(report)
    *_, last, again = report.runs
    if last.error is not None:
        _hopeless(report, last)
        return
    _as_asked(report)
    sent = report.tap.writes([again.who])
    if sent:
        raise ViolationError("e", f"the second run sent {sent[0]}", report)
    if again.result is not None and again.result.done:
        raise ViolationError("e", f"the second run claims {again.result}", report)
    looks = len(report.tap.looks(again.who))
    script = report.story.script
    one = again.error is None and script.tells and script.tables
    if one and looks != 1:
        raise ViolationError("e", f"the second run looked {looks} times", report)


def _no_blind_write(report: Report, run: Played, entries: list[Look | Write]) -> None:
    """(a) No refusal that the look before it had shown."""
    if not report.story.script.tables:
        return
    seen: Look | None = None
    since: list[Write] = []
    for entry in entries:
        if isinstance(entry, Look):
            if entry.who == run.who:
                seen = entry
                since = []
            continue
        if entry.who != run.who or entry.accepted or not entry.reached:
            since.append(entry)
            continue
        kind = entry.meaning
        if seen is None:
            raise ViolationError("a", f"it was sent without a look: {entry}", report)
        changed = _changed(report, seen, entry)
        blockers = seen.state.blockers()
        if changed or kind not in _VISIBLE:
            name = f"refused, {kind}{', changed meanwhile' if changed else ''}"
            report.fates[name] = report.fates.get(name, 0) + 1
            continue
        if (kind == "busy" and not blockers) or _invisible(entry):
            name = "refused, busy, invisibly"
            report.fates[name] = report.fates.get(name, 0) + 1
            continue
        problem = f"{entry}, although the look before it showed {list(blockers)}"
        raise ViolationError("a", problem, report)


def _changed(report: Report, seen: Look, refused: Write) -> bool:
    """Tell whether a look showed an older state than the one that refused."""
    if seen.asof < report.began:
        return True
    return any(
        write.accepted and write.time >= seen.asof and write is not refused
        for write in report.tap.writes()
    )


def _invisible(refused: Write) -> bool:
    """Tell whether no description shows what a refusal is about."""
    return any(part in str(refused.fault) for part in _UNSEEN)


def _one_at_a_time(report: Report, run: Played) -> None:
    """(b) Nothing is begun while what this script has begun is under way.

    Of index changes not even by an earlier run of the script that was killed; what a
    wide UpdateTable has begun in an earlier run may go on beside the rest.
    """
    script, story = report.story.script, report.story
    whole = script.indexes_only and not story.rivals
    begun: dict[str, Write] = {}
    seen: dict[str, float] = {}
    for entry in report.tap.record[0 if whole else run.before : run.after]:
        if isinstance(entry, Look):
            seen[entry.who] = entry.asof
            continue
        if not entry.accepted:
            continue
        if entry.who != run.who and (not whole or entry.who == FOREIGN):
            for name in entry.started:
                begun.pop(name, None)
            continue
        asof = seen.get(entry.who, entry.time)
        both = [n for n, w in begun.items() if n in entry.before and w.time <= asof]
        if not script.tells:
            both = [n for n in both if not n.startswith(script.beside)]
        # Warm throughput that an earlier run has asked for holds up nothing else.
        both = [
            name
            for name in both
            if begun[name].who == entry.who or not name.startswith("warm")
        ]
        harmless = set(entry.parameters) <= {"TableName", "DeletionProtectionEnabled"}
        if both and not harmless:
            problem = f"{entry}, while its own {both[0]} was under way"
            raise ViolationError("b", problem, report)
        begun |= dict.fromkeys(entry.started, entry)


def _in_time(report: Report, run: Played) -> None:
    """(f) It ends before its deadline and one call."""
    if run.elapsed is None or run.timeout is None:
        return
    if run.elapsed > run.timeout + run.grace:
        problem = f"{run.who} took {run.elapsed:.3f} s of {run.timeout:.3f} s"
        raise ViolationError("f", problem, report)


def _true_tale(report: Report, run: Played, entries: list[Look | Write]) -> None:
    """(f) What it says to have done is what the plane has taken."""
    if run.crashed:
        return
    error = run.error
    if error is not None and not isinstance(error, ChangeError):
        problem = f"{run.who} raised {type(error).__name__}: {error}"
        raise ViolationError("f", problem, report) from error
    if not report.story.script.tells:
        return
    teller: Any = error if error is not None else run.result
    failed: Step | None = getattr(teller, "failed", None)
    told = [*teller.done, *(() if failed is None else (failed,))]
    own = [
        entry for entry in entries if isinstance(entry, Write) and entry.who == run.who
    ]
    problem = (
        _overstated(report, teller.done, own)
        or _untold(run.who, told, entries)
        or _taken(getattr(teller, "left", ()), own)
    )
    if problem:
        raise ViolationError("f", f"{run.who} {problem}", report)


def _overstated(report: Report, done: Iterable[Step], own: list[Write]) -> str:
    """Say what is claimed to be done and was not."""
    for step in done:
        if not any(_is_of(write, step) for write in own):
            return f"claims {step.title}, which it never sent"
        taken = any(w.accepted and _is_of(w, step) for w in report.tap.writes())
        if not taken and not _by_others(report):
            return f"claims {step.title}, which nobody took"
    return ""


def _by_others(report: Report) -> bool:
    """Tell whether somebody else had begun the same before the story."""
    return report.story.scene.fresh or report.story.scene.unrest is not None


def _untold(who: str, told: list[Step], entries: list[Look | Write]) -> str:
    """Say what was done and is not told."""
    writes = [entry for entry in entries if isinstance(entry, Write)]
    others = [place for place, write in enumerate(writes) if write.who != who]
    for place, write in enumerate(writes):
        # What others have undone before all was at rest was as good as never done.
        if write.who != who or any(other > place for other in others):
            continue
        if write.accepted and not any(_is_of(write, step) for step in told):
            return f"does not tell of {write}"
    return ""


def _taken(left: Iterable[Step], own: list[Write]) -> str:
    """Say what is told to be left and was taken."""
    for step in left:
        if any(write.accepted and _is_of(write, step) for write in own):
            return f"has {step.title} left, which was taken"
    return ""


def _reached(report: Report, run: Played, entries: list[Look | Write]) -> None:
    """(c) What returned has come true, but for what others have changed."""
    if any(isinstance(entry, Write) and entry.who == FOREIGN for entry in entries):
        return
    if run.state is None:
        return
    looks = report.tap.looks(run.who)
    if looks and looks[-1].asof < report.began:
        return  # it saw the table as it was before the story: nobody can tell
    plan = _plan(report, run.state)
    if plan is None or plan:
        problem = f"{run.who} returned, and this is left: {plan}"
        raise ViolationError("c", problem, report)


def _as_asked(report: Report) -> None:
    """(c) The table is what was asked for, and (d) nothing else has changed."""
    description = report.dynamodb.tables.get(NAME)
    script = report.story.script
    settings = script.unmet_settings(report.dynamodb)
    if settings:
        raise ViolationError("c", "; ".join(settings), report)
    if script.gone != (description is None):
        raise ViolationError("c", f"the table is {description}", report)
    if description is None:
        return
    # Of until="started" the last run does not wait for the end, but for the beginning.
    unmet = [] if script.lenient else script.unmet(description)
    if unmet:
        raise ViolationError("c", "; ".join(unmet), report)
    others = report.tap.writes([FOREIGN]) or report.story.scene.unrest
    if others or not script.indexes_only or report.story.scene.fresh:
        return
    before, after = settings_of(report.start.raw), settings_of(description)
    if before != after:
        raise ViolationError("d", f"{before} has become {after}", report)


def _hopeless(report: Report, last: Played) -> None:
    """(c) The last run, with nothing wrong, fails only where nothing could be done."""
    error = last.error
    foreign = report.tap.writes([FOREIGN]) or report.story.scene.unrest
    if not report.fates["plannable"]:
        own = [w for w in report.tap.writes() if w.who != FOREIGN and w.accepted]
        if own and not foreign and report.story.script.tells:
            raise ViolationError("c", f"it cannot be, and {own[0]}", report)
        return
    if isinstance(error, TableConflictError) and report.story.scene.fresh:
        return  # what a table is encrypted with shows when it is there
    if isinstance(error, QuotaError):
        name = f"a limit was reached: {error.problem[:60]}"
        report.fates[name] = report.fates.get(name, 0) + 1
        return
    if isinstance(error, ChangeError) and foreign:
        name = f"hopeless with another writer: {type(error).__name__}"
        report.fates[name] = report.fates.get(name, 0) + 1
        return
    raise ViolationError("c", f"the last run failed: {error}", report) from error


def _nothing_twice(report: Report) -> None:
    """(d) No index, replica or table is created or deleted twice.

    Of two who do the same at once, one whose machine was suspended between its look and
    its write cannot know that, and UpdateTable has no condition.
    """
    if report.story.rivals and any(p.suspended for p in report.trouble.pauses):
        return
    seen: set[tuple[str, ...]] = set()
    for write in report.tap.writes():
        if not write.accepted or write.who == FOREIGN:
            continue
        acts = [
            (action, name)
            for action, name in write.index_actions()
            if action in ("Create", "Delete")
        ]
        acts += [
            (action, members["RegionName"])
            for update in write.parameters.get("ReplicaUpdates") or ()
            for action, members in update.items()
            if action in ("Create", "Delete")
        ]
        if write.operation in ("CreateTable", "DeleteTable"):
            acts.append((write.operation, ""))
        for act in acts:
            if act in seen:
                raise ViolationError("d", f"a second time: {write}", report)
            seen.add(act)


def _nothing_unasked(report: Report) -> None:
    """(d) What the request does not name is as it was, but for another writer."""
    names = report.story.script.names
    for write in report.tap.writes():
        if write.accepted and write.who != FOREIGN:
            for action, name in write.index_actions():
                if name not in names and names:
                    raise ViolationError("d", f"unasked {action}: {write}", report)


def _is_of(write: Write, step: Step) -> bool:
    return write.operation == step.operation and write.parameters == dict(
        step.parameters
    )


def _plan(report: Report, state: TableState) -> Plan | None:
    """Plan the request anew; None where it cannot be."""
    moment: datetime = report.dynamodb.clock.moment().astimezone(UTC)
    try:
        return report.story.script.plan(state, moment)
    except ChangeError:
        return None
