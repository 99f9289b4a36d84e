"""What else may be asked while a change waits: CloudWatch, CloudTrail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from ..errors import InvalidArgumentError
from .gateway import CallTimedOut
from .loose import mapping
from .outcome import classify, read_fault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .gateway import Gateway
    from .run import Run
    from .tell import Teller

# The change waits meanwhile, and there may be no way to the service at all, as where
# a private network leads to DynamoDB only.
_ANSWER = 10.0


class Source(Protocol):
    """Somebody who knows more about what a change waits for.

    Attributes:
        name: what messages call it, ``"CloudWatch"``.
    """

    name: str

    def due(self, run: Run[Any], now: float) -> bool:
        """Tell whether it is time to ask.

        Args:
            run: the change, with the state that was just seen.
            now: the time, in seconds on the gateway's clock.
        """
        ...

    async def ask(self, gateway: Gateway, run: Run[Any], teller: Teller) -> None:
        """Ask, and tell what was answered.

        Raises:
            Exception: whatever its client raised; then it is not asked again.
        """


def sources_of(cloudwatch: Any = None, cloudtrail: Any = None) -> tuple[Source, ...]:
    """Return what else is asked in one run of a change.

    Args:
        cloudwatch: a CloudWatch client; None: progress is told without percentages.
        cloudtrail: a CloudTrail client; None: who else writes is not told.

    Raises:
        InvalidArgumentError: it is no such client.
    """
    from .progress import Backfills
    from .trail import Trail

    _check(cloudwatch, "cloudwatch", "get_metric_data")
    _check(cloudtrail, "cloudtrail", "lookup_events")
    return Trail(cloudtrail), Backfills(cloudwatch)


async def answer_of(
    gateway: Gateway, client: Any, method: str, parameters: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Ask another service; the answer is empty where it only was too busy to answer.

    Raises:
        Exception: whatever the client raised, where it will not pass.
    """
    try:
        deadline = gateway.now() + _ANSWER
        answer = await gateway.ask(client, method, parameters, deadline=deadline)
    except CallTimedOut:
        raise TimeoutError(f"{method} had no answer in {_ANSWER:g} s") from None
    except Exception as error:
        fault = read_fault(error)
        # Without an answer at all each further try could take minutes as well.
        if fault is None or fault.status is None:
            raise
        if classify(fault, error).kind not in ("throttled", "transient"):
            raise
        return {}
    return mapping(answer)


def _check(client: Any, argument: str, method: str) -> None:
    if client is None:
        return
    if isinstance(client, type) or not callable(getattr(client, method, None)):
        problem = f'expected a client with {method}, as boto3.client("{argument}")'
        raise InvalidArgumentError(argument, f"{problem}, got {client!r}")
