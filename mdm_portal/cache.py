"""Django's cache in Valkey, without a new client for each word to it."""

from typing import Any

from django.core.cache.backends import redis


class KeptClient(redis.RedisCacheClient):
    """Makes a client once for each server: to make one takes longer than its answer."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Have no client yet."""
        super().__init__(*arguments, **options)
        self._kept: dict[int, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        """Return the client of a server."""
        pool = self._get_connection_pool(write)  # type: ignore[attr-defined]
        if id(pool) not in self._kept:
            self._kept[id(pool)] = super().get_client(key, write=write)
        return self._kept[id(pool)]


class RedisCache(redis.RedisCache):
    """The backend."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        """Use clients that are kept."""
        super().__init__(server, params)
        self._class = KeptClient
