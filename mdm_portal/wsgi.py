"""The WSGI application."""

import gc
import multiprocessing
import os
import signal
import sys

# What is loaded stays: to look for garbage in it meanwhile is in vain, and later too.
gc.disable()

# A page takes Python's lock for longer than a SCIM request takes in all, which asks for it several
# times: it shall not wait Python's own five milliseconds each time.
sys.setswitchinterval(0.0005)

# A worker of granian inherits a signal handler that only its parent can use. Until it has its own,
# which is after this module, it would not hear that it shall stop, and be killed amid requests.
if multiprocessing.current_process().name == "granian-worker":
    signal.signal(signal.SIGTERM, signal.SIG_DFL)

import django  # noqa: E402 - takes long

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mdm_portal.settings")
django.setup(set_prefix=False)

from mdm_portal import warming  # noqa: E402 - needs models
from mdm_portal.handler import Handler  # noqa: E402
from scim_provisioning.activity.recorder import write_in_background  # noqa: E402

application = Handler()
write_in_background()
warming.load_the_rest()
