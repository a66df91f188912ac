"""The only code that writes tokens of the admin API."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from audit import events
from audit.actors import Actor
from audit.services import Change, Subject, record
from mdm_portal.api.models import ApiToken
from scim_provisioning.tokens.rekeying import is_news, pepper_change
from scim_provisioning.tokens.secrets import (
    SECRET_LENGTH,
    digest_of,
    is_current,
    key_id_of,
    matches,
    new_secret,
)

MARK = "mdma_"


class ApiTokenError(Exception):
    """A refused operation, with a sentence for the operator."""


@dataclass(frozen=True, slots=True)
class IssuedApiToken:
    """A token with its secret: the only moment that the secret is known."""

    token: ApiToken
    secret: str


def issue(*, username: str, name: str, lifetime_days: int, actor: Actor) -> IssuedApiToken:
    """Return a new token of an administrator; raise ApiTokenError when there is no such one."""
    administrator = get_user_model().objects.filter(username=username, is_active=True).first()
    if administrator is None:
        raise ApiTokenError(f"There is no active administrator named {username}.")
    secret = new_secret(MARK)
    with transaction.atomic():
        token = ApiToken.objects.create(
            administrator=administrator,
            name=name,
            key_id=key_id_of(secret),
            digest=digest_of(secret),
            expires_at=timezone.now() + timedelta(days=lifetime_days),
        )
        _record(events.API_TOKEN_CREATED, token, actor, before=None, after=name)
    return IssuedApiToken(token, secret)


def revoke(*, key_id: str, actor: Actor) -> None:
    """Delete a token, known by its visible prefix; raise ApiTokenError when there is none."""
    with transaction.atomic():
        token = ApiToken.objects.select_for_update().filter(key_id=key_id.rstrip("…")).first()
        if token is None:
            raise ApiTokenError(f"There is no API token {key_id}.")
        _record(events.API_TOKEN_DELETED, token, actor, before=token.name, after=None)
        token.delete()


def administrator_of(secret: str) -> AbstractBaseUser | None:
    """Return whose token a secret is, if it is good now."""
    if len(secret) != SECRET_LENGTH or not secret.startswith(MARK) or not secret.isascii():
        return None
    rows = ApiToken.objects.select_related("administrator")
    token = rows.filter(key_id=key_id_of(secret), expires_at__gt=timezone.now()).first()
    if token is None or not matches(secret, token.digest) or not token.administrator.is_active:
        return None
    if not is_current(token.digest):
        _rekey(token, secret)
    return token.administrator


def _rekey(token: ApiToken, secret: str) -> None:
    """Replace the digest that a former pepper made, once however many processes try."""
    before, after = token.digest, digest_of(secret)
    with transaction.atomic():
        updated = ApiToken.objects.filter(id=token.id, digest=before).update(digest=after)
        if updated and is_news(before, after):
            record(
                events.API_TOKEN_REKEYED,
                actor=Actor.system(),
                subject=Subject("api_token", str(token.id), f"{token.key_id}…"),
                details=token.administrator.get_username(),
                changes=[pepper_change(before, after)],
            )


def _record(
    event: events.EventType, token: ApiToken, actor: Actor, *, before: object, after: object
) -> None:
    record(
        event,
        actor=actor,
        subject=Subject("api_token", str(token.id), f"{token.key_id}…"),
        details=token.administrator.get_username(),
        changes=[Change(attribute="name", before=before, after=after)],
    )
