"""Users > Actions, for the ticked users or all that match: what the directory itself can do."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_http_methods

from mdm_portal.portal.purpose import changing
from scim_provisioning.directory import group_actions, user_actions
from scim_provisioning.directory.action_forms import (
    GROUP,
    OVERWRITE,
    AssignForm,
    AttributeForm,
    GroupChoiceForm,
)
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
            "%d local user is deleted and stays in the list as Deprovisioned, with the history.",
            "%d local users are deleted and stay in the list as Deprovisioned, with the history.",
        ),
        LEFT: ngettext_lazy(
            "%d deprovisioned user is deleted for good.",
            "%d deprovisioned users are deleted for good.",
        ),
        OWNED: ngettext_lazy(
            "%d user of an identity provider is deprovisioned, too. "
            "Unassign the user there too, or the identity provider may create it again.",
            "%d users of identity providers are deprovisioned, too. "
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
    note=_(
        "Who is deleted leaves all groups, an invitation that is not sent yet is cancelled, and "
        "the Username is free again. This cannot be undone."
    ),
    is_dangerous=True,
    depends_on_verdicts=True,
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
JOIN = Action(
    title=_("Assign to Group"),
    button=_("Assign"),
    verdicts=group_actions.HAS_LEFT,
    happens={
        DONE: ngettext_lazy(
            "%d user is assigned to the group, unless a member already.",
            "%d users are assigned to the group, but for those who are members already.",
        )
    },
    done={
        DONE: ngettext_lazy(
            "%d user was assigned to the group.", "%d users were assigned to the group."
        )
    },
    form=GroupChoiceForm,
)
LEAVE = Action(
    title=_("Remove from Group"),
    button=_("Remove"),
    verdicts=group_actions.HAS_LEFT,
    happens={
        DONE: ngettext_lazy(
            "%d user is removed from the group, if a member.",
            "%d users are removed from the group, those who are members.",
        )
    },
    done={
        DONE: ngettext_lazy(
            "%d user was removed from the group.", "%d users were removed from the group."
        )
    },
    note=_("Groups of identity providers are changed there alone."),
    is_dangerous=True,
    form=GroupChoiceForm,
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
    """Ask, then deprovision users, and delete for good those who are deprovisioned already."""
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


@changing
@require_http_methods(READ_OR_SEND)
def join(request: PortalRequest) -> HttpResponse:
    """Ask which local group, then let users join it."""
    service = partial(group_actions.assign_to_group, actor=request.actor)
    return act(request, JOIN, lambda ids, values: service(user_ids=ids, group_id=values[GROUP]))


@changing
@require_http_methods(READ_OR_SEND)
def leave(request: PortalRequest) -> HttpResponse:
    """Ask which local group, then let users leave it."""
    service = partial(group_actions.remove_from_group, actor=request.actor)
    return act(request, LEAVE, lambda ids, values: service(user_ids=ids, group_id=values[GROUP]))
