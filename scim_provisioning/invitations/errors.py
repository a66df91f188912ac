"""Why a link of an invitation does not lead on, in words for the person who followed it."""

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class LinkError(Exception):
    """A link that cannot be answered; one class a reason."""

    status: ClassVar[int]
    """The HTTP status of the page."""
    title: ClassVar[Promise]
    advice: ClassVar[Promise]


class LinkBroken(LinkError):
    """Not a link that we signed."""

    status = 404
    title = _("This link is not complete")
    advice = _("Open it again from the e-mail, or copy the whole address into the browser.")


class LinkExpired(LinkError):
    """Nobody answered in time."""

    status = 410
    title = _("This invitation has expired")
    advice = _("Ask your administrator for a new one.")


class LinkWithdrawn(LinkError):
    """The invitation was cancelled or replaced, or the user has left."""

    status = 410
    title = _("This invitation is no longer valid")
    advice = _("If you expected it to work, ask your administrator for a new one.")


class CannotInvite(Exception):
    """A user cannot be invited now, with a sentence for the administrator."""
