"""One short conversation with Valkey or Redis: whoever asks how it is must not hang on it."""

from collections.abc import Iterator
from contextlib import contextmanager

import redis
from django.conf import settings

PATIENCE_SECONDS = 2


@contextmanager
def connected() -> Iterator[redis.Redis]:
    """Give a connection; what goes wrong is RedisError, OSError or, for the address, ValueError."""
    limits = {"socket_timeout": PATIENCE_SECONDS, "socket_connect_timeout": PATIENCE_SECONDS}
    with redis.Redis.from_url(settings.REDIS_URL, **limits) as client:
        yield client
