"""The OpenAPI document: valid, whole, and about the addresses that are there."""

import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from django.core.management import call_command
from django.urls import resolve

from scim_provisioning.scim import discovery, urns
from scim_provisioning.scim.attributes import (
    COMMON,
    GROUP_TYPE,
    Attribute,
    ResourceType,
    Schema,
    user_type,
)
from scim_provisioning.scim.context import Context
from scim_provisioning.scim.locations import scim_base
from scim_provisioning.scim.openapi import openapi_document
from scim_provisioning.scim.views import NotOfferedView, UnknownView
from scim_provisioning.settings import services
from tests.scim.conftest import operator

BASE = "https://portal.example/scim/v2"
USER_TYPE = user_type(("costCode",))
DOCUMENT: dict[str, Any] = openapi_document(USER_TYPE, GROUP_TYPE, BASE)
SCHEMAS = DOCUMENT["components"]["schemas"]
METHODS = {"get", "post", "put", "patch", "delete"}


def test_it_is_valid_openapi() -> None:
    schemathesis.openapi.from_dict(DOCUMENT).validate()
    assert DOCUMENT["openapi"].startswith("3.1")
    assert DOCUMENT["servers"] == [{"url": BASE}]


def test_an_invalid_document_is_not() -> None:
    broken = {**DOCUMENT, "paths": {"/Users": {"get": {"responses": "none"}}}}
    with pytest.raises(Exception, match="none"):
        schemathesis.openapi.from_dict(broken).validate()


@pytest.mark.parametrize("name", SCHEMAS)
def test_each_schema_is_valid_json_schema(name: str) -> None:
    jsonschema_rs.meta.validate(SCHEMAS[name])


def references(value: Any) -> Iterator[str]:
    """Yield all references of a document."""
    if isinstance(value, dict):
        if "$ref" in value and isinstance(value["$ref"], str):
            yield value["$ref"]
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from references(item)


def test_each_reference_leads_somewhere_and_nothing_is_left_over() -> None:
    kinds = ("schemas", "parameters", "headers", "responses")
    there = {
        f"#/components/{kind}/{name}" for kind in kinds for name in DOCUMENT["components"][kind]
    }
    assert set(references(DOCUMENT)) == there


def declared(kind: ResourceType) -> Iterator[tuple[str, Schema | None, Attribute]]:
    """Yield the attributes of a resource type, each with where it stands."""
    for attribute in (*COMMON, *kind.core.attributes):
        yield attribute.name, None, attribute
    for schema in kind.extensions:
        for attribute in schema.attributes:
            yield f"{schema.urn}:{attribute.name}", schema, attribute


@pytest.mark.parametrize("kind", [USER_TYPE, GROUP_TYPE], ids=["User", "Group"])
def test_every_attribute_of_the_table_is_there_as_the_table_has_it(kind: ResourceType) -> None:
    for name, extension, attribute in declared(kind):
        answered, sent = SCHEMAS[kind.name], SCHEMAS[f"Writable{kind.name}"]
        if extension is not None:
            answered, sent = (
                answered["properties"][extension.urn],
                sent["properties"][extension.urn],
            )
        if name != "schemas":  # Read-only in the table, yet every body has it.
            agrees(answered, attribute)
            writable = attribute.mutability != "readOnly"
            assert (attribute.name in sent["properties"]) == writable, name
            assert (attribute.name in sent.get("required", ())) == attribute.required, name


def agrees(parent: dict[str, Any], attribute: Attribute) -> None:
    """Compare an attribute and its sub-attributes with their schemas."""
    schema = parent["properties"][attribute.name]
    value = schema["items"] if attribute.multi_valued else schema
    types = {"boolean": "boolean", "complex": "object"}
    assert value["type"] == types.get(attribute.type, "string"), attribute.name
    assert schema.get("readOnly", False) == (attribute.mutability == "readOnly"), attribute.name
    if attribute.type == "string" and attribute.mutability != "readOnly":
        assert value["maxLength"] == attribute.max_length, attribute.name
    for word in (attribute.description, *attribute.canonical_values):
        assert word in schema.get("description", ""), attribute.name
    for sub in attribute.sub_attributes:
        agrees(value, sub)


@pytest.mark.parametrize("address", DOCUMENT["paths"])
def test_each_address_is_there_with_the_methods_that_are_described(address: str) -> None:
    view = resolve("/scim/v2" + address.replace("{id}", urns.USER)).func.view_class
    assert view is not UnknownView
    described = METHODS & DOCUMENT["paths"][address].keys()
    if view is NotOfferedView:
        assert address == "/Me"
    else:
        assert described == METHODS & set(view.http_method_names)


def test_every_operation_tells_of_errors_and_of_the_token() -> None:
    assert DOCUMENT["security"] == [{"bearer": []}]
    for address, item in DOCUMENT["paths"].items():
        for method in METHODS & item.keys():
            responses = item[method]["responses"]
            assert {"400", "401", "500"} <= responses.keys()
            assert ("501" in responses) == (address == "/Me")
            assert ("415" in responses) == ("requestBody" in item[method])


@pytest.mark.django_db
def test_the_discovery_documents_are_as_described() -> None:
    context = Context(operator(), BASE)
    found = [
        ("ServiceProviderConfig", discovery.service_provider_config(context)),
        *(("ResourceType", item) for item in discovery.resource_types(context)),
        *(("Schema", item) for item in discovery.schemas(context)),
    ]
    for name, item in found:
        whole = {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}
        jsonschema_rs.Draft202012Validator(whole).validate(item)


@pytest.mark.django_db
def test_the_command_prints_it_with_the_registered_attributes() -> None:
    services.add_custom_attribute(name="costCode", actor=operator())
    printed = StringIO()
    call_command("scim_openapi", stdout=printed)
    document = json.loads(printed.getvalue())
    assert document["components"] == DOCUMENT["components"]
    assert document["paths"] == DOCUMENT["paths"]
    assert document["servers"] == [{"url": scim_base()}]
