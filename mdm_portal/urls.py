"""All addresses of the site: SCIM first, then the portal's rooms."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.urls import include, path
from django.views.i18n import set_language

from mdm_portal.health import healthz, readyz
from mdm_portal.metrics import metrics
from mdm_portal.portal import pages
from mdm_portal.portal.account import account
from mdm_portal.portal.connection_test import connection_test
from mdm_portal.portal.dashboard import dashboard
from mdm_portal.portal.palette import palette
from mdm_portal.portal.sign_in import SignInView
from scim_provisioning.invitations.options.pages import invitation_settings
from scim_provisioning.scim.locations import ROOT
from scim_provisioning.settings import attributes
from scim_provisioning.settings.user_attributes import user_attributes

PROVISIONING = "admin/identity/user-provisioning/"
ATTRIBUTES = "admin/system/attributes/"

urlpatterns = [
    path(ROOT.removeprefix("/"), include("scim_provisioning.scim.urls")),
    path("api/", include("mdm_portal.api.urls")),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("", pages.home, name="home"),
    path("dashboard/", dashboard, name="dashboard"),
    path("palette/", palette, name="palette"),
    path("account/", account, name="account"),
    path("sign-in/", SignInView.as_view(), name="sign-in"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("language/", login_not_required(set_language), name="set-language"),
    path(f"{PROVISIONING}<slug:provider>/test/", connection_test, name="connection-test"),
    path(PROVISIONING, include("scim_provisioning.activity.urls")),
    path(PROVISIONING, include("scim_provisioning.tokens.urls")),
    path(PROVISIONING, include("scim_provisioning.settings.urls")),
    path(ATTRIBUTES, attributes.attributes, name="system-attributes"),
    path(
        f"{ATTRIBUTES}<slug:name>/delete/",
        attributes.delete_attribute,
        name="system-attribute-delete",
    ),
    path("admin/configurations/", include("scim_provisioning.configurations.urls")),
    path("admin/identity/invitations/", invitation_settings, name="invitation-settings"),
    path(
        "admin/branding/email-templates/",
        include("scim_provisioning.invitations.mail_templates.urls"),
    ),
    path("", include("scim_provisioning.invitations.urls")),
    path("users/", include("scim_provisioning.directory.urls")),
    path("users/<uuid:user_id>/attributes/", user_attributes, name="user-attributes"),
    path("audit/", include("audit.urls")),
]

handler400 = pages.bad_request
handler403 = pages.forbidden
handler404 = pages.not_found
handler500 = pages.failed
