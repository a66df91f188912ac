"""``manage.py provisioning_status``: how things stand, without a browser."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.utils import timezone

from mdm_portal.management.base import PortalCommand
from mdm_portal.management.tables import table
from mdm_portal.portal import figures
from scim_provisioning.invitations.backlog import Backlog, backlog
from scim_provisioning.providers import PROVIDERS, source_label
from scim_provisioning.tokens.models import ScimToken
from scim_provisioning.tokens.selectors import current_tokens

LATELY = timedelta(days=1)


class Command(PortalCommand):
    """Prints the figures of the dashboard and of the token table, as of now."""

    help = (
        "Show tokens, users and groups by source, the requests of the last 24 hours by identity "
        "provider, and the outbox of invitations."
    )

    def run(self, **_options: Any) -> None:
        """Read everything and print it."""
        tokens = list(current_tokens())
        sources = figures.by_source()
        traffic = figures.traffic(timezone.now() - LATELY)
        outbox, invitations = backlog(), figures.invitations_by_status()
        data = {
            "tokens": [_described(token) for token in tokens],
            "sources": [asdict(source) for source in sources],
            "requests_of_last_day": [asdict(one) for one in traffic],
            "outbox": asdict(outbox),
            "invitations": invitations,
        }
        parts = (_tokens(tokens), _sources(sources), _traffic(traffic))
        self.emit(data, "\n\n".join((*parts, _outbox(outbox), _invitations(invitations))))


def _described(token: ScimToken) -> dict[str, object]:
    """Return a token for scripts."""
    return {
        "prefix": token.key_id,
        "idp": token.provider,
        "status": token.status,
        "expires_at": token.expires_at,
        "days_left": token.days_left,
        "last_used_at": token.last_used_at,
        "last_used_address": token.last_used_address or None,
    }


def _tokens(tokens: list[ScimToken]) -> str:
    heads = ("Token", "Identity provider", "Status", "Expires", "Last used", "From")
    rows = (
        (
            token.prefix,
            token.provider_declaration.full_name,
            token.status,
            token.expires_at or "never",
            token.last_used_at or "never",
            token.last_used_address,
        )
        for token in tokens
    )
    return table("Tokens", heads, rows)


def _sources(sources: list[figures.SourceCount]) -> str:
    heads = ("Source", "Active", "Inactive", "Deprovisioned", "Groups")
    rows = (
        (source_label(one.source), one.active, one.inactive, one.deprovisioned, one.groups)
        for one in sources
    )
    return table("Users and groups", heads, rows)


def _traffic(traffic: list[figures.Traffic]) -> str:
    heads = ("Identity provider", "Requests", "Refused (4xx)", "Broken (5xx)", "Last")
    rows = (
        (_name(one.provider), one.requests, one.refused, one.broken, one.last_at) for one in traffic
    )
    return table("Requests of the last 24 hours", heads, rows)


def _name(provider: str) -> str:
    """Return the name of an identity provider, also of a caller that nobody knows."""
    return PROVIDERS[provider].full_name if provider in PROVIDERS else provider or "no good token"


def _outbox(outbox: Backlog) -> str:
    heads = ("Due", "Oldest due since", "Waiting for their time")
    row = (outbox.due, outbox.oldest_due_at, outbox.waiting)
    return table("Outbox of invitations", heads, [row])


def _invitations(counts: dict[str, int]) -> str:
    return table("Invitations", [name.title() for name in counts], [list(counts.values())])
