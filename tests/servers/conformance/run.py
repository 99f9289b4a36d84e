"""Put all probes to a server, side by side where its time is real."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from itertools import cycle
from typing import TYPE_CHECKING
from uuid import uuid4

from conformance.bench import Bench, UnshownError, UnsupportedError
from conformance.items import ITEMS
from conformance.online import ONLINE
from conformance.probe import Finding, Mark
from conformance.refusals import REFUSALS
from conformance.services import SERVICES
from conformance.settings import SETTINGS
from conformance.states import STATES
from conformance.subjects import SUBJECTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager

    from conformance.probe import Probe
    from conformance.subjects import Subject

GROUPS: dict[str, tuple[Probe, ...]] = {
    "What state follows what": STATES,
    "What a table refuses": REFUSALS,
    "What an index change refuses": ONLINE,
    "Settings and limits": SETTINGS,
    "Services around the table": SERVICES,
    "Items": ITEMS,
}
_REPEATS = 6
PROBES = tuple(probe for group in GROUPS.values() for probe in group)


def measure(
    names: Iterable[str] = tuple(SUBJECTS),
) -> dict[str, list[Finding]]:
    """Put all probes to the servers named; return what each did, probe by probe."""
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(len(SUBJECTS)))
        measuring = {name: pool.submit(_measured, SUBJECTS[name]) for name in names}
        return {name: each.result() for name, each in measuring.items()}


def _measured(
    opening: Callable[[], AbstractContextManager[Subject]],
) -> list[Finding]:
    with ExitStack() as stack:
        subject = stack.enter_context(opening())
        pool = stack.enter_context(ThreadPoolExecutor(subject.threads))
        turns, slow_pool = cycle([subject]), pool
        if subject.slow:
            turns = cycle(
                [replace(subject, client=each, hasty=False) for each in subject.slow]
            )
            slow_pool = stack.enter_context(ThreadPoolExecutor(len(PROBES)))
        asking = [
            slow_pool.submit(put, next(turns), probe)
            if probe.slow
            else pool.submit(put, subject, probe)
            for probe in PROBES
        ]
        return [each.result() for each in asking]


def put(subject: Subject, probe: Probe) -> Finding:
    """Put a probe to a server: once, or until it has said the same twice in a row."""
    finding = _put_once(subject, probe)
    for _ in range(_REPEATS if subject.hasty else 0):
        before, finding = finding, _put_once(subject, probe)
        if before == finding:
            break
    return finding


def _put_once(subject: Subject, probe: Probe) -> Finding:
    """Put a probe to a server, with a table that is dropped afterwards."""
    bench = Bench(subject, f"t-{uuid4().hex[:12]}")
    try:
        observed = probe.steps(bench)
    except UnshownError as missing:
        return Finding(Mark.UNSHOWN, str(missing).replace(bench.table, "T"))
    except UnsupportedError as missing:
        return Finding(Mark.UNSUPPORTED, str(missing).replace(bench.table, "T"))
    finally:
        bench.drop()
    return Finding(Mark.AGREES if probe.agrees(observed) else Mark.DIFFERS, observed)
