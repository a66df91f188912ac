"""The site without its request log: the baseline of bench/request_log.py."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mdm_portal.settings")
django.setup()

from scim_provisioning.scim import request_log  # noqa: E402 - needs models

request_log.logged = lambda view: view

from mdm_portal.wsgi import application  # noqa: E402, F401 - needs the above
