"""In which language a user is written to."""

from django.conf import settings
from django.utils import translation

from scim_provisioning.directory.models import User
from scim_provisioning.directory.text import fold

LANGUAGE_ATTRIBUTES = ("preferredlanguage", "locale", "language")
"""Registered custom attributes that tell a language, folded."""


def language_of(user: User) -> str:
    """Return the language that a custom attribute of the user tells, else the default one."""
    return told_language(user) or str(settings.LANGUAGE_CODE)


def told_language(user: User) -> str:
    """Return the language that a custom attribute of the user tells, "" where none does."""
    told = {fold(name): value for name, value in user.custom.items()}
    for name in LANGUAGE_ATTRIBUTES:
        try:
            return translation.get_supported_language_variant(told.get(name, "").replace("_", "-"))
        except (LookupError, ValueError):
            continue
    return ""
