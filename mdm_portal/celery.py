"""The Celery application: a wake-up call only, the truth is in PostgreSQL."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mdm_portal.settings")
app = Celery("mdm_portal")
app.set_default()  # else only the thread that imports this would send its tasks here
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
