"""Users > Actions, for the ticked users or all that match: what the directory itself can do."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_http_methods

from mdm_portal.portal.purpose import changing
from scim_provisioning.directory import user_actions
from scim_provisioning.directory.action_forms import OVERWRITE, AssignForm, AttributeForm
from scim_provisioning.directory.actions import Action, act
from scim_provisioning.directory.verdicts import DONE, LEFT, NOT_LOCAL, OWNED
from scim_provisioning.requests import PortalRequest

ENABLE = Action(
    title=_("Enable Users"),
    button=_("Enable"),
    verdicts=user_actions.CANNOT_ENABLE,
    happens={DONE: ngettext_lazy("%d local user is enabled.", "%d local users are enabled.")},
    done={DONE: ngettext_lazy("%d user was enabled.", "%d users were enabled.")},
)
DISABLE = Action(
    title=_("Disable Users"),
    button=_("Disable"),
    verdicts=user_actions.CANNOT_DISABLE,
    happens={DONE: ngettext_lazy("%d local user is disabled.", "%d local users are disabled.")},
    done={DONE: ngettext_lazy("%d user was disabled.", "%d users were disabled.")},
    note=_("Invitations that are not sent yet are cancelled."),
    is_dangerous=True,
)
DELETE = Action(
    title=_("Delete Users"),
    button=_("Delete"),
    verdicts=NOT_LOCAL,
    happens={
        DONE: ngettext_lazy(
            "%d local user is deleted for good, with groups and invitations.",
            "%d local users are deleted for good, with groups and invitations.",
        ),
        LEFT: ngettext_lazy(
            "%d deprovisioned user is deleted for good.",
            "%d deprovisioned users are deleted for good.",
        ),
        OWNED: ngettext_lazy(
            "%d user of an identity provider is deprovisioned and leaves all groups. "
            "Unassign the user there too, or the identity provider may create it again.",
            "%d users of identity providers are deprovisioned and leave all groups. "
            "Unassign the users there too, or the identity provider may create them again.",
        ),
    },
    done={
        DONE: ngettext_lazy("%d local user was deleted.", "%d local users were deleted."),
        LEFT: ngettext_lazy(
            "%d deprovisioned user was deleted.", "%d deprovisioned users were deleted."
        ),
        OWNED: ngettext_lazy("%d user was deprovisioned.", "%d users were deprovisioned."),
    },
    note=_("This cannot be undone."),
    is_dangerous=True,
)
ASSIGN = Action(
    title=_("Assign Custom Attributes"),
    button=_("Assign"),
    verdicts=NOT_LOCAL,
    happens={
        DONE: ngettext_lazy(
            "The attribute is assigned to %d local user.",
            "The attribute is assigned to %d local users.",
        )
    },
    done={DONE: ngettext_lazy("%d user was given the value.", "%d users were given the value.")},
    form=AssignForm,
)
REMOVE = Action(
    title=_("Remove Custom Attributes"),
    button=_("Remove"),
    verdicts=NOT_LOCAL,
    happens={
        DONE: ngettext_lazy(
            "The value of the attribute is removed from %d local user.",
            "The value of the attribute is removed from %d local users.",
        )
    },
    done={DONE: ngettext_lazy("%d user lost the value.", "%d users lost the value.")},
    note=_("This cannot be undone."),
    is_dangerous=True,
    form=AttributeForm,
)
READ_OR_SEND = ["GET", "HEAD", "POST"]


@changing
@require_http_methods(READ_OR_SEND)
def enable(request: PortalRequest) -> HttpResponse:
    """Ask, then enable local users."""
    service = partial(user_actions.enable_users, actor=request.actor)
    return act(request, ENABLE, lambda ids, _values: service(user_ids=ids))


@changing
@require_http_methods(READ_OR_SEND)
def disable(request: PortalRequest) -> HttpResponse:
    """Ask, then disable local users."""
    service = partial(user_actions.disable_users, actor=request.actor)
    return act(request, DISABLE, lambda ids, _values: service(user_ids=ids))


@changing
@require_http_methods(READ_OR_SEND)
def delete(request: PortalRequest) -> HttpResponse:
    """Ask, then delete users, or deprovision those of identity providers."""
    service = partial(user_actions.delete_users, actor=request.actor)
    return act(request, DELETE, lambda ids, _values: service(user_ids=ids))


@changing
@require_http_methods(READ_OR_SEND)
def assign(request: PortalRequest) -> HttpResponse:
    """Ask which attribute and value, then assign it to local users."""

    def run(ids: Any, values: dict[str, Any]) -> Any:
        return user_actions.assign_custom_attribute(
            user_ids=ids,
            name=values["name"],
            value=values["value"],
            overwrite=values["mode"] == OVERWRITE,
            actor=request.actor,
        )

    return act(request, ASSIGN, run)


@changing
@require_http_methods(READ_OR_SEND)
def remove(request: PortalRequest) -> HttpResponse:
    """Ask which attribute, then remove its values from local users."""
    service = partial(user_actions.remove_custom_attribute, actor=request.actor)
    return act(request, REMOVE, lambda ids, values: service(user_ids=ids, name=values["name"]))
