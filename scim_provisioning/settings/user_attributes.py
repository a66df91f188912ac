"""A user's *Attributes* tab: core, department and custom attributes with their variables."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from scim_provisioning.directory.models import User
from scim_provisioning.settings.selectors import custom_attributes
from scim_provisioning.settings.variables import variable

CORE: tuple[tuple[str, Promise, str], ...] = (
    ("user_name", _("Username"), "userUID"),
    ("display_name", _("Display Name"), "userDisplayName"),
    ("given_name", _("First Name"), "userFirstName"),
    ("family_name", _("Last Name"), "userLastName"),
    ("email", _("Email Address"), "userEmailAddress"),
    ("department", _("Department"), "department"),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One attribute as the tab shows it."""

    label: str
    value: str
    variable: str


@require_safe
def user_attributes(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Return a user's attributes."""
    person = get_object_or_404(User, pk=user_id)
    context = {
        "person": person,
        "tab": "user-attributes",
        "core": [
            Shown(str(label), getattr(person, field), variable(name)) for field, label, name in CORE
        ],
        "custom": [
            Shown(attribute.name, person.custom.get(attribute.name, ""), attribute.variable)
            for attribute in custom_attributes()
        ],
    }
    return render(request, "users/attributes.html", context)
