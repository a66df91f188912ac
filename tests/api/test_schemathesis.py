"""schemathesis fuzzes every operation of the admin API: the answers are as its document says."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, CheckContext, Response
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks
from werkzeug.wrappers import Response as Answer

from scim_provisioning.configurations.models import Configuration
from scim_provisioning.directory.models import Group, Membership, User
from scim_provisioning.tokens.models import ScimToken
from tests.api.calls import Api

pytestmark = pytest.mark.django_db(transaction=True)
HERE = "01900000-0000-7000-8000-000000000001"
"""The id of one of everything that has a UUID."""
CONFIG = {"generation": {"deterministic": True, "with-security-parameters": False}}


def document() -> Any:
    """Return the OpenAPI document, which needs no database."""
    return SchemaGenerator().get_schema(request=None, public=True)


SCHEMA = schemathesis.openapi.from_dict(document(), config=SchemathesisConfig.from_dict(CONFIG))


def no_fault(_context: CheckContext, response: Response, _case: Case) -> None:
    """Refuse a fault of the service."""
    assert response.status_code < 500


application = cache(get_wsgi_application)
CHECKS = [
    no_fault,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]


def stock() -> None:
    """Put one of everything there."""
    ScimToken.objects.all().delete()
    for model in (Membership, User, Group, Configuration):
        model.objects.all().delete()
    user = User.objects.create(id=HERE, user_name="ana", display_name="Ana")
    group = Group.objects.create(id=HERE, display_name="Sales")
    Membership.objects.create(user=user, group=group)
    ScimToken.objects.create(id=HERE, provider="okta", slot=1, key_id="k", digest="d")
    Configuration.objects.create(
        id=HERE, name="N", kind="wifi", values=[["ssid", "C"]], secrets={"password": "p"}
    )


SETTINGS = settings(
    max_examples=5, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck)
)


def judge_with(api: Api) -> Callable[[Case], None]:
    """Return the test of a case."""
    return lambda case: judge(case, api)


def judge(case: Case, api: Api) -> None:
    """Send a case; raise when the answer is not what the document says."""
    if case.method != "GET" or not User.objects.exists():
        stock()
    if len(repr(case.body)) % 4 and "id" in case.path_parameters and "settings" not in case.path:
        case.path_parameters["id"] = HERE
    if case.query and "user" in case.query and len(repr(case.query)) % 2:
        case.query["user"] = HERE
    # This client does not unpack what it says it can.
    headers = {"Authorization": f"Bearer {api.secret}", "Accept-Encoding": "identity"}
    case.validate_response(case.call(app=application(), headers=headers), checks=CHECKS)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_the_answers_are_what_the_document_says(mode: GenerationMode, api: Api) -> None:
    operations = [found.ok() for found in SCHEMA.get_all_operations()]
    assert len(operations) > 30
    for operation in operations:
        if mode == GenerationMode.POSITIVE or operation.body or operation.query:
            sent = given(operation.as_strategy(generation_mode=mode))(judge_with(api))
            SETTINGS(sent)()


def test_another_answer_would_be_noticed(api: Api) -> None:
    case = SCHEMA["/api/v1/users/"]["GET"].Case()
    for status, body in ((500, {}), (418, {}), (200, []), (200, {"results": [{"id": 1}]})):
        answer = Answer(json.dumps(body), status, content_type="application/json")
        with pytest.raises((Failure, FailureGroup, AssertionError)):
            case.validate_response(case.call(app=answer), checks=CHECKS)
    good = Answer('{"next":null,"previous":null,"results":[]}', content_type="application/json")
    case.validate_response(case.call(app=good), checks=CHECKS)
