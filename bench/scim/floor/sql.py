"""Statements by hand, and answers."""

from typing import Any

import orjson
from django.db import connection
from django.http import HttpRequest, HttpResponse

MEDIA_TYPE = "application/scim+json"
Row = tuple[Any, ...]


def fetch(statement: str, *values: Any) -> list[Row]:
    """Return the rows that a statement finds, or returns."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def body(request: HttpRequest) -> dict[str, Any]:
    """Return the body, believed to be an object."""
    found: dict[str, Any] = orjson.loads(request.body)
    return found


def answer(document: dict[str, Any], status: int = 200) -> HttpResponse:
    """Return a document."""
    content = orjson.dumps(document)
    headers = {"Content-Type": MEDIA_TYPE, "Content-Length": str(len(content))}
    return HttpResponse(content, headers=headers, status=status)


def missing() -> HttpResponse:
    """Return 404."""
    return answer({"status": "404"}, 404)
