"""The Celery application: a wake-up call only, the truth is in PostgreSQL."""

import logging.config
import os
from typing import Any

from celery import Celery, signals
from django.conf import settings
from kombu.exceptions import OperationalError

from audit.log_context import log_context, start_log_context
from mdm_portal import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mdm_portal.settings")
broker.install()
app = Celery("mdm_portal")
app.set_default()  # else only the thread that imports this would send its tasks here
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
_IMPATIENT = {
    "socket_timeout": 0.5,
    "socket_connect_timeout": 0.5,
    "max_retries": 0,
    "interval_start": 0,
}


def send(task: str, countdown: float) -> None:
    """Send a task at once or raise OSError: who sends it has a caller that waits."""
    options = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, **_IMPATIENT}
    try:
        with app.connection_for_write(
            transport_options=options, connect_timeout=_IMPATIENT["socket_connect_timeout"]
        ) as connection:
            app.send_task(task, countdown=countdown, connection=connection, retry=False)
    except OperationalError as error:
        raise ConnectionError(str(error)) from error


@signals.setup_logging.connect  # type: ignore[untyped-decorator]
def log_as_the_portal_does(**_options: Any) -> None:
    """Log what LOG_LEVEL and LOG_FORMAT say, whatever the options of the worker."""
    logging.config.dictConfig(settings.LOGGING)


@signals.before_task_publish.connect  # type: ignore[untyped-decorator]
def send_request_id(headers: dict[str, Any], **_message: Any) -> None:
    """Give a task the id of the request that it is sent by."""
    request_id = log_context().get("request_id")
    if request_id:
        headers["request_id"] = request_id


@signals.task_prerun.connect  # type: ignore[untyped-decorator]
def take_request_id(task: Any, task_id: str, **_message: Any) -> None:
    """Let every line that the task logs tell which task it is, and whose request woke it."""
    request_id = getattr(task.request, "request_id", None)
    of_request = {"request_id": request_id} if request_id else {}
    start_log_context(task=task.name, task_id=task_id, **of_request)


@signals.task_postrun.connect  # type: ignore[untyped-decorator]
def forget_request_id(**_message: Any) -> None:
    """Forget the task."""
    start_log_context()
