"""What the service says of itself (RFC 7644 section 4, RFC 7643 sections 5 to 7)."""

import pytest

from scim_provisioning.settings.services import add_custom_attribute, delete_custom_attribute
from tests.scim.client import ScimClient
from tests.scim.conftest import operator

pytestmark = pytest.mark.django_db
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
IVANTI = "urn:ietf:params:scim:schemas:extension:ivanti:2.0:User"


def test_the_service_provider_config(other: ScimClient) -> None:
    assert other.get("/ServiceProviderConfig").json() == {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": {"supported": True},
        "bulk": {"supported": True, "maxOperations": 1000, "maxPayloadSize": 5242880},
        "filter": {"supported": True, "maxResults": 200},
        "changePassword": {"supported": False},
        "sort": {"supported": True},
        "etag": {"supported": True},
        "pagination": {
            "cursor": True,
            "index": True,
            "defaultPaginationMethod": "index",
            "defaultPageSize": 100,
            "maxPageSize": 200,
            "cursorTimeout": 3600,
        },
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "OAuth Bearer Token",
                "description": "A token generated under Admin > Identity > User Provisioning",
                "specUri": "https://www.rfc-editor.org/info/rfc6750",
                "primary": True,
            }
        ],
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": f"{other.base}/ServiceProviderConfig",
        },
    }


@pytest.mark.parametrize("endpoint", ["/ResourceTypes", "/Schemas"])
def test_each_document_of_a_list_has_an_address_of_its_own(
    other: ScimClient, endpoint: str
) -> None:
    listed = other.get(endpoint).json()
    assert listed["totalResults"] == listed["itemsPerPage"] == len(listed["Resources"])
    for document in listed["Resources"]:
        assert document["meta"]["location"] == f"{other.base}{endpoint}/{document['id']}"
        assert other.get(f"{endpoint}/{document['id']}").json() == document


@pytest.mark.parametrize("endpoint", ["/ResourceTypes", "/Schemas", "/ServiceProviderConfig"])
def test_discovery_is_not_filtered_and_not_written(other: ScimClient, endpoint: str) -> None:
    answer = other.get(f'{endpoint}?filter=id eq "x"')
    assert (answer.status_code, answer.json()["status"]) == (403, "403")
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert other.request(method, endpoint, {}).status_code == 405


def test_the_ivanti_extension_is_announced_while_it_has_attributes(other: ScimClient) -> None:
    def announced() -> list[str]:
        extensions = other.get("/ResourceTypes/User").json()["schemaExtensions"]
        return [one["schema"] for one in extensions]

    assert IVANTI not in announced()
    add_custom_attribute(name="costCode", actor=operator())
    assert IVANTI in announced()
    (attribute,) = other.get(f"/Schemas/{IVANTI}").json()["attributes"]
    assert (attribute["name"], attribute["type"]) == ("costCode", "string")
    delete_custom_attribute(name="costCode", actor=operator())
    assert other.get(f"/Schemas/{IVANTI}").status_code == 404


def test_a_schema_says_what_may_be_sent(other: ScimClient) -> None:
    attributes = {one["name"]: one for one in other.get(f"/Schemas/{USER}").json()["attributes"]}
    assert attributes["userName"] == {
        "name": "userName",
        "type": "string",
        "multiValued": False,
        "description": "Unique name of the user; cannot change once provisioned",
        "required": True,
        "mutability": "immutable",
        "returned": "default",
        "caseExact": False,
        "uniqueness": "server",
    }
    assert attributes["groups"]["mutability"] == "readOnly"
