"""A configuration's fields as they are written, and as one user gets them."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.text import Truncator

from scim_provisioning.configurations.kinds import PAIR_VALUE, Field
from scim_provisioning.configurations.models import Configuration
from scim_provisioning.directory.models import User
from scim_provisioning.settings.registry import custom_attribute_names
from scim_provisioning.settings.substitution import substitute, used_variables
from scim_provisioning.settings.user_values import user_values
from scim_provisioning.settings.variables import variable

LONGEST_SHOWN = 500
"""Of a user's value: what an identity provider sends may be as long as a book."""


@dataclass(frozen=True, slots=True)
class Row:
    """One field."""

    key: str
    label: str
    written: str
    is_secret: bool = False
    is_set: bool = False
    """Of a secret."""
    filled: str = ""
    empty: tuple[str, ...] = ()
    """The variables in it for which the user has no value, as they are written."""


def rows(configuration: Configuration, values: Mapping[str, str] | None = None) -> list[Row]:
    """Return the fields, filled with a user's values where those are given."""
    kind = configuration.declaration
    if kind.is_pairs:
        return [_row(key, PAIR_VALUE, key, text, values) for key, text in configuration.values]
    written = dict(configuration.values)
    return [
        Row(
            field.key,
            str(field.label),
            "",
            is_secret=True,
            is_set=field.key in configuration.secrets,
        )
        if field.secret
        else _row(field.key, field, str(field.label), written.get(field.key, ""), values)
        for field in kind.fields
    ]


def full_values_for(configuration: Configuration, user: User) -> dict[str, str]:
    """Return a user's values, the configuration's own variables among them."""
    return user_values(user, {*custom_attribute_names(), *configuration.variables})


def values_for(configuration: Configuration, user: User) -> dict[str, str]:
    """Return the same for people to read: very long values are cut."""
    values = full_values_for(configuration, user)
    return {name: Truncator(value).chars(LONGEST_SHOWN) for name, value in values.items()}


def empty_variables(configuration: Configuration, user: User) -> list[str]:
    """Return the variables of a configuration for which a user has no value, as written."""
    values = user_values(user, configuration.variables)
    return [variable(name) for name in configuration.variables if not values[name]]


def _row(key: str, field: Field, label: str, text: str, values: Mapping[str, str] | None) -> Row:
    if values is None or not field.variables:
        return Row(key, label, text, filled=text)
    empty = tuple(variable(name) for name in used_variables(text, values) if not values[name])
    return Row(key, label, text, filled=substitute(text, values), empty=empty)
