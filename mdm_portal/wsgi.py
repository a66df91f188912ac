"""The WSGI application."""

import multiprocessing
import os
import signal

# A worker of granian inherits a signal handler that only its parent can use. Until it has its own,
# which is after this module, it would not hear that it shall stop, and be killed amid requests.
if multiprocessing.current_process().name == "granian-worker":
    signal.signal(signal.SIGTERM, signal.SIG_DFL)

from django.core.wsgi import get_wsgi_application  # noqa: E402 - takes long
from django.urls import get_resolver  # noqa: E402

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mdm_portal.settings")
application = get_wsgi_application()
# Load all views now, so that no process makes its first caller wait.
get_resolver().url_patterns  # noqa: B018

from scim_provisioning.activity.recorder import write_in_background  # noqa: E402 - needs models

write_in_background()
