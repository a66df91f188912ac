"""Numbers that keep the text they were sent as: a custom attribute stores it (decision 11)."""

import json
from typing import Any


class WrittenFloat(float):
    """A float that knows how it was written: ``1.50``, ``1e3``."""

    text: str


def read_exactly(raw: bytes, value: Any) -> Any:
    """Return the JSON value of ``raw``, its numbers exact.

    ``value`` is what the fast parser, which has checked the text, made of it: whole numbers of
    more than 64 bits are floats there. It is returned as it is for a number too long for either.
    """
    try:
        return json.loads(raw, parse_float=_written)
    except (ValueError, RecursionError):
        return value


def _written(text: str) -> WrittenFloat:
    number = WrittenFloat(text)
    number.text = text
    return number
