"""What the variables of a mail stand for: those of the user, and those of the invitation."""

from collections.abc import Iterator

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from scim_provisioning.directory.models import User
from scim_provisioning.invitations.links import base_url
from scim_provisioning.invitations.options.options import current
from scim_provisioning.settings.registry import custom_attribute_names
from scim_provisioning.settings.user_values import SOURCES, user_values
from scim_provisioning.settings.variables import INVITATION, VARIABLES, variable

LONGEST_VALUE = 1000
"""Of a user's value: what an identity provider sends may be as long as a book."""
OF_THE_INVITATION = tuple(one.name for one in VARIABLES if one.kind == INVITATION)
FILLED = (*SOURCES, *OF_THE_INVITATION)
"""The built-in variables that a mail fills in; the others are empty for everybody."""


def values_for(user: User, link: str) -> dict[str, str]:
    """Return what the variables stand for in a mail to a user; "" where there is nothing."""
    values = user_values(user, custom_attribute_names())
    values["userDisplayName"] = user.title
    values = {name: Truncator(value).chars(LONGEST_VALUE) for name, value in values.items()}
    return values | _of_the_invitation(link)


def samples(language: str) -> dict[str, str]:
    """Return values of somebody who does not exist, for a preview and a test."""
    values = {name: f"({name})" for name in custom_attribute_names()}
    user = User(
        user_name="jane.doe@example.org",
        email="jane.doe@example.org",
        given_name="Jane",
        family_name="Doe",
        display_name="Jane Doe",
        department="Sales",
        custom={"locale": language},
    )
    known = user_values(user, ())
    filled = {name: known[name] for name in SOURCES}
    return values | filled | _of_the_invitation(f"{base_url()}/register/example/")


def offered() -> Iterator[tuple[str, object]]:
    """Yield the variables that a mail fills in, with what they stand for."""
    for built_in in VARIABLES:
        if built_in.kind == INVITATION:
            yield variable(built_in.name), built_in.stands_for
    for name in custom_attribute_names():
        yield variable(name), _("Custom attribute")
    for built_in in VARIABLES:
        if built_in.name in SOURCES:
            yield variable(built_in.name), built_in.stands_for


def _of_the_invitation(link: str) -> dict[str, str]:
    options = current()
    return {
        "userActivationUrl": link,
        "clusterRegistrationUrl": options.enrolment_url,
        "productBrandName": options.product_name or _("MDM portal"),
        "companyLogoUrl": options.logo_url,
        "companyWebsiteLabel": options.website_label,
    }
