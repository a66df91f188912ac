"""A real browser on the real pages: Chromium, that of the system."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
ROOT_ONLY = ["--no-sandbox"] if os.geteuid() == 0 else []
THEMES = ("light", "dark")
WIDTHS = {"wide": 1360, "narrow": 360}
VIEWS = [("dark", "narrow")]
"""For what is hard to show; every page in each language is in test_every_page.py."""
Open = Callable[..., Page]

# Playwright's own event loop is no reason to forbid queries in a test.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the browser's tests out where there is no browser; never in CI."""
    if CHROMIUM or os.environ.get("CI"):
        return
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.skip(reason="Chromium is not installed"))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Give a running Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ROOT_ONLY)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, live_server: LiveServer) -> Iterator[Open]:
    """Give a function that opens an address as a person would, signed in or not."""
    contexts = []

    def open_page(
        address: str,
        *,
        client: Client | None = None,
        theme: str = "light",
        width: str = "wide",
        language: str = "en",
        scripts: bool = True,
    ) -> Page:
        context = chromium.new_context(
            base_url=live_server.url,
            color_scheme=theme,  # type: ignore[arg-type]
            viewport={"width": WIDTHS[width], "height": 850},
            java_script_enabled=scripts,
        )
        contexts.append(context)
        if client:
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            known = {
                settings.SESSION_COOKIE_NAME: session,
                settings.LANGUAGE_COOKIE_NAME: language,
            }
            for name, value in known.items():
                context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
