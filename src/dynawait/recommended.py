"""The botocore configuration that waits and changes work best with."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from botocore.config import Config


def recommended_config() -> Config:
    """Return the botocore configuration that this library works best with.

    dynawait is right whatever the client does; this makes it quick to notice trouble:
    few retries of the client's own, since the library makes better ones; short
    time-outs, since control-plane answers are small; and never the adaptive mode, which
    would slow the data plane of the same client down too. Use it for a client of its
    own: ``boto3.client("dynamodb", config=recommended_config())``.

    Returns:
        A `botocore.config.Config`; this is the one function that imports botocore.
    """
    from botocore.config import Config

    return Config(
        connect_timeout=5,
        read_timeout=20,
        retries={"mode": "standard", "total_max_attempts": 2},
    )
