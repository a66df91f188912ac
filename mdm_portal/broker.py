"""A worker outlives an outage of Valkey, which kombu 5.7 by itself does not.

A task that ends after the connection was lost is acknowledged on a channel that is closed, and what
is not acknowledged is put back as it closes. Both find no connection parameters any more; what they
raise is no connection error, so nobody handles it and the worker dies.
"""

from typing import Any

from kombu.transport import redis as transport
from redis.exceptions import ConnectionError as Disconnected


class Channel(transport.Channel):
    """A channel that says so when it is closed; its messages come back by their time-out."""

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        """Return how to connect; raise Disconnected on a closed channel."""
        if getattr(self.connection, "client", None) is None:
            raise Disconnected("The channel was closed.")
        return dict(super()._connparams(asynchronous))  # type: ignore[no-untyped-call]


def install() -> None:
    """Let every connection to the broker use such channels."""
    transport.Transport.Channel = Channel
