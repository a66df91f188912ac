"""Databases beside ours on the same PostgreSQL, filled with the same people."""

from typing import Any
from urllib.parse import urlsplit

import psycopg

Connection = psycopg.Connection[Any]


def connect(url: str) -> Connection:
    """Return a connection whose statements are whole as they are sent, as Django's are."""
    return psycopg.connect(url, autocommit=True, cursor_factory=psycopg.ClientCursor)


def create(url: str, name: str) -> str:
    """Return the URL of a new database on a server."""
    with connect(url) as server:
        server.execute(f"CREATE DATABASE {name}".encode())
    parts = urlsplit(url)
    found = parts._replace(path=f"/{name}").geturl()
    # Without a host (a socket in the query), the empty authority is left out.
    return found if parts.netloc else found.replace(f"{parts.scheme}:/", f"{parts.scheme}:///", 1)


def copy(source: Connection, query: str, target: Connection, table: str) -> None:
    """Copy what a query finds into a table; ``table`` may name its columns."""
    with (
        source.cursor().copy(f"COPY ({query}) TO STDOUT".encode()) as read,
        target.cursor().copy(f"COPY {table} FROM STDIN".encode()) as write,
    ):
        for block in read:
            write.write(block)
