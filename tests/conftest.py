"""What tests of all rooms share: an administrator, and the portal as they see it."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import hypothesis
import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.models import User as Administrator
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from scim_provisioning.activity import recorder
from scim_provisioning.settings import registry, switches
from scim_provisioning.tokens import credentials
from tests.services.mail_server import MailServer, running_mail_server

PASSWORD = "correct horse battery staple"

# A slow machine is no fault of what is tested.
hypothesis.settings.register_profile("suite", deadline=None)
hypothesis.settings.load_profile("suite")


@pytest.fixture(scope="session", autouse=True)
def plain_static_files() -> None:
    """Serve static files by their own names: no test collects them."""
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


class QuickHasher(Argon2PasswordHasher):
    """The portal's hasher without its price: a fifth of a second of each sign-in."""

    time_cost, memory_cost, parallelism = 1, 8, 1


@pytest.fixture(scope="session", autouse=True)
def quick_hasher() -> None:
    """Hash passwords quickly; test_sign_in.py shows the real price."""
    settings.PASSWORD_HASHERS = [
        f"{QuickHasher.__module__}.{QuickHasher.__qualname__}",
        *settings.PASSWORD_HASHERS[1:],
    ]


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """Start and end each test with empty caches, in English: nothing must live on."""
    _forget()
    yield
    _forget()


def _forget() -> None:
    credentials.forget_all()
    registry.forget()
    switches.forget()
    recorder.forget()
    cache.version = uuid4().int
    translation.activate("en")


@pytest.fixture
def administrator(db: None) -> Administrator:
    """Return an administrator named admin."""
    return get_user_model().objects.create_user("admin", password=PASSWORD, is_superuser=True)


@pytest.fixture
def portal(administrator: Administrator) -> Client:
    """Return a browser without JavaScript in which the administrator is signed in."""
    client = Client()
    client.force_login(administrator, "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def mail_server(settings: Any) -> Iterator[MailServer]:
    """Run a mail server that the settings name."""
    with running_mail_server() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        yield running


@pytest.fixture
def server(mail_server: MailServer, settings: Any) -> MailServer:
    """Run a mail server for a portal that has a public address."""
    settings.PUBLIC_URL = "https://mdm.example.org"
    return mail_server
