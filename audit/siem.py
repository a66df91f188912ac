"""Events for other systems: as JSON, and in ArcSight's Common Event Format (CEF), a line each.

The words are English, whoever exports: rules of a SIEM go by them.
"""

import json
from ipaddress import IPv6Address, ip_address

from django.utils import translation

from audit.events import EVENTS
from audit.models import Event

VENDOR, PRODUCT, PRODUCT_VERSION = "MDM portal", "User Provisioning", "1"
LONGEST_NAME, LONGEST_TEXT, LONGEST_CUSTOM = 512, 1023, 4000
"""Characters that CEF's dictionary gives to names, to texts, and to custom strings."""
SEVERITIES = {"bad": 6, "warning": 4}
FAILURE_SEVERITY, USUAL_SEVERITY = 7, 2


def json_line(event: Event) -> str:
    """Return an event as JSON."""
    return json.dumps(
        {
            "id": event.pk,
            "time": event.occurred_at.isoformat(timespec="microseconds"),
            "event": event.event,
            "label": _label(event),
            "category": event.category,
            "type": event.type,
            "status": event.status,
            "subject": {
                "type": event.subject_type,
                "id": event.subject_id,
                "name": event.subject_name,
            },
            "actor": {"kind": event.actor_kind, "id": event.actor_id, "name": event.actor_name},
            "address": event.address,
            "provider": event.provider,
            "details": event.details,
            "changes": event.changes,
            "requestId": event.request_id,
        },
        ensure_ascii=False,
    )


def cef_line(event: Event) -> str:
    """Return an event in CEF version 0."""
    head = ["CEF:0", VENDOR, PRODUCT, PRODUCT_VERSION, event.event, _label(event)]
    first = "|".join([head[0], *(_in_head(part) for part in head[1:]), str(_severity(event))])
    values = {**_fields(event), **_custom_strings(event)}
    rest = " ".join(f"{key}={_in_extension(text)}" for key, text in values.items() if text)
    return f"{first}|{rest}"


def _fields(event: Event) -> dict[str, str]:
    """Return the fields of CEF's dictionary."""
    return {
        "rt": str(int(event.occurred_at.timestamp() * 1000)),
        "externalId": str(event.pk),
        "cat": f"{event.category}/{event.type}",
        "outcome": event.status,
        "suser": (event.actor_name or event.actor_kind)[:LONGEST_TEXT],
        "suid": event.actor_id,
        **_address(event.address),
        "duid": event.subject_id if event.subject_type == "user" else "",
        "duser": event.subject_name[:LONGEST_TEXT] if event.subject_type == "user" else "",
        "msg": event.details[:LONGEST_TEXT],
    }


def _custom_strings(event: Event) -> dict[str, str]:
    """Return the fields that CEF has no name for, each with its label."""
    changes = json.dumps(event.changes, ensure_ascii=False) if event.changes else ""
    named = {
        "Subject": event.subject_name,
        "Subject Type": event.subject_type,
        "Identity Provider": event.provider,
        "Changes": changes,
        "Request Id": event.request_id,
        "Actor Kind": event.actor_kind,
    }
    found: dict[str, str] = {}
    for number, (label, text) in enumerate(named.items(), start=1):
        if text:
            found |= {f"cs{number}Label": label, f"cs{number}": text[:LONGEST_CUSTOM]}
    return found


def _address(text: str) -> dict[str, str]:
    """Return a network address under the key that its kind has."""
    try:
        address = ip_address(text)
    except ValueError:
        return {"shost": text}
    if isinstance(address, IPv6Address):
        return {"c6a2Label": "Source IPv6 Address", "c6a2": str(address)}
    return {"src": str(address)}


def _severity(event: Event) -> int:
    """Return 0 to 10: what failed and what takes away stand out."""
    if event.status == Event.FAILURE:
        return FAILURE_SEVERITY
    return SEVERITIES.get(event.tone, USUAL_SEVERITY)


def _label(event: Event) -> str:
    with translation.override("en"):
        return str(EVENTS[event.event].label) if event.event in EVENTS else event.event


def _in_head(text: str) -> str:
    """Return a text for the head, where | parts and no line may break."""
    plain = " ".join(text.splitlines())[:LONGEST_NAME]
    return plain.replace("\\", "\\\\").replace("|", "\\|")


def _in_extension(text: str) -> str:
    """Return a text for the extension, where = parts and a broken line is written as one."""
    escaped = text.replace("\\", "\\\\").replace("=", "\\=")
    return escaped.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\r")
