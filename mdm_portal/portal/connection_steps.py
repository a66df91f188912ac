"""What each identity provider asks when somebody presses its own *Test Connection*.

Okta lists one user; Entra ID looks for a user that cannot exist and reads the schemas; the others
read what the service says of itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

TIMEOUT_SECONDS = 5

Check = Callable[[dict[str, Any]], bool]


@dataclass(frozen=True, slots=True)
class Step:
    """One request of a connection test."""

    label: Promise
    path: str
    expected: Promise
    check: Check


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a step."""

    step: Step
    passed: bool
    answer: str
    """The status and what is wrong, in words."""


def _is_list(body: dict[str, Any]) -> bool:
    return isinstance(body.get("totalResults"), int) and body.get("Resources") is not None


def _is_empty_list(body: dict[str, Any]) -> bool:
    return _is_list(body) and body["totalResults"] == 0


_CONFIGURATION = Step(
    gettext_lazy("Read what the service can do"),
    "/ServiceProviderConfig",
    gettext_lazy("200 with the abilities of the service"),
    lambda body: "patch" in body,
)
_TYPES = Step(
    gettext_lazy("Read the resource types"),
    "/ResourceTypes",
    gettext_lazy("200 with a list"),
    _is_list,
)
_SCHEMAS = Step(
    gettext_lazy("Read the schemas"), "/Schemas", gettext_lazy("200 with a list"), _is_list
)
_ONE_USER = Step(
    gettext_lazy("List one user"),
    "/Users?startIndex=1&count=1",
    gettext_lazy("200 with a list"),
    _is_list,
)


def steps_of(provider: str) -> tuple[Step, ...]:
    """Return the test of one identity provider."""
    if provider == "okta":
        return (_ONE_USER,)
    if provider == "entra":
        return (_nobody(), _SCHEMAS)
    return (_CONFIGURATION, _TYPES, _ONE_USER)


def play(provider: str, base: str, secret: str) -> list[Outcome]:
    """Return what came of each step, sent to the target SCIM URL ``base`` with a token."""
    headers = {"Authorization": f"Bearer {secret}", "Accept": "application/scim+json"}
    with httpx.Client(headers=headers, timeout=TIMEOUT_SECONDS, trust_env=False) as client:
        return [_played(step, client, base) for step in steps_of(provider)]


def _nobody() -> Step:
    """Return the search for a user that cannot exist (E-1)."""
    query = quote(f'userName eq "{uuid4()}"')
    return Step(
        gettext_lazy("Look for a user that does not exist"),
        f"/Users?filter={query}",
        gettext_lazy("200 with an empty list"),
        _is_empty_list,
    )


def _played(step: Step, client: httpx.Client, base: str) -> Outcome:
    """Return what came of one step."""
    try:
        answer = client.get(base + step.path)
        body = answer.json()
    except httpx.TimeoutException:
        return Outcome(step, False, _("No answer within %d seconds.") % TIMEOUT_SECONDS)
    except httpx.HTTPError:
        return Outcome(step, False, _("The address cannot be reached from this server."))
    except ValueError:
        words = _("%d, but no JSON: something else answers at this address.")
        return Outcome(step, False, words % answer.status_code)
    if answer.status_code == 401:
        return Outcome(step, False, _("401: the token is wrong, inactive, expired or removed."))
    passed = answer.status_code == 200 and isinstance(body, dict) and step.check(body)
    detail = "" if passed or not isinstance(body, dict) else str(body.get("detail", ""))
    return Outcome(step, passed, f"{answer.status_code} {detail}".strip())
