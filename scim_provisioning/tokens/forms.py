"""What an administrator may fill in about tokens."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from scim_provisioning.providers import CHOICES, PROVIDERS
from scim_provisioning.tokens.services import (
    DEFAULT_LIFETIME,
    DEFAULT_OVERLAP,
    LIFETIMES,
    OVERLAP_HOURS,
)

NEVER = "never"


def lifetime_choices() -> Iterable[tuple[str, object]]:
    """Return the offered lifetimes with their words."""
    for days in LIFETIMES:
        if days is None:
            yield NEVER, _("Never expires")
        else:
            yield str(days), ngettext("%d day", "%d days", days) % days


def overlap_choices() -> Iterable[tuple[str, object]]:
    """Return how long the old secret may stay valid, with words."""
    for hours in OVERLAP_HOURS:
        if hours:
            yield str(hours), ngettext("%d hour", "%d hours", hours) % hours
        else:
            yield "0", _("Not at all: it stops working now")


def lifetime_of(value: str) -> int | None:
    """Return the days of a chosen lifetime; None is for ever."""
    return None if value == NEVER else int(value)


class ProviderForm(forms.Form):
    """The drop-down that leads to a provider's page."""

    provider = forms.ChoiceField(label=_("Choose Identity Provider (IdP)"), choices=CHOICES)


class OneTimeForm(forms.Form):
    """A form that works once; ``back`` names the page that it was opened from."""

    nonce = forms.CharField(max_length=200)
    back = forms.ChoiceField(choices=[(key, key) for key in PROVIDERS], required=False)


class GenerateForm(OneTimeForm):
    """How long a new token shall live."""

    lifetime = forms.TypedChoiceField(
        label=_("Lifetime"),
        choices=lifetime_choices,
        coerce=lifetime_of,
        initial=str(DEFAULT_LIFETIME),
    )


class RenewForm(OneTimeForm):
    """How long the old secret shall stay valid."""

    overlap = forms.TypedChoiceField(
        label=_("Keep the old token valid for"),
        choices=overlap_choices,
        coerce=int,
        initial=str(DEFAULT_OVERLAP),
    )
