"""The addresses below /scim/v2, each with or without a slash at its end (E-14)."""

from django.urls import URLPattern, re_path

from scim_provisioning.scim import views
from scim_provisioning.scim.request_log import logged

app_name = "scim"


def _address(pattern: str, view: type[views.ScimView], name: str) -> URLPattern:
    """Return one address; the names are django-scim2's."""
    address: URLPattern = re_path(rf"^{pattern}/?$", logged(view.as_view()), name=name)
    return address


urlpatterns = [
    _address(r"/Users", views.UsersView, "users"),
    _address(r"/Users/\.search", views.UserSearchView, "users-search"),
    _address(r"/Users/(?P<uuid>[^/]+)", views.UserView, "user"),
    _address(r"/Groups", views.GroupsView, "groups"),
    _address(r"/Groups/\.search", views.GroupSearchView, "groups-search"),
    _address(r"/Groups/(?P<uuid>[^/]+)", views.GroupView, "group"),
    _address(
        r"/ServiceProviderConfig",
        views.ServiceProviderConfigView,
        "service-provider-config",
    ),
    _address(
        r"/ResourceTypes(?:/(?P<uuid>[^/]+))?",
        views.ResourceTypesView,
        "resource-types",
    ),
    _address(r"/Schemas(?:/(?P<uuid>[^/]+))?", views.SchemasView, "schemas"),
    _address(r"/\.search", views.SearchAllView, "search"),
    _address(r"/Bulk", views.BulkView, "bulk"),
    _address(r"/Me", views.NotOfferedView, "me"),
    re_path(r"^(?:/.*)?$", logged(views.UnknownView.as_view()), name="root"),
]
