"""All addresses of the site: SCIM first, then the portal's rooms."""

from django.urls import include, path

from mdm_portal.health import healthz, readyz

urlpatterns = [
    path("scim/v2", include("scim_provisioning.scim.urls")),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]
