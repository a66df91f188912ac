"""/metrics for Prometheus: what processes counted, how tokens, outbox and queue stand."""

import hmac
import logging
import time
from collections.abc import Iterator

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily

from mdm_portal.valkey import connected
from mdm_portal.worker_figures import Figures
from scim_provisioning.invitations.backlog import backlog
from scim_provisioning.scim.metrics import directory
from scim_provisioning.tokens.selectors import current_tokens

FRESH_SECONDS = 5.0
QUEUE = "celery"
logger = logging.getLogger(__name__)
_remembered: tuple[float, list[GaugeMetricFamily]] = (0.0, [])


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Return all figures to who has METRICS_TOKEN; without that setting there is no such page."""
    if not settings.METRICS_TOKEN:
        raise Http404
    expected = f"Bearer {settings.METRICS_TOKEN}".encode()
    if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), expected):
        challenge = {"WWW-Authenticate": 'Bearer realm="metrics"'}
        return HttpResponse("401\n", status=401, content_type="text/plain", headers=challenge)
    registry = CollectorRegistry()
    registry.register(Figures(directory()))
    registry.register(State())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class State:
    """A collector of how things stand, asked for at most every FRESH_SECONDS a process."""

    def describe(self) -> list[GaugeMetricFamily]:
        """Return nothing, so that registering asks for nothing."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the figures; those of a part that does not answer are left out."""
        global _remembered
        until, known = _remembered
        if time.monotonic() > until:
            known = list(_state())
            _remembered = (time.monotonic() + FRESH_SECONDS, known)
        yield from known


def forget() -> None:
    """Forget what is remembered."""
    global _remembered
    _remembered = (0.0, [])


def _state() -> Iterator[GaugeMetricFamily]:
    up = GaugeMetricFamily("mdm_part_up", "Whether a part answers: 1 or 0.", labels=["part"])
    for part, ask in (("database", _database), ("broker", _broker)):
        try:
            figures = list(ask())
        except (DatabaseError, redis.RedisError, OSError) as error:
            logger.warning("No figures from the %s: %s", part, error)
            up.add_metric([part], 0)
        else:
            up.add_metric([part], 1)
            yield from figures
    yield up


def _database() -> Iterator[GaugeMetricFamily]:
    now = timezone.now()
    outbox = backlog()
    late = (now - outbox.oldest_due_at).total_seconds() if outbox.oldest_due_at else 0.0
    size = outbox.waiting + outbox.due
    yield _gauge("mdm_outbox_size", "Mails to users that wait to be sent.", size)
    yield _gauge("mdm_outbox_due", "Mails to users that should have been sent by now.", outbox.due)
    yield _gauge("mdm_outbox_age_seconds", "How late the mail due longest is.", late)
    tokens = GaugeMetricFamily(
        "scim_token_expiry_seconds",
        "Seconds until a SCIM token expires; below 0 since it did.",
        labels=["token", "idp", "active"],
    )
    for token in current_tokens().exclude(expires_at=None):
        left = (token.expires_at - now).total_seconds() if token.expires_at else 0.0
        tokens.add_metric([token.key_id, token.provider, str(token.is_active).lower()], left)
    yield tokens


def _broker() -> Iterator[GaugeMetricFamily]:
    with connected() as broker:
        length = broker.llen(QUEUE)
    yield _gauge("mdm_queue_length", "Tasks that no worker has taken yet.", float(str(length)))


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=value)
