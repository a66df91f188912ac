"""Users created together: a chunk of a bulk job in a number of statements that does not grow."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest

from scim_provisioning.directory import selectors, services
from scim_provisioning.directory.errors import UserNameTaken
from scim_provisioning.directory.state import UserState
from scim_provisioning.directory.text import fold
from scim_provisioning.scim.adapters import UserAdapter
from scim_provisioning.scim.attempts import attempt
from scim_provisioning.scim.context import Context
from scim_provisioning.scim.documents import user_state
from scim_provisioning.scim.errors import ScimError, Uniqueness

CHUNK = 500
"""So many users share one transaction."""

Result = UserAdapter | ScimError


def create_users(
    bodies: list[dict[str, Any]], context: Context, failures_allowed: int | None
) -> list[Result]:
    """Return the adapter of each new user, or the error that refuses it.

    Ends with the last error that is allowed: what comes after it is neither created nor listed.
    """
    checked = list(_until(_checked(bodies, context), failures_allowed))
    states = [item for item in checked if isinstance(item, UserState)]
    users: Iterator[Result] = iter(_create(states, context))
    return [next(users) if isinstance(item, UserState) else item for item in checked]


def _checked(bodies: list[dict[str, Any]], context: Context) -> Iterator[UserState | ScimError]:
    """Yield the state that each body asks for, or what is wrong with it."""
    read = [_state(body, context) for body in bodies]
    keys = [fold(item.user_name) for item in read if isinstance(item, UserState)]
    taken = set(selectors.taken_user_names(keys))
    for item in read:
        if isinstance(item, UserState):
            key = fold(item.user_name)
            yield Uniqueness(str(UserNameTaken(item.user_name))) if key in taken else item
            taken.add(key)
        else:
            yield item


def _state(body: dict[str, Any], context: Context) -> UserState | ScimError:
    """Return the state that a body asks for, or what is wrong with it."""
    try:
        return user_state(body, context)
    except ScimError as error:
        return error


def _until(
    items: Iterator[UserState | ScimError], failures_allowed: int | None
) -> Iterator[UserState | ScimError]:
    """Yield items up to the last error that is allowed."""
    failures = 0
    for item in items:
        yield item
        failures += isinstance(item, ScimError)
        if failures == failures_allowed:
            return


def _create(states: list[UserState], context: Context) -> list[Result]:
    """Return the new users; one by one when somebody else took a userName just now."""
    if not states:
        return []
    try:
        users = attempt(lambda: _store(states, context), "Bulk POST Users")
    except Uniqueness as error:
        if len(states) == 1:
            return [error]
        return [result for state in states for result in _create([state], context)]
    except ScimError as error:
        return [error for _state in states]
    request = HttpRequest()
    request.scim = context  # type: ignore[attr-defined]
    return [UserAdapter(user, request) for user in users]


def _store(states: list[UserState], context: Context) -> list[Any]:
    return services.create_users(states=states, actor=context.actor, source=context.provider)
