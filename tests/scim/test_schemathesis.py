"""schemathesis fuzzes every operation of the OpenAPI document: the answers are as it says."""

import json
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from schemathesis import Case, CheckContext, HookContext, Response
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.generation.meta import TestPhase
from schemathesis.specs.openapi import checks
from werkzeug.wrappers import Response as Answer

from scim_provisioning.directory.models import Group, Membership, User
from scim_provisioning.scim import urns
from scim_provisioning.scim.attributes import GROUP_TYPE, Attribute, ResourceType, user_type
from scim_provisioning.scim.openapi import openapi_document
from scim_provisioning.settings import services as settings_services
from tests.scim.conftest import connect, operator

Values = st.SearchStrategy[Any]

CUSTOM = ("costCode", "badge_7")
USER_TYPE = user_type(CUSTOM)
USER, GROUP = "01900000-0000-7000-8000-000000000001", "01900000-0000-7000-8000-000000000002"
HERE = {"/Users": USER, "/Groups": GROUP, "/ResourceTypes": "User", "/Schemas": urns.USER}
"""An id that is there, by the address that it is at."""
PROVIDERS = ("other", "entra")
"""The strictest profile and the laxest."""

WORDS = {
    "ids": ["here", "here", GROUP],
    "members": [USER],
    "userNames": ["ana", "ANA", "bob", "İstanbul"],
    "filters": [
        'userName eq "ana"',
        'displayName co "a" and not (active eq false)',
        'emails[type eq "work" and value ew ".org"]',
        f'members.value eq "{USER}" or meta.created gt "2026-01-01T00:00:00Z"',
        f"{urns.IVANTI}:costCode pr",
        'meta.lastModified lt "never"',
        "active gt true",
        "name[",
    ],
    "names": ["userName", "emails.value", "members", f"{urns.ENTERPRISE}:department", "groups"],
    "paths": ["/Users", "/Groups", f"/Users/{USER}", f"/Groups/{GROUP}", "displayName"],
    "tags": ["*"],
}
"""What random texts would not find."""
BOUND = {
    "path.id": "ids",
    "query.filter": "filters",
    "query.sortBy": "names",
    "query.attributes": "names",
    "query.excludedAttributes": "names",
    "header.If-Match": "tags",
    "body.filter": "filters",
    "body.sortBy": "names",
    "body.userName": "userNames",
    "body.members[*].value": "members",
    "body.Operations[*].path": "paths",
}
CONFIG = {
    "dictionaries": {name: {"values": values} for name, values in WORDS.items()},
    "parameters": {
        place: {"dictionary": name, "probability": 0.7} for place, name in BOUND.items()
    },
    "generation": {"deterministic": True, "with-security-parameters": False},
}
SCHEMA = schemathesis.openapi.from_dict(
    openapi_document(USER_TYPE, GROUP_TYPE, "/scim/v2"), config=SchemathesisConfig.from_dict(CONFIG)
)


def values(attribute: Attribute) -> Values:
    """Return values that an attribute may have, and some that it may not."""
    odd = st.none() | st.text(max_size=3)
    if attribute.sub_attributes:
        parts = {sub.name: values(sub) for sub in attribute.sub_attributes}
        element = st.fixed_dictionaries({}, optional=parts)
        return st.lists(element, max_size=3) | element if attribute.multi_valued else element
    if attribute.type == "boolean":
        return st.booleans() | st.just("True") | odd
    return st.sampled_from([USER, "work", "a@example.org"]) | odd


def targets(kind: ResourceType) -> list[tuple[str, Attribute]]:
    """Return the paths that a PATCH can name, the most likely to work first, and their meaning."""
    found = []
    for schema in kind.schemas:
        before = "" if schema is kind.core else f"{schema.urn}:"
        for attribute in schema.attributes:
            path = before + attribute.name
            found.append((path, attribute))
            for sub in attribute.sub_attributes:
                found.append((f"{path}.{sub.name}", sub))
                found.append((f'{path}[{sub.name} eq "work" or value eq "{USER}"]', attribute))
    return found[::-1]


def patches(kind: ResourceType) -> Values:
    """Return PATCH bodies that come further than those that are drawn from the document."""

    def operation(target: tuple[str, Attribute]) -> Values:
        path, attribute = target
        verb = st.sampled_from(["add", "replace", "remove", "Add"])
        return st.fixed_dictionaries(
            {"op": verb, "path": st.just(path), "value": values(attribute)}
        )

    operations = st.lists(st.sampled_from(targets(kind)).flatmap(operation), min_size=1, max_size=2)
    return st.fixed_dictionaries({"schemas": st.just([urns.PATCH_OP]), "Operations": operations})


