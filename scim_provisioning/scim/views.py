"""The endpoints: authenticate, parse, hand to an adapter, project, render."""

from collections.abc import Mapping
from functools import update_wrapper
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.utils.decorators import classonlymethod
from django_scim.utils import get_group_adapter, get_user_adapter
from django_scim.views import SCIMView

from scim_provisioning.scim import discovery, errors, urns
from scim_provisioning.scim.attempts import attempt
from scim_provisioning.scim.authentication import TokenRequired
from scim_provisioning.scim.body import read_object
from scim_provisioning.scim.bulk import MAX_PAYLOAD, BulkRun
from scim_provisioning.scim.bulk_plan import read_job
from scim_provisioning.scim.conditions import check_read, is_unchanged
from scim_provisioning.scim.context import Context
from scim_provisioning.scim.listing import list_page, list_response, search_all
from scim_provisioning.scim.members import parse_id
from scim_provisioning.scim.plain_reads import read_one
from scim_provisioning.scim.projection import Projection, read_projection
from scim_provisioning.scim.rendering import version_tag
from scim_provisioning.scim.responses import (
    empty_response,
    error_response,
    json_response,
    resource_response,
)


class ScimView(SCIMView):  # type: ignore[misc]
    """Every endpoint: closed by default, and nothing but SCIM answers leave it.

    The library's own dispatch guards by path prefix and turns exceptions into answers outside of
    any transaction: services open their own, so that a refused request leaves nothing behind.
    """

    http_method_names: ClassVar[list[str]] = ["get", "head", "options"]

    @property
    def context(self) -> Context:
        """Return the caller's context."""
        return self.request.scim  # type: ignore[no-any-return]

    @property
    def query(self) -> Mapping[str, str]:
        """Return the parameters of the address, which most requests do without."""
        return self.request.GET if self.request.META.get("QUERY_STRING") else {}

    @classonlymethod
    def as_view(cls, **options: Any) -> TokenRequired:
        """Return the view behind a check of the token; there is no cookie to be abused."""
        unguarded = super().as_view(**options)
        view = TokenRequired(unguarded)
        update_wrapper(view, unguarded)
        view.csrf_exempt = True
        return view

    def dispatch(self, request: HttpRequest, *_arguments: Any, **options: Any) -> HttpResponseBase:
        """Return the handler's answer, or an Error body."""
        method = (request.method or "").lower()
        handler = getattr(self, method, None)
        if method not in self.http_method_names or handler is None:
            return self.http_method_not_allowed(request)
        try:
            answer: HttpResponse = attempt(
                lambda: handler(request, **options), f"{method} {request.path}"
            )
        except errors.ScimError as error:
            return error_response(error)
        return answer

    def http_method_not_allowed(
        self, request: HttpRequest, *_arguments: Any, **_options: Any
    ) -> HttpResponse:
        """Return 405 with the methods that are allowed."""
        response = error_response(errors.MethodNotAllowed())
        response["Allow"] = ", ".join(self._allowed_methods())
        return response

    def head(self, request: HttpRequest, *arguments: Any, **options: Any) -> HttpResponse:
        """Return the headers of the GET."""
        return self.get(request, *arguments, **options)  # type: ignore[no-any-return]

    def options(self, request: HttpRequest, *arguments: Any, **options: Any) -> HttpResponse:
        """Return the methods that are allowed."""
        response = empty_response()
        response["Allow"] = ", ".join(self._allowed_methods())
        return response


class ProjectedView(ScimView):
    """What answers with resources of one type."""

    def projection(self) -> Projection:
        """Return what the client asked to see; read before anything is written."""
        return read_projection(self.query, self.scim_adapter.resource_type(self.context))


