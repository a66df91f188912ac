"""Users created together: a chunk of a bulk job in a number of statements that does not grow."""

from collections.abc import Iterator, Sequence
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

Asked = UserState | ScimError
"""What a body asks for, or what is wrong with it."""
Result = UserAdapter | ScimError


def create_users(
    bodies: list[dict[str, Any]], context: Context, failures_allowed: int | None
) -> list[Result]:
    """Return the adapter of each new user, or the error that refuses it.

    Ends with the last error that is allowed: what comes after it is neither created nor listed.
    """
    asked = [_state(body, context) for body in bodies]
    return _create_asked(list(_until(_checked(asked), failures_allowed)), context)


def _create_asked(checked: list[Asked], context: Context) -> list[Result]:
    """Return the new users, and the errors that there already are, in their order."""
    states = [item for item in checked if isinstance(item, UserState)]
    users: Iterator[Result] = iter(_create(states, context))
    return [next(users) if isinstance(item, UserState) else item for item in checked]


def _checked(asked: Sequence[Asked]) -> Iterator[Asked]:
    """Yield the states whose userNames are free, and what is wrong with the others."""
    keys = [fold(item.user_name) for item in asked if isinstance(item, UserState)]
    taken = set(selectors.taken_user_names(keys))
    for item in asked:
        if isinstance(item, UserState):
            key = fold(item.user_name)
            yield Uniqueness(str(UserNameTaken(item.user_name))) if key in taken else item
            taken.add(key)
        else:
            yield item


def _state(body: dict[str, Any], context: Context) -> Asked:
    """Return the state that a body asks for, or what is wrong with it."""
    try:
        return user_state(body, context)
    except ScimError as error:
        return error


def _until(items: Iterator[Asked], failures_allowed: int | None) -> Iterator[Asked]:
    """Yield items up to the last error that is allowed."""
    failures = 0
    for item in items:
        yield item
        failures += isinstance(item, ScimError)
        if failures == failures_allowed:
            return


def _create(states: list[UserState], context: Context) -> list[Result]:
    """Return the new users, but of those whose userNames somebody else took just now."""
    if not states:
        return []
    try:
        users = attempt(lambda: _store(states, context), "Bulk POST Users")
    except Uniqueness as error:
        if len(states) == 1:
            return [error]
        return _create_free(states, context)
    except ScimError as error:
        return [error for _state in states]
    request = HttpRequest()
    request.scim = context  # type: ignore[attr-defined]
    return [UserAdapter(user, request) for user in users]


def _create_free(states: list[UserState], context: Context) -> list[Result]:
    """Return the new users whose names are free on a second look; one by one if all seem to be."""
    checked = list(_checked(states))
    if any(isinstance(item, ScimError) for item in checked):
        return _create_asked(checked, context)
    return [result for state in states for result in _create([state], context)]


def _store(states: list[UserState], context: Context) -> list[Any]:
    return services.create_users(states=states, actor=context.actor, source=context.provider)
