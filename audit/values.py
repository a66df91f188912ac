"""Values before and after, in words that an administrator reads."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LINES = 10
LETTERS = 300
REST = re.compile(r"\+([0-9]{1,9})")
"""How a list that names only the first of many ends: "+4900"."""

WORDS: dict[tuple[str, str], Promise] = {
    ("status", "active"): gettext_lazy("Active"),
    ("status", "inactive"): gettext_lazy("Inactive"),
    ("status", "expired"): gettext_lazy("Expired"),
    ("source", "local"): gettext_lazy("Local"),
}
"""Values of our own, of an attribute, as their reader is told them; all others are somebody's."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value in lines; none: there was no value."""

    lines: tuple[str, ...] = ()
    more: int = 0
    """How many lines are not shown."""

    def __str__(self) -> str:
        """Return the lines and, below them, how many there are more; "–" for no value."""
        if not self.more:
            return "\n".join(self.lines) or "–"
        rest = _("and %(number)s more") % {"number": intcomma(self.more)}
        return "\n".join((*self.lines, rest))

    @classmethod
    def of(cls, value: object) -> Self:
        """Return a JSON value in lines, a long list shortened."""
        if value is None or value in ("", [], {}):
            return cls()
        if not isinstance(value, list):
            return cls((readable(value),))
        uncounted = 0
        if len(value) > LINES and (rest := REST.fullmatch(str(value[-1]))):
            uncounted, value = int(rest[1]), value[:-1]
        hidden = max(len(value) - LINES, 0) + uncounted
        return cls(tuple(map(readable, value[:LINES])), hidden)


class ShownChange(NamedTuple):
    """One attribute before and after."""

    attribute: str
    before: Value
    after: Value

    @classmethod
    def of(cls, change: Mapping[str, Any]) -> Self:
        """Return a stored change for its page."""
        before, after = Value.of(change.get("before")), Value.of(change.get("after"))
        return cls(str(change.get("attribute", "")), before, after)


def in_words(change: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored change with our own values in the reader's language."""
    attribute = change.get("attribute", "")
    told = {side: change.get(side) for side in ("before", "after")}
    words = {
        side: str(WORDS.get((attribute, value), value)) if isinstance(value, str) else value
        for side, value in told.items()
    }
    return {"attribute": attribute, **words}


def readable(value: object) -> str:
    """Return one JSON value as a line of text, a long one shortened."""
    text = whole(value)
    return text if len(text) <= LETTERS else f"{text[:LETTERS]}…"


def whole(value: object) -> str:
    """Return a JSON value as one text, however long; "" for none."""
    if value is None:
        return ""
    if value is True:
        return _("Yes")
    if value is False:
        return _("No")
    if isinstance(value, list):
        return ", ".join(map(whole, value))
    return _element(value) if isinstance(value, Mapping) else str(value)


def _element(value: Mapping[str, Any]) -> str:
    """Return an element of a multi-valued attribute: "ada@example.org (work, primary)"."""
    if not value.get("value"):
        return ", ".join(f"{key}: {item}" for key, item in value.items())
    notes = [str(value[key]) for key in ("type", "display") if value.get(key)]
    notes += [_("primary")] if value.get("primary") is True else []
    return f"{value['value']} ({', '.join(notes)})" if notes else str(value["value"])
