"""What a body makes of a configuration, and the answer when that may not be saved."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from mdm_portal.api.calls import unknown_fields
from scim_provisioning.configurations.drafts import Draft, Refused
from scim_provisioning.configurations.kinds import MAX_PAIRS, Kind
from scim_provisioning.configurations.models import Configuration


def replaced(asked: Mapping[str, Any], kind: Kind) -> Draft:
    """Return the draft that a whole body asks for; raise ValidationError for unknown fields."""
    values = {key.strip(): value for key, value in asked["values"].items()}
    secrets = {key: secret or "" for key, secret in asked.get("secrets", {}).items()}
    if len(values) < len(asked["values"]):
        raise ValidationError({"values": [_("This key is there twice.")]})
    _refuse_unknown("values", values, None if kind.is_pairs else _keys(kind, secret=False))
    _refuse_unknown("secrets", secrets, _keys(kind, secret=True))
    return Draft(asked["name"], tuple(values.items()), secrets)


def merged(asked: Mapping[str, Any], row: Configuration) -> Draft:
    """Return the draft of a row in which what a body names is changed: RFC 7396."""
    values: dict[str, str | None] = dict(row.values) | {
        key.strip(): value for key, value in asked.get("values", {}).items()
    }
    kept = {key: value for key, value in values.items() if value is not None}
    if row.declaration.is_pairs and len(kept) > MAX_PAIRS:
        raise ValidationError({"values": [_("There can be at most %d pairs.") % MAX_PAIRS]})
    whole = {"name": asked.get("name", row.name), "values": kept}
    return replaced({**asked, **whole}, row.declaration)


def refused(refusal: Refused, draft: Draft, kind: Kind) -> ValidationError:
    """Return the refusal with each reason at the member of the body that it is about."""
    answer: dict[str, Any] = {}
    for place, reason in refusal.reasons.items():
        if place == "name":
            answer["name"] = [reason]
        elif kind.is_pairs:
            _note(answer, "values", _pair(place, draft), reason)
        else:
            _note(answer, "secrets" if kind.field(place).secret else "values", place, reason)
    return ValidationError(answer)


def _pair(place: str, draft: Draft) -> str | None:
    """Return the key of the pair that a field of the form is of; None when there is no pair."""
    index = int(place.rpartition("-")[2])
    return draft.values[index][0] if index < len(draft.values) else None


def _note(answer: dict[str, Any], member: str, key: str | None, reason: str) -> None:
    """Put a reason at a field of ``values`` or ``secrets``, or at all of them."""
    if key is None:
        answer[member] = [reason]
    else:
        answer.setdefault(member, {}).setdefault(key, []).append(reason)


def _keys(kind: Kind, *, secret: bool) -> list[str]:
    return [field.key for field in kind.fields if field.secret == secret]


def _refuse_unknown(member: str, sent: Mapping[str, Any], known: list[str] | None) -> None:
    """Raise ValidationError for fields that a type does not have; None knows all."""
    if known is None:
        return
    if unknown := unknown_fields(sent, known):
        raise ValidationError({member: unknown})
