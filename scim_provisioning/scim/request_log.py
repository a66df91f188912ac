"""Every SCIM request gets an id and a line in the log, whatever becomes of it."""

import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from audit.addresses import client_address
from audit.log_context import logging_also
from scim_provisioning.activity.recorder import Note, note
from scim_provisioning.directory.models import new_id
from scim_provisioning.scim.errors import Unavailable
from scim_provisioning.scim.locations import ROOT
from scim_provisioning.scim.masking import MASK, is_published, masked, summary
from scim_provisioning.scim.metrics import count
from scim_provisioning.settings.registry import custom_attribute_names

LONGEST_PATH = 2000
LONGEST_ANSWER = 2000
"""Bytes of a resource that the log keeps as they were sent."""
RESOURCES = {
    "users": "User",
    "groups": "Group",
    "bulk": "Bulk",
    "me": "Me",
    "schemas": "Schema",
    "resourcetypes": "ResourceType",
    "serviceproviderconfig": "ServiceProviderConfig",
    ".search": "Search",
}
"""What the log calls the endpoints."""
View = Callable[..., HttpResponseBase]

logger = logging.getLogger(__name__)


def logged(view: View) -> View:
    """Return the view with a request id, which its answer carries too, and a line in the log."""

    @wraps(view)
    def wrapper(request: HttpRequest, *arguments: Any, **options: Any) -> HttpResponseBase:
        request.request_id = new_id().hex  # type: ignore[attr-defined]
        started = time.perf_counter()
        with logging_also(request_id=request.request_id):  # type: ignore[attr-defined]
            response = view(request, *arguments, **options)
            response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
            _tell(request, response, time.perf_counter() - started)
            return response

    return wrapper


def _tell(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    """Note a request; no failure of that is the caller's."""
    try:
        entry = _note(request, response, seconds)
        note(entry)
        count(entry)
        if logger.isEnabledFor(logging.INFO):
            logger.info("SCIM request", extra=_told(entry))
    except Exception:
        logger.exception("A SCIM request could not be logged.")


def _told(entry: Note) -> dict[str, object]:
    """Return what the process's log tells of a request: nothing that a person could be known by."""
    return {
        "provider": entry.provider,
        "method": entry.method,
        "resource": entry.resource,
        "status": entry.status,
        "duration_ms": entry.duration_us / 1000,
    }


def _note(request: HttpRequest, response: HttpResponseBase, seconds: float) -> Note:
    """Return what the log keeps of a request."""
    context = getattr(request, "scim", None)
    caller = context.actor if context else getattr(request, "refused_caller", None)
    # While the database is out they are not asked for: the answer would wait for them.
    is_out = response.status_code == Unavailable.status
    names = custom_attribute_names() if context and not is_out else ()
    asked, answered = getattr(request, "scim_body", None), getattr(response, "document", None)
    endpoint, resource_id = _target(request, answered)
    return Note(
        occurred_at=timezone.now(),
        request_id=request.request_id,  # type: ignore[attr-defined]
        provider=caller.provider if caller else "",
        token_id=caller.id if caller else "",
        token_name=caller.name if caller else "",
        address=client_address(request)[:64],
        method=(request.method or "")[:16],
        path=_path(request, names),
        resource=RESOURCES.get(endpoint.lower(), ""),
        resource_id=resource_id,
        status=response.status_code,
        scim_type=answered.get("scimType", "") if answered and response.status_code >= 400 else "",
        duration_us=round(seconds * 1_000_000),
        asked=masked(asked, names),
        answered=_answer(response, answered, names),
        ignored=context.ignored if context else {},
    )


def _answer(response: Any, answered: Any, names: tuple[str, ...]) -> Any:
    """Return what the log keeps of an answer: of a short success, which hides nothing, its JSON."""
    is_short = response.status_code < 300 and "Resources" not in (answered or ())
    if is_short and 0 < len(response.content) <= LONGEST_ANSWER:
        return response.content
    return summary(answered, names)


def _target(request: HttpRequest, answered: Any) -> tuple[str, str]:
    """Return the endpoint, and the id of the resource that was read or written, if it is one."""
    parts = request.path_info.removeprefix(ROOT).strip("/").split("/")
    if len(parts) > 1:
        return parts[0], parts[1].replace("\0", "")[:64]
    found = answered.get("id", "") if request.method == "POST" and answered else ""
    return parts[0], str(found)[:64]


def _path(request: HttpRequest, names: tuple[str, ...]) -> str:
    """Return path and query as people read them, values of unknown parameters masked."""
    path = request.path_info.removeprefix(ROOT) or "/"
    if request.META.get("QUERY_STRING"):
        path = f"{path}?{_query(request, names)}"
    return path.replace("\0", "")[:LONGEST_PATH]


def _query(request: HttpRequest, names: tuple[str, ...]) -> str:
    """Return the query; a mask for one that is refused for its length."""
    try:
        parameters = request.GET.items()
    except TooManyFieldsSent:
        return MASK
    shown = (f"{name}={value if is_published(name, names) else MASK}" for name, value in parameters)
    return "&".join(shown)
