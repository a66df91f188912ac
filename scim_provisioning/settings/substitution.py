"""Texts with ``${variables}``: which they use, whether they may be saved, and what they become.

``${name}`` stands for a value, ``$$`` for a dollar sign; any other dollar sign for itself.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches

from django.utils.translation import gettext as _

from scim_provisioning.directory.text import fold
from scim_provisioning.settings.variables import BUILT_IN, variable

DOLLAR = re.compile(r"\$(?:(?P<dollar>\$)|\{(?P<name>[^{}]*)\}|(?P<open>\{))")
LONGEST_SHOWN = 64
_BUILT_IN = frozenset(BUILT_IN)


class _Names:
    """Known names, and how each may be written."""

    def __init__(self, known: Collection[str]) -> None:
        self._exact = frozenset(known)
        self._custom = {fold(name): name for name in known if name not in _BUILT_IN}

    def spelled(self, name: str) -> str | None:
        """Return a name as it is known: of a custom attribute, letter case does not count."""
        return name if name in self._exact else self._custom.get(fold(name))


class TextError(Exception):
    """A text that may not be saved, with a sentence for the administrator."""


def substitute(text: str, values: Mapping[str, str]) -> str:
    """Return the text with its variables replaced, in one pass: values are never expanded again.

    A variable without an entry in ``values`` stays as it is written; one with the value "" goes.
    """
    names = _Names(values.keys())

    def replaced(found: re.Match[str]) -> str:
        if found["dollar"]:
            return "$"
        name = names.spelled(found["name"] or "")
        return found[0] if name is None else values[name]

    return DOLLAR.sub(replaced, text)


def used_variables(text: str, known: Collection[str]) -> tuple[str, ...]:
    """Return the variables that a text uses, each once, as they are spelled in ``known``.

    Raises TextError, with the nearest known name, for one that is not known.
    """
    names = _Names(known)
    used: dict[str, None] = {}
    for found in DOLLAR.finditer(text):
        if found["open"]:
            raise TextError(
                _("“${” begins a variable, which must end with “}”. Write $$ for a dollar sign.")
            )
        if not found["dollar"]:
            name = names.spelled(found["name"])
            if name is None:
                raise TextError(_unknown(found["name"], known))
            used[name] = None
    return tuple(used)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most like a wrong one, if any is."""
    folded = {fold(candidate): candidate for candidate in known}
    close = get_close_matches(fold(name[:LONGEST_SHOWN]), folded, n=1)
    return folded[close[0]] if close else None


def _unknown(name: str, known: Iterable[str]) -> str:
    """Return the sentence that refuses a name."""
    shown = name if len(name) <= LONGEST_SHOWN else f"{name[:LONGEST_SHOWN]}…"
    close = nearest(name, known)
    if close is None:
        return _("There is no variable %s.") % variable(shown)
    return _("There is no variable %(unknown)s. Did you mean %(known)s?") % {
        "unknown": variable(shown),
        "known": variable(close),
    }
