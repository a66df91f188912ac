"""Users > Actions > Send Invite, for the ticked users or all that match."""

from functools import partial

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_http_methods

from mdm_portal.portal.purpose import changing
from scim_provisioning.directory.actions import SKIPPED, Action, act
from scim_provisioning.directory.verdicts import DONE
from scim_provisioning.invitations import preview, services
from scim_provisioning.requests import PortalRequest

INVITE = Action(
    title=_("Send Invite"),
    button=_("Send"),
    verdicts=services.CANNOT_INVITE,
    happens={
        DONE: ngettext_lazy(
            "%d user is sent an invitation by e-mail.", "%d users are sent an invitation by e-mail."
        )
    },
    done={DONE: ngettext_lazy("%d invitation is on its way.", "%d invitations are on their way.")},
    skipped={
        **SKIPPED,
        services.NOT_ACTIVE: ngettext_lazy(
            "%d user is skipped: not active.", "%d users are skipped: not active."
        ),
        services.NO_ADDRESS: ngettext_lazy(
            "%d user is skipped: no e-mail address.", "%d users are skipped: no e-mail address."
        ),
        services.UNDER_WAY: ngettext_lazy(
            "%d user is skipped: an invitation is under way.",
            "%d users are skipped: an invitation is under way.",
        ),
        services.ACCEPTED: ngettext_lazy(
            "%d user is skipped: has accepted an invitation.",
            "%d users are skipped: have accepted an invitation.",
        ),
    },
    template="users/invite.html",
    more=preview.recipients,
)


@changing
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: PortalRequest) -> HttpResponse:
    """Show the mail and who gets it, then invite all who have an address and none under way."""
    service = partial(services.invite_users_by_hand, actor=request.actor)
    return act(request, INVITE, lambda ids, _values: service(user_ids=ids))
