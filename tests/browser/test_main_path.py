"""The main job in a real browser, from the first sign-in to the refused token.

One portal as ``manage.py up`` starts it, Chromium, and an identity provider that pushes over HTTP.
"""

import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.commands.portals import Portal, manage

START = "/admin/identity/user-provisioning/"


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """A data directory that goes when the test is over."""
    folder = Path(tempfile.mkdtemp(prefix="mdm-browser-"))
    folder.chmod(0o711)
    yield folder / "var"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def site(data: Path) -> Iterator[Portal]:
    """The portal with everything it needs."""
    with Portal(data) as running:
        yield running


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A browser window that may use the clipboard and whose console must stay silent."""
    context = chromium.new_context(permissions=["clipboard-read", "clipboard-write"])
    opened = context.new_page()
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    yield opened
    context.close()
    assert said == []


def copied(page: Page) -> str:
    """Return what the clipboard holds."""
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_an_administrator_connects_an_idp_and_its_users_arrive(
    site: Portal, data: Path, page: Page
) -> None:
    base = site.said["Portal"]
    password = site.said["Sign"].split(" / ")[1].split()[0]
    page.goto(base)
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{base}/dashboard/")
    page.goto(base + START)

    register_attribute(page, base)
    token, url = generate(page, base)
    assert url == f"{base}/scim/v2"
    push(data, token, url)
    see_users(page, base)
    see_groups(page, base)
    see_the_trail(page, base)
    set_to_inactive(page, base)
    assert refused_within(1, token, url)


def register_attribute(page: Page, base: str) -> None:
    """Register costCenter under Edit Settings of Okta."""
    page.goto(f"{base}{START}okta/")
    page.get_by_role("link", name="Edit Settings").first.click()
    page.get_by_label("Add Custom Attribute").fill("costCenter")
    page.get_by_role("button", name="Save Changes").click()
    expect(page.get_by_role("cell", name="costCenter", exact=True)).to_be_visible()


def generate(page: Page, base: str) -> tuple[str, str]:
    """Generate a token and return what *Copy* puts into the clipboard: token and URL."""
    page.goto(f"{base}{START}okta/")
    page.get_by_role("button", name="Generate").click()
    page.get_by_role("dialog").get_by_role("button", name="Generate").click()
    values = []
    for label in ("Token", "Target SCIM URL"):
        row = page.locator("[data-copy-row]").filter(has=page.get_by_label(label, exact=True))
        row.get_by_role("button").click()
        expect(row.get_by_role("button")).to_contain_text("Copied")
        values.append(copied(page))
    return values[0], values[1]


def push(data: Path, token: str, url: str) -> None:
    """Let Okta push users and groups with that very token."""
    pushed = manage(
        *["simulate_idp", "okta", "--url", url, "--token", token],
        *["--users", "30", "--groups", "3", "--json"],
        data=data,
    )
    assert pushed.returncode == 0, pushed.stdout + pushed.stderr


def see_users(page: Page, base: str) -> None:
    """See the users, and a custom attribute on the Attributes tab of one."""
    page.goto(f"{base}/users/?source=okta")
    expect(page.get_by_text("1 to 25 of 30")).to_be_visible()
    expect(page.get_by_role("cell", name="SCIM Okta").first).to_be_visible()
    page.locator("a.strong").first.click()
    page.get_by_role("navigation", name="User").get_by_role("link", name="Attributes").click()
    row = page.get_by_role("row").filter(has_text="${costCenter}")
    expect(row).to_be_visible()
    assert row.get_by_role("cell").nth(1).inner_text() not in ("", "–")


def see_groups(page: Page, base: str) -> None:
    """See the groups, and the members of one."""
    page.goto(f"{base}/users/groups/")
    expect(page.locator("tbody tr")).to_have_count(3)
    page.locator("tbody a").first.click()
    expect(page.get_by_role("heading", name="Members")).to_be_visible()
    expect(page.locator("a.strong").first).to_be_visible()


def see_the_trail(page: Page, base: str) -> None:
    """See the token's and a user's event, their details naming the IdP."""
    for event, label in [
        ("scim_token.created", "SCIM Token Created"),
        ("user.created", "User Created"),
    ]:
        page.goto(f"{base}/audit/?event={event}")
        row = page.locator("tbody tr").filter(has_text=label).first
        expect(row).to_contain_text("Okta")


def set_to_inactive(page: Page, base: str) -> None:
    """Set the token to inactive in its Select menu."""
    page.goto(f"{base}{START}okta/")
    page.get_by_role("button", name="Select").click()
    page.get_by_role("button", name="Set to Inactive").click()
    expect(page.get_by_role("row").filter(has_text="scim_")).to_contain_text("Inactive")


def refused_within(seconds: float, token: str, url: str) -> bool:
    """Tell whether the token gets 401 with an Error body in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = httpx.get(f"{url}/Users", headers={"Authorization": f"Bearer {token}"})
        if answer.status_code == 401:
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
            return bool(json.loads(answer.text)["status"] == "401")
    return False
