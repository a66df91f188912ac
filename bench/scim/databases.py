"""Databases beside ours on the same PostgreSQL, filled with the same people."""

import re
from typing import Any

import psycopg

Connection = psycopg.Connection[Any]


def connect(url: str) -> Connection:
    """Return a connection whose statements are whole as they are sent, as Django's are."""
    return psycopg.connect(url, autocommit=True, cursor_factory=psycopg.ClientCursor)


def create(url: str, name: str) -> str:
    """Return the URL of a new database on a server."""
    with connect(url) as server:
        server.execute(f"CREATE DATABASE {name}".encode())
    return re.sub(r"///\w+", f"///{name}", url)


def copy(source: Connection, query: str, target: Connection, table: str) -> None:
    """Copy what a query finds into a table; ``table`` may name its columns."""
    with (
        source.cursor().copy(f"COPY ({query}) TO STDOUT".encode()) as read,
        target.cursor().copy(f"COPY {table} FROM STDIN".encode()) as write,
    ):
        for block in read:
            write.write(block)
