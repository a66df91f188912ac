"""The WSGI application."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mdm_portal.settings")
application = get_wsgi_application()
# Load all views now, so that no process makes its first caller wait.
get_resolver().url_patterns  # noqa: B018

from scim_provisioning.activity.recorder import write_in_background  # noqa: E402 - needs models

write_in_background()
