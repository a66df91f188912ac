"""Administrators of the portal: Django users, whom SCIM can neither see nor touch."""

import secrets
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from audit import events
from audit.actors import Actor
from audit.services import Change, Subject, record


class AdministratorError(Exception):
    """A refused administrator, with a sentence that says why."""


@dataclass(frozen=True, slots=True)
class NewAdministrator:
    """A new administrator with the password, known only now."""

    username: str
    password: str


def create_administrator(
    *,
    username: str,
    actor: Actor,
    password: str | None = None,
    role: str | None = None,
    email: str = "",
) -> NewAdministrator:
    """Return a new administrator; without a password, one is made up.

    ``role`` is a key of ``roles.ROLES``; without one, everything is allowed. ``email`` gets the
    warnings before a token expires.
    """
    users = get_user_model()
    password = password or secrets.token_urlsafe(15)
    with transaction.atomic():
        if users.objects.filter(username__iexact=username).exists():
            raise AdministratorError(f"An administrator named {username} already exists.")
        user = users(username=username, email=email, is_superuser=role is None, is_staff=True)
        _check(user, password)
        user.set_password(password)
        user.save()
        if role is not None:
            user.groups.add(Group.objects.get_or_create(name=role)[0])
        record(
            events.ADMINISTRATOR_CREATED,
            actor=actor,
            subject=Subject("administrator", str(user.pk), username),
            details=role or "",
        )
    return NewAdministrator(username, password)


@transaction.atomic
def change_address(*, administrator_id: int, email: str, actor: Actor) -> bool:
    """Change where an administrator gets warnings, "" for nowhere; tell whether it changed."""
    user = get_user_model().objects.select_for_update().get(pk=administrator_id)
    before, user.email = user.email, email
    if before == email:
        return False
    user.save(update_fields=["email"])
    record(
        events.ADMINISTRATOR_UPDATED,
        actor=actor,
        subject=Subject("administrator", str(user.pk), user.get_username()),
        changes=[Change(attribute="email", before=before, after=email)],
    )
    return True


@transaction.atomic
def change_password(*, administrator_id: int, password: str, actor: Actor) -> None:
    """Change an administrator's password, one that Django's validators let pass."""
    user = get_user_model().objects.select_for_update().get(pk=administrator_id)
    user.set_password(password)
    user.save(update_fields=["password"])
    record(
        events.PASSWORD_CHANGED,
        actor=actor,
        subject=Subject("administrator", str(user.pk), user.get_username()),
    )


def has_administrator() -> bool:
    """Tell whether there is any administrator."""
    return bool(get_user_model().objects.exists())


def _check(user: object, password: str) -> None:
    """Refuse names and passwords that Django refuses."""
    try:
        user.full_clean(exclude=["password"])  # type: ignore[attr-defined]
        validate_password(password, user)  # type: ignore[arg-type]
    except ValidationError as error:
        raise AdministratorError(" ".join(error.messages)) from error
