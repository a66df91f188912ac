"""scim2-server, the reference implementation, in memory and in process, with our schemas."""

import json
from collections.abc import Mapping
from typing import Any, cast

import httpx
from scim2_models import (
    AuthenticationScheme,
    Meta,
    Resource,
    ResourceType,
    Schema,
    ScimProvider,
    ServiceProviderConfig,
)
from scim2_server.memory import InMemoryStorage
from scim2_server.service import ScimService
from scim2_server.testserver.application import BearerTokenApplication

from tests.scim.client import ScimClient

Document = dict[str, Any]


class Storage(InMemoryStorage):
    """Keeps resources under the ids that our side gave the same ones, so that they order alike."""

    next_id: str | None = None

    def generate_id(self, resource_type: ResourceType, resource: Resource[Any]) -> str:
        """Return the id that our side gave, else one of its own."""
        given, self.next_id = self.next_id, None
        return given or super().generate_id(resource_type, resource)


class ReferenceServer:
    """A scim2-server that serves the schemas and resource types which our side announces."""

    def __init__(self, ours: ScimClient) -> None:
        """Read what our side announces."""
        provider = ScimProvider.from_discovery(
            [Schema.model_validate(item) for item in _listed(ours, "/Schemas")],
            [ResourceType.model_validate(item) for item in _listed(ours, "/ResourceTypes")],
            config=_config(ours),
        )
        self.storage = Storage()
        self._service = ScimService(provider)
        application = BearerTokenApplication(
            self.storage, provider, service=self._service, bearer_tokens=[ours.secret]
        )
        transport = httpx.WSGITransport(application, script_name="/scim")
        self._client = httpx.Client(transport=transport, base_url="http://testserver/v2")

    def request(
        self, method: str, path: str, content: bytes, headers: Mapping[str, str]
    ) -> httpx.Response:
        """Return the answer; paths start behind the base address."""
        if method == "POST" and path.split("?")[0] == "/Users":
            content = _active(content)
        return self._client.request(method, path, content=content, headers=headers)

    def hold(self, resources: list[Document]) -> None:
        """Keep exactly these resources from now on."""
        versions = {resource.id: resource.meta for resource in self.storage.resources}
        self.storage.resources = [
            self._stored(document, versions.get(document["id"])) for document in resources
        ]

    def _stored(self, document: Document, meta: Meta | None) -> Resource[Any]:
        """Return a document as a resource of the storage, under its former metadata."""
        kind = self._service.get_resource_type(document["meta"]["resourceType"])
        model = self._service.get_model(kind)
        kept = {name: value for name, value in document.items() if name not in ("meta", "groups")}
        if "members" in kept:
            kept["members"] = [{"value": member["value"]} for member in kept["members"]]
        resource = model.model_validate(kept)
        resource.meta = meta or Meta(
            resource_type=kind.name,
            created=self.storage.clock(),
            last_modified=self.storage.clock(),
            version=self.storage.next_version(),
        )
        return resource


def _listed(ours: ScimClient, path: str) -> list[Document]:
    """Return what our side lists at an address of discovery."""
    return cast(list[Document], ours.get(path).json()["Resources"])


def _config(ours: ScimClient) -> ServiceProviderConfig:
    """Return our announcements, without cursors: the reference needs another package for them."""
    document = ours.get("/ServiceProviderConfig").json()
    document["pagination"]["cursor"] = False
    config = ServiceProviderConfig.model_validate(document)
    config.authentication_schemes = [
        AuthenticationScheme.model_validate(item) for item in document["authenticationSchemes"]
    ]
    return config


def _active(content: bytes) -> bytes:
    """Return the body of a create with what our side fills in: a new user is active."""
    body = json.loads(content or b"null")
    if isinstance(body, dict) and "active" not in {name.lower() for name in body}:
        body["active"] = True
    return json.dumps(body).encode() if content else content
