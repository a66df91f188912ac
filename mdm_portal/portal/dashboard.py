"""The dashboard: what is connected, who is there, what goes on, and what wants attention."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from mdm_portal.portal import figures
from mdm_portal.portal.charts import Chart, chart
from mdm_portal.portal.remembered import remembered
from mdm_portal.roles import SYSTEM, may
from scim_provisioning.activity.models import ScimRequest
from scim_provisioning.directory.filters import WITHOUT
from scim_provisioning.directory.invite_status import EXPIRED, FAILED, INVITE_STATUSES
from scim_provisioning.providers import source_label
from scim_provisioning.tokens.models import ScimToken
from scim_provisioning.tokens.selectors import current_tokens

NOTED_WITHIN = timedelta(minutes=5)
"""A token's last use is noted once a minute: its newest request is not much older."""
SOON_DAYS = 30


@dataclass(frozen=True, slots=True)
class TokenLine:
    """One token, and how its last request went."""

    token: ScimToken
    last: ScimRequest | None

    @property
    def state(self) -> tuple[str, str]:
        """Return colour and words of the state."""
        if self.token.status != "active":
            return "bad", self.token.status_label
        if self.token.last_used_at is None:
            return "neutral", _("Never connected")
        if self.last and self.last.status >= 400:
            return "warning", _("Last request failed")
        return "good", _("Last request fine")

    @property
    def expires_soon(self) -> bool:
        """Tell whether the token has to be renewed in the next days."""
        days = self.token.days_left
        return days is not None and days <= SOON_DAYS and not self.token.is_expired


@dataclass(frozen=True, slots=True)
class Task:
    """Something that wants attention, and where it is mended."""

    words: str
    address: str


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Return the dashboard; what a role does not open is left out."""
    is_of_system = may(request.user, SYSTEM, write=False)
    context = {
        "sources": [
            (source_label(row.source), row)
            for row in remembered("dashboard.sources", figures.by_source)
        ],
        "invitations": [
            (status, INVITE_STATUSES[status].label, count)
            for status, count in remembered(
                "dashboard.invitations", figures.invitations_by_status
            ).items()
        ],
        "is_of_system": is_of_system,
        "lines": _lines() if is_of_system else [],
        "charts": _charts() if is_of_system else [],
        "tasks": list(_tasks(is_of_system)),
    }
    return render(request, "dashboard/page.html", context)


def _lines() -> list[TokenLine]:
    """Return the tokens, each with its provider's newest request."""
    found = []
    for token in current_tokens():
        used = token.last_used_at
        last = figures.newest_request(token.provider, used - NOTED_WITHIN) if used else None
        found.append(TokenLine(token, last))
    return found


def _charts() -> list[Chart]:
    """Return the requests of the last day, week and month."""

    def hour(moment: datetime) -> str:
        return formats.time_format(moment, "H:i")

    def day(moment: datetime) -> str:
        return formats.date_format(moment, "SHORT_DATE_FORMAT")

    return [
        chart("day", _("Last 24 hours"), remembered("dashboard.day", figures.of_the_day), hour),
        chart("week", _("Last 7 days"), remembered("dashboard.week", figures.of_the_week), day),
        chart("month", _("Last 30 days"), remembered("dashboard.month", figures.of_the_month), day),
    ]


def _tasks(is_of_system: bool) -> Iterator[Task]:
    """Yield what wants attention."""
    found = remembered("dashboard.attention", figures.attention)
    users = reverse("users")
    if is_of_system:
        yield from _tasks_of_the_system(found)
    if count := found.failed_invitations:
        words = ngettext("%s invitation failed.", "%s invitations failed.", count)
        yield Task(words % _told(count), f"{users}?invite_status={FAILED}")
    if count := found.expired_invitations:
        words = ngettext("%s invitation expired.", "%s invitations expired.", count)
        yield Task(words % _told(count), f"{users}?invite_status={EXPIRED}")
    if count := found.without_address:
        words = ngettext(
            "%s active user has no e-mail address.",
            "%s active users have no e-mail address.",
            count,
        )
        yield Task(words % _told(count), f"{users}?status=active&email={WITHOUT}")


def _told(count: int) -> str:
    """Return how many users wait, as far as they were counted."""
    most = figures.MOST_TOLD
    return f"{formats.number_format(most, force_grouping=True)}+" if count > most else str(count)


def _tasks_of_the_system(found: figures.Attention) -> Iterator[Task]:
    """Yield what only those can mend who may open the system's pages."""
    log = reverse("scim-requests")
    for token in current_tokens():
        days = token.days_left
        if days is not None and days <= SOON_DAYS:
            address = reverse("provisioning-provider", args=[token.provider])
            name = token.provider_declaration.name
            words = (
                _("A token of %(idp)s has expired.")
                if token.is_expired
                else _("A token of %(idp)s expires soon.")
            )
            yield Task(words % {"idp": name}, address)
    if count := found.refused_today:
        words = ngettext(
            "%d SCIM request failed within a day.", "%d SCIM requests failed within a day.", count
        )
        yield Task(words % count, f"{log}?status=refused")
    if found.unregistered:
        names = ", ".join(found.unregistered)
        words = _("Custom attributes arrive that are not registered: %s")
        yield Task(words % names, f"{log}?status=ignored")
