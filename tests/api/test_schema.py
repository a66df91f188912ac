"""The OpenAPI document and the reference page tell of everything that there is."""

import re
from typing import Any

import jsonschema
import pytest
from django.core.management import call_command
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from mdm_portal.api.filters import PAGING
from mdm_portal.api.urls import router
from tests.portal.words import Page, markup

pytestmark = pytest.mark.django_db

SAID = re.compile(r'<code title="([^"]*)"|<small class="under"[^>]*>([^<]*)</small>')
NAMES = re.compile(r"[\w.]+(, [\w.]+)+")
"""Statuses, and the choices of a field that nothing else is said of: the same in all languages."""


@pytest.fixture(scope="module")
def document() -> Any:
    """Return the OpenAPI document."""
    return SchemaGenerator().get_schema(request=None, public=True)


def operations(document: Any) -> dict[tuple[str, str], Any]:
    """Return what the document says of each operation."""
    return {
        (method, path): said
        for path, item in document["paths"].items()
        for method, said in item.items()
    }


def test_the_document_is_valid_and_nothing_in_it_is_a_guess(document: Any, capsys: Any) -> None:
    validate_schema(document)
    call_command("spectacular", "--fail-on-warn", "--validate", "--file", "/dev/null")
    assert "Warning" not in capsys.readouterr().err


def test_every_route_is_in_the_document(document: Any) -> None:
    found = set()
    for prefix, view, _name in router.registry:
        for route in router.get_routes(view):
            for method, action in router.get_method_map(view, route.mapping).items():
                url = route.url.format(prefix=prefix, lookup="{id}", trailing_slash="/")
                url = url.strip("^$").replace("custom-attributes/{id}", "custom-attributes/{name}")
                found.add((method, f"/api/v1/{url}"))
                assert action
    assert len(found) > 30
    assert found == set(operations(document))


def test_filters_are_told_with_their_choices(document: Any) -> None:
    def filters(path: str) -> dict[str, Any]:
        said = document["paths"][f"/api/v1/{path}"]["get"]["parameters"]
        return {one["name"]: one["schema"] for one in said if one["in"] == "query"}

    assert {"q", "source", "status", "invite_status", "group", "department"} <= set(
        filters("users/")
    )
    assert filters("users/")["status"]["enum"] == ["active", "inactive", "deprovisioned"]
    assert filters("activity/")["status"]["type"] == "string"
    assert {"provider", "method", "start", "end", "resource"} <= set(filters("activity/"))
    assert {"start", "end", "event", "performed_by", "subject_id"} <= set(filters("audit/"))
    assert filters("configurations/")["kind"]["enum"] == ["wifi", "email", "vpn", "custom"]
    assert set(filters("configurations/{id}/users-with-empty-values/")) == {"q", *PAGING[:2]}
    assert set(filters("configurations/{id}/rendered/")) == {"user"}
    assert set(filters("groups/{id}/members/")) == {"q", *PAGING[:2]}
    assert set(filters("tokens/")) == {"provider", "status"}
    assert set(filters("custom-attributes/")) == {"q"}


def test_refusals_and_signing_in_are_told(document: Any) -> None:
    for (method, path), said in operations(document).items():
        assert {"401", "403"} <= set(said["responses"])
        assert ("404" in said["responses"]) == ("{" in path)
        assert {"apiToken": []} in said["security"]
        if method in ("post", "put", "patch"):
            assert {"400", "413", "415"} <= set(said["responses"])


def test_what_is_answered_is_what_the_document_says(api: Any, document: Any) -> None:
    body = {"kind": "custom", "name": "Keys", "values": {"a": "${department}"}}
    made = api.made("configurations/", body)
    user = api.made("users/", {"user_name": "ana"})
    one = f"configurations/{made['id']}/"
    answers = {
        "Configuration": made,
        "PaginatedConfigurationSummaryList": api.get("configurations/"),
        "Rendered": api.get(f"{one}rendered/?user={user['id']}"),
        "PaginatedUserWithEmptyValuesList": api.get(f"{one}users-with-empty-values/"),
        "User": user,
    }
    for name, answer in answers.items():
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        jsonschema.validate(answer, schema)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_shows_all_of_it_in_every_language(
    portal: Client, document: Any, language: str
) -> None:
    page = portal.get("/api/docs", follow=True, headers={"Accept-Language": language})
    assert page.status_code == 200
    html = markup(page)
    assert f'<html lang="{language}"' in html
    for (method, path), said in operations(document).items():
        assert f"<strong>{method.upper()}</strong> <code>{path}</code>" in html
        for one in said.get("parameters", ()):
            assert f">{one['name']}{'*' if one.get('required') else ''}</code>" in html
    for member in ("secrets_set", "users-with-empty-values", "empty_variables", "secrets"):
        assert member in html
    assert "wifi, email, vpn, custom" in html


def sentences(page: Page) -> list[str]:
    """Return what the page says of operations and of their fields, without choices, in order."""
    said = [one or other for one, other in SAID.findall(markup(page))]
    return [re.split(r"\s?: ", sentence)[0] for sentence in said if not NAMES.fullmatch(sentence)]


@pytest.mark.parametrize(("language", "alike"), [("es", {"Token"}), ("fr", {"Type", "Source"})])
def test_the_page_says_all_of_it_in_the_readers_language(
    portal: Client, language: str, alike: set[str]
) -> None:
    english, theirs = (
        portal.get("/api/docs/", headers={"Accept-Language": asked}) for asked in ("en", language)
    )
    pairs = set(zip(sentences(english), sentences(theirs), strict=True))
    said = {one for one, _translated in pairs}
    assert {
        "Create a local user.",
        "Custom attribute",
        "The secret fields that have a value",
    } <= said
    assert {one for one, translated in pairs if one == translated} == alike
    assert 'class="under" lang=' not in markup(theirs)


def test_an_address_without_its_slash_leads_there(portal: Client) -> None:
    assert portal.get("/api/docs")["Location"] == "/api/docs/"
    for method in ("get", "post"):
        answer = getattr(portal, method)("/api/v1/users?q=a%20b")
        assert (answer.status_code, answer["Location"]) == (308, "/api/v1/users/?q=a%20b")
    assert portal.get("/api/v1//evil.org").status_code == 404
