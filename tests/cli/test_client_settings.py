"""What a run is told, and what of it cannot be right."""

from __future__ import annotations

import pytest

from dynawait._cli.exits import CommandError
from dynawait._cli.settings import Settings


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (Settings(region="us-east-1", endpoint_url="nonsense"), "Invalid endpoint"),
        (Settings(region="no region"), "region"),
    ],
)
def test_a_client_that_cannot_be_made_is_a_mistake_of_the_line(
    settings: Settings, words: str
) -> None:
    """No defect of the program: it ends with 2, and says why."""
    with pytest.raises(CommandError, match=words) as caught:
        settings.client("dynamodb")
    assert caught.value.code == 2