class ResourcesView(ProjectedView):
    """A list of resources, and creating one."""

    http_method_names: ClassVar[list[str]] = ["get", "head", "options", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return a page of resources (RFC 7644 section 3.4.2)."""
        return json_response(list_page(self.scim_adapter, self.context, request.GET.dict()))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Create a resource (RFC 7644 section 3.3)."""
        projection = self.projection()
        adapter = self.scim_adapter.create(request, read_object(request))
        return shown(adapter, projection, 201)


class ResourceView(ProjectedView):
    """One resource."""

    http_method_names: ClassVar[list[str]] = [
        "get",
        "head",
        "options",
        "put",
        "patch",
        "delete",
    ]

    @property
    def resource_id(self) -> Any:
        """Return the id in the address; raise ResourceNotFound for one that cannot be ours."""
        parsed = parse_id(self.kwargs["uuid"])
        if parsed is None:
            raise errors.ResourceNotFound(f"Resource {self.kwargs['uuid']}")
        return parsed

    def get(self, request: HttpRequest, uuid: str) -> HttpResponse:
        """Return the resource (RFC 7644 section 3.4.1)."""
        projection = self.projection()
        is_bare = not projection.wants("groups")
        row = read_one(self.scim_adapter, self.resource_id, is_bare=is_bare)
        if row is None:
            raise errors.ResourceNotFound(f"Resource {uuid}")
        check_read(request, row)
        if is_unchanged(request, row):
            return HttpResponseNotModified(headers={"ETag": version_tag(row)})
        return shown(self.scim_adapter(row, request=request), projection)

    def put(self, request: HttpRequest, uuid: str) -> HttpResponse:
        """Replace the resource (RFC 7644 section 3.5.1)."""
        body, projection = read_object(request), self.projection()
        adapter = self.scim_adapter.replace(request, self.resource_id, body)
        return shown(adapter, projection)

    def patch(self, request: HttpRequest, uuid: str) -> HttpResponse:
        """Change the resource (RFC 7644 section 3.5.2).

        A group is answered with 204 where the profile says so, or where it is large: to add one
        member would else cost what all of them cost.
        """
        body, projection = read_object(request), self.projection()
        adapter = self.scim_adapter.patch(request, self.resource_id, body)
        is_chosen = {"attributes", "excludedAttributes"} & self.query.keys()
        if not is_chosen and adapter.is_answered_without_body:
            response = empty_response()
            response["ETag"] = version_tag(adapter.obj)
            return response
        return shown(adapter, projection)

    def delete(self, request: HttpRequest, uuid: str) -> HttpResponse:
        """Delete the resource (RFC 7644 section 3.6)."""
        self.scim_adapter.remove(request, self.resource_id)
        return empty_response()


def shown(adapter: Any, projection: Projection, status: int = 200) -> HttpResponse:
    """Return a resource as the client asked to see it."""
    document = adapter.to_dict(projection)
    return resource_response(document, adapter.location, version_tag(adapter.obj), status)


class UsersView(ResourcesView):
    """/Users."""

    scim_adapter_getter = get_user_adapter


class UserView(ResourceView):
    """/Users/{id}."""

    scim_adapter_getter = get_user_adapter


class GroupsView(ResourcesView):
    """/Groups."""

    scim_adapter_getter = get_group_adapter


class GroupView(ResourceView):
    """/Groups/{id}."""

    scim_adapter_getter = get_group_adapter


class SearchView(ScimView):
    """/Users/.search and /Groups/.search: a list whose query is in the body."""

    http_method_names: ClassVar[list[str]] = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Return a page of resources (RFC 7644 section 3.4.3)."""
        return json_response(list_page(self.scim_adapter, self.context, read_search(request)))


class UserSearchView(SearchView):
    """/Users/.search."""

    scim_adapter_getter = get_user_adapter


class GroupSearchView(SearchView):
    """/Groups/.search."""

    scim_adapter_getter = get_group_adapter


class SearchAllView(ScimView):
    """/.search: a list over users and groups."""

    http_method_names: ClassVar[list[str]] = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Return a page of resources (RFC 7644 section 3.4.3)."""
        adapters = (get_user_adapter(), get_group_adapter())
        return json_response(search_all(adapters, self.context, read_search(request)))


def read_search(request: HttpRequest) -> dict[str, Any]:
    """Return the SearchRequest in the body; raise InvalidSyntax when it is none."""
    body = read_object(request)
    schemas = body.get("schemas")
    if not isinstance(schemas, list) or urns.SEARCH_REQUEST not in schemas:
        raise errors.InvalidSyntax(f"“schemas” must contain {urns.SEARCH_REQUEST}.")
    return body


class BulkView(ScimView):
    """/Bulk."""

    http_method_names: ClassVar[list[str]] = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Return what became of each operation (RFC 7644 section 3.7)."""
        job = read_job(read_object(request, MAX_PAYLOAD))
        return json_response(BulkRun(job, self.context).response())


def refuse_filter(request: HttpRequest) -> None:
    """Raise Forbidden when a discovery endpoint is filtered (RFC 7644 section 4)."""
    if "filter" in request.GET:
        raise errors.Forbidden("This endpoint cannot be filtered.")


class DiscoveryView(ScimView):
    """What the service says of itself; it cannot be filtered (RFC 7644 section 4)."""

    def documents(self) -> list[dict[str, Any]]:
        """Return all documents of this endpoint."""
        raise NotImplementedError

    def get(self, request: HttpRequest, uuid: str | None = None) -> HttpResponse:
        """Return the list, or the one document that is named."""
        refuse_filter(request)
        documents = self.documents()
        if uuid is None:
            return json_response(list_response(documents, len(documents)))
        found = [item for item in documents if item["id"].lower() == uuid.lower()]
        if not found:
            raise errors.ResourceNotFound(uuid)
        return json_response(found[0])


class ResourceTypesView(DiscoveryView):
    """/ResourceTypes."""

    def documents(self) -> list[dict[str, Any]]:
        """Return the resource types."""
        return discovery.resource_types(self.context)


class SchemasView(DiscoveryView):
    """/Schemas."""

    def documents(self) -> list[dict[str, Any]]:
        """Return the schemas."""
        return discovery.schemas(self.context)


class ServiceProviderConfigView(ScimView):
    """/ServiceProviderConfig."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return the service's abilities."""
        refuse_filter(request)
        return json_response(discovery.service_provider_config(self.context))


class NotOfferedView(ScimView):
    """Endpoints of the RFC that the service does not offer."""

    def dispatch(self, request: HttpRequest, *_arguments: Any, **_options: Any) -> HttpResponseBase:
        """Return 501 with an Error body."""
        return error_response(errors.NotImplementedHere())


class UnknownView(NotOfferedView):
    """Any other address below the SCIM URL."""

    def dispatch(self, request: HttpRequest, *_arguments: Any, **_options: Any) -> HttpResponseBase:
        """Return 404 with an Error body."""
        return error_response(errors.ResourceNotFound(f"The address {request.path}"))
