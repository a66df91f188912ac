"""The addresses of SCIM alone: a worker answers them before it has loaded the portal's."""

from django.urls import include, path

urlpatterns = [path("scim/v2", include("scim_provisioning.scim.urls"))]
