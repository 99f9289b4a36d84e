"""Every change of a setting reaches its end, whatever goes wrong on the way."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from dynawait._gateways.faces import asynchronous
from dynawait.plans import Plan
from dynawait.testing import Faults, SimulatedDynamoDB, Trouble, simulate
from dynawait.testing.history import Crash, Crashed, Returned
from tests.core.setting_changes import CASES, Case, core, run, service_with, writes
from tests.simulation.faces import both_faces

if TYPE_CHECKING:
    from dynawait.testing.history import History
    from tests.simulation.faces import Wait

SEEDS = 40
STEPS = 40
every_case = pytest.mark.parametrize("name", CASES)


def prepared(case: Case, *, new: bool = False) -> SimulatedDynamoDB:
    """Return the service that a case begins with."""
    return service_with(*case.before, wait=0.0 if new and not case.before else 60.0)


def simulated(
    case: Case, service: SimulatedDynamoDB, trouble: Trouble, **more: Any
) -> History:
    """Run a case in trouble."""
    request = case.asked(service)
    service.__dynawait_service__.faults = trouble.faults

    async def change(client: Any) -> Any:
        result = await asynchronous(core(case.name))(client, **request, **more)
        assert case.reached(result.state), result.state
        return result

    return simulate({"change": change}, service=service, **trouble.arguments())


def finishes(case: Case, service: SimulatedDynamoDB, **more: Any) -> Any:
    """Run a case without trouble, and return its result."""
    service.__dynawait_service__.faults = Faults()
    request = case.asked(service)
    result = run(service, case.name, **request, **more)
    assert case.reached(result.state)
    return result


def nothing_was_made_twice(service: SimulatedDynamoDB) -> None:
    """Check that there is at most one backup of a name."""
    summaries = service.client().list_backups()["BackupSummaries"]
    names = Counter(summary["BackupName"] for summary in summaries)
    assert all(count == 1 for count in names.values()), names


@every_case
def test_it_is_done_once(name: str) -> None:
    """It takes the writes it needs, says so, and the second run sends none."""
    case = CASES[name]
    service = prepared(case, new=True)
    request = case.asked(service)
    before = len(service.calls)
    plan = run(service, case.name, dry_run=True, **request)
    assert isinstance(plan, Plan)
    assert len(plan) == case.least
    assert not writes(service, before)
    result = run(service, case.name, **request)
    assert case.reached(result.state)
    taken = [call for call in writes(service, before) if call.outcome != "refused"]
    assert [step.operation for step in result.done] == [
        call.operation for call in taken if "Exception" not in call.outcome
    ]
    sent = len(service.calls)
    second = run(service, case.name, **request, **case.second)
    assert case.reached(second.state)
    assert not second.plan
    assert second.already
    assert not writes(service, sent)
    assert len(service.calls) - sent <= 2


@both_faces
@every_case
def test_it_is_a_function_of_both_faces(name: str, wait: Wait) -> None:
    """Blocking, on asyncio and on trio."""
    case = CASES[name]
    service = prepared(case)
    result = wait(service, case.name, **case.asked(service))
    assert case.reached(result.state)
    assert len(result.done) == case.least


@every_case
def test_it_survives_lost_answers_throttles_and_old_states(name: str) -> None:
    """With all faults on, it reaches its end, and makes nothing twice."""
    case = CASES[name]
    for seed in range(SEEDS):
        service = prepared(case, new=bool(seed % 2))
        trouble = Trouble(seed=seed, faults=Faults.drawn(seed))
        history = simulated(case, service, trouble, timeout=40_000)
        assert isinstance(history.outcomes["change"], Returned), history
        service.__dynawait_service__.faults = Faults()
        nothing_was_made_twice(service)


@every_case
def test_a_run_that_was_killed_is_taken_up_by_the_next(name: str) -> None:
    """Wherever it dies, the next run goes on from there and makes nothing twice."""
    case = CASES[name]
    for step in range(1, STEPS):
        service = prepared(case)
        trouble = Trouble(
            seed=step,
            faults=Faults(lost_response=0.2),
            crashes=(Crash("change", at_step=step),),
        )
        history = simulated(case, service, trouble)
        died = isinstance(history.outcomes["change"], Crashed)
        # A restore says for a while only where a table comes from.
        result = finishes(case, service, **({} if died else case.second))
        assert died or not result.done
        nothing_was_made_twice(service)