@SCHEMA.hook
def before_generate_body(context: HookContext, strategy: Values) -> Values:
    """Give PATCH bodies that mean something; the coverage phase has those that do not."""
    operation = context.operation
    if operation is None or operation.method != "patch":
        return strategy
    return patches(USER_TYPE if operation.path.startswith("/Users") else GROUP_TYPE)


def no_fault(_context: CheckContext, response: Response, case: Case) -> None:
    """Refuse a fault of the service; only /Me is not offered."""
    assert response.status_code < 500 or (response.status_code == 501 and case.path == "/Me")


def errors_are_scim(_context: CheckContext, response: Response, _case: Case) -> None:
    """Refuse an error without the body of RFC 7644 section 3.12."""
    if response.status_code < 400:
        return
    body = response.json()
    assert body.get("schemas") == [urns.ERROR]
    assert body.get("status") == str(response.status_code)
    assert body.get("detail")


CHECKS = [
    no_fault,
    errors_are_scim,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]


def judge(case: Case, app: Any, secret: str) -> None:
    """Send a case; raise when the answer is not what the document says."""
    answer = case.call(app=app, headers={"Authorization": f"Bearer {secret}"})
    case.validate_response(answer, checks=CHECKS)


def aim(case: Case) -> None:
    """Point a case that is not about ids at what is there, and no write at a version."""
    is_coverage = case.meta is not None and case.meta.phase.name == TestPhase.COVERAGE
    if "id" in case.path_parameters and (is_coverage or case.path_parameters["id"] == "here"):
        case.path_parameters["id"] = HERE[case.path.removesuffix("/{id}")]
    if is_coverage and case.method in ("PUT", "PATCH"):
        case.headers.pop("If-Match", None)


def stock() -> None:
    """Put the user and the group there, the user in the group."""
    Membership.objects.filter(user=USER).delete()
    User.objects.filter(id=USER).delete()
    Group.objects.filter(id=GROUP).delete()
    user = User.objects.create(
        id=USER,
        user_name="ana",
        display_name="Ana",
        emails=[{"value": "ana@example.org", "type": "work", "primary": True}],
        custom={"costCode": "7"},
    )
    group = Group.objects.create(id=GROUP, display_name="Sales")
    Membership.objects.create(user=user, group=group)


@pytest.fixture
def secrets(transactional_db: None) -> list[str]:
    """Return a token of each provider, to a directory that is stocked."""
    for name in CUSTOM:
        settings_services.add_custom_attribute(name=name, actor=operator())
    stock()
    return [connect(name).secret for name in PROVIDERS]


@SCHEMA.parametrize()
@settings(max_examples=50, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_answers_are_what_the_document_says(case: Case, secrets: list[str]) -> None:
    """The profile is chosen by the case itself, so that a failure repeats."""
    aim(case)
    if case.method == "DELETE":
        stock()
    judge(case, get_wsgi_application(), secrets[len(repr(case.body)) % len(secrets)])


def test_nobody_gets_in_without_a_token(transactional_db: None) -> None:
    for found in SCHEMA.get_all_operations():
        case = found.ok().Case(path_parameters={"id": USER})
        answer = case.call(app=get_wsgi_application())
        assert answer.status_code == 401
        case.validate_response(answer, checks=CHECKS)


def error(status: int) -> dict[str, Any]:
    """Return the body of an error."""
    return {"schemas": [urns.ERROR], "status": str(status), "detail": "x"}


PAGE = {"schemas": [urns.LIST_RESPONSE], "totalResults": 1, "itemsPerPage": 1, "Resources": []}


@pytest.mark.parametrize(
    ("status", "content_type", "body"),
    [
        (500, "application/scim+json", error(500)),
        (418, "application/scim+json", error(418)),
        (400, "application/scim+json", error(404)),
        (400, "application/scim+json", PAGE),
        (400, "text/html", error(400)),
        (200, "application/scim+json", {"schemas": [urns.LIST_RESPONSE]}),
        (200, "application/scim+json", PAGE | {"Resources": [{"schemas": [urns.USER]}]}),
        (200, "text/html", PAGE),
    ],
)
def test_another_answer_would_be_noticed(status: int, content_type: str, body: Any) -> None:
    case = SCHEMA["/Users"]["GET"].Case()
    judge(case, Answer(json.dumps(PAGE), 200, content_type="application/scim+json"), "")
    with pytest.raises((Failure, FailureGroup)):
        judge(case, Answer(json.dumps(body), status, content_type=content_type), "")
