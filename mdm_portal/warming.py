"""What a worker loads while it answers its first requests.

SCIM is a third of the site, and comes with the handler. The rest (the portal, the admin API,
Celery) comes in the background; a request for a page that is there before it waits for it.
"""

import gc
from importlib import import_module
from threading import Thread

from django.urls import get_resolver


def load_the_rest() -> None:
    """Start to load everything else; then garbage is collected, but never looked for in modules."""
    Thread(target=_load_the_rest, name="warming", daemon=True).start()


def _load_the_rest() -> None:
    try:
        get_resolver().url_patterns  # noqa: B018
        import_module("mdm_portal.celery")
    finally:
        gc.freeze()
        gc.enable()
