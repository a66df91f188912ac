"""What an administrator wants a configuration to be, and whether it can be that."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from scim_provisioning.configurations.kinds import LONGEST_VALUE, MAX_PAIRS, PAIR_VALUE, Field, Kind
from scim_provisioning.settings.substitution import TextError, substitute, used_variables

LONGEST_NAME = 100
LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class Draft:
    """A configuration as it was typed."""

    name: str
    values: tuple[tuple[str, str], ...] = ()
    """Key and value of each field, or of each pair; pairs with neither do not count."""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Secret fields to set; "" takes a secret away, one that is left out stays."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft that may be saved."""

    name: str
    values: list[list[str]]
    variables: list[str]


class Refused(Exception):
    """A draft that may not be saved: the reason of each field, by the name it has in the form."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        """Keep the reasons."""
        self.reasons = dict(reasons)
        super().__init__(" ".join(self.reasons.values()))


def checked(kind: Kind, draft: Draft, known: Collection[str]) -> Checked:
    """Return what to save, ``known`` being the names of all variables; raise Refused."""
    check = _Check(known)
    name = draft.name.strip()
    check.note("name", _wrong_length(name, LONGEST_NAME, required=True))
    values = check.pairs(draft) if kind.is_pairs else check.fields(kind, draft)
    for key, secret in draft.secrets.items():
        check.note(key, _wrong_length(secret, LONGEST_VALUE))
    if check.reasons:
        raise Refused(check.reasons)
    return Checked(name, values, sorted(check.variables))


class _Check:
    """One reading of a draft: the reasons against it, and the variables that it uses."""

    def __init__(self, known: Collection[str]) -> None:
        self.known = known
        self.reasons: dict[str, str] = {}
        self.variables: set[str] = set()

    def note(self, place: str, reason: str) -> None:
        """Remember the first reason against a field, if there is one."""
        if reason:
            self.reasons.setdefault(place, reason)

    def fields(self, kind: Kind, draft: Draft) -> list[list[str]]:
        """Return the values of a type's own fields, in its order, empty ones left out."""
        typed = dict(draft.values)
        plain = [one for one in kind.fields if not one.secret]
        for one in plain:
            self.value(one.key, one, typed.get(one.key, ""))
        return [[one.key, typed[one.key]] for one in plain if typed.get(one.key)]

    def pairs(self, draft: Draft) -> list[list[str]]:
        """Return the pairs in which anything was typed."""
        rows = [(index, key, value) for index, (key, value) in enumerate(draft.values)]
        rows = [row for row in rows if row[1] or row[2]]
        seen: set[str] = set()
        for index, key, value in rows:
            self.note(f"key-{index}", _wrong_length(key, LONGEST_KEY, required=True))
            self.note(f"key-{index}", _without_variables(key))
            if key in seen:
                self.note(f"key-{index}", _("This key is there twice."))
            seen.add(key)
            self.value(f"value-{index}", PAIR_VALUE, value)
        if not rows:
            self.note("key-0", _("Write at least one key."))
        if len(rows) > MAX_PAIRS:
            self.note("name", _("There can be at most %d pairs.") % MAX_PAIRS)
        return [[key, value] for _index, key, value in rows]

    def value(self, place: str, one: Field, text: str) -> None:
        """Check the value of one field."""
        self.note(place, _wrong_length(text, LONGEST_VALUE, required=one.required))
        used: tuple[str, ...] = ()
        if one.variables:
            try:
                used = used_variables(text, self.known)
            except TextError as error:
                self.note(place, str(error))
        else:
            self.note(place, _without_variables(text))
        self.variables.update(used)
        if one.check and text and not used:
            self.note(place, one.check(substitute(text, {}) if one.variables else text))


def _wrong_length(text: str, longest: int, required: bool = False) -> str:
    if required and not text:
        return _("This field is required.")
    if len(text) > longest:
        return _("Use %d characters at most.") % longest
    return _("Null characters are not allowed.") if "\0" in text else ""


def _without_variables(text: str) -> str:
    return _("Variables are not filled in here.") if "${" in text else ""
