"""Makes the pictures of the documentation, of a portal that a make-believe company uses.

Run it with ``.venv/bin/python docs/pictures.py``; it starts everything itself and stops it again.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from company import (
    CONTRACTORS,
    CSV,
    PEOPLE,
    ROOT,
    Mails,
    address_of,
    age_token,
    ask_amiss,
    configure,
    invite,
    mail_server,
    manage,
    push,
    wait,
)
from playwright.sync_api import Browser, Page, sync_playwright
from small_png import small

FOLDER = ROOT / "docs" / "pictures"
WIDTH, HEIGHT, TALLEST, PHONE = 1200, 760, 2200, 390
ARGUMENTS = ["--no-sandbox", "--disable-lcd-text"]
PROVISIONING = "/admin/identity/user-provisioning"


class Camera:
    """A browser in which an administrator is signed in, and the pictures it takes."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address = browser, address
        self.page, self.painter = self.window(), browser.new_page()

    def window(self, width: int = WIDTH, height: int = HEIGHT) -> Page:
        """Return a window of its own."""
        size = {"width": width, "height": height}
        page = self.browser.new_page(base_url=self.address, viewport=size)  # type: ignore[arg-type]
        page.set_default_timeout(15_000)
        return page

    def sign_in(self, password: str) -> None:
        """Take the first picture, then sign in."""
        self.page.goto("/sign-in/")
        self.take("sign-in", height=520)
        self.page.get_by_label("Username").fill("admin")
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url("**/dashboard/")

    def go(self, path: str) -> Page:
        """Open an address."""
        self.page.goto(path)
        return self.page

    def take(self, name: str, *, height: int = HEIGHT, file: Path | None = None) -> None:
        """Take a picture of what is to be seen."""
        self.page.wait_for_load_state()
        self.size(height)
        picture = small(self.page.screenshot(animations="disabled"), self.painter)
        (file or FOLDER / f"{name}.png").write_bytes(picture)

    def take_all(self, name: str) -> None:
        """Take a picture of the page from its top to its end."""
        self.size(HEIGHT)
        height = self.page.evaluate("document.documentElement.scrollHeight")
        self.take(name, height=min(height, TALLEST))

    def size(self, height: int) -> None:
        """Make the window that high."""
        width = self.page.viewport_size["width"]  # type: ignore[index]
        self.page.set_viewport_size({"width": width, "height": height})

    def send(self, button: str) -> None:
        """Press a button of the page's form and wait for the answer."""
        with self.page.expect_navigation():
            self.page.locator("main").get_by_role("button", name=button, exact=True).first.click()


def connect(camera: Camera) -> tuple[str, str]:
    """Take the pictures of the way to a token; return the target SCIM URL and the token."""
    camera.go(f"{PROVISIONING}/")
    camera.take_all("choose-idp")
    camera.page.get_by_label("Choose Identity Provider").select_option("okta")
    if not camera.page.url.endswith("/okta/"):
        camera.send("Open")
    camera.take_all("provider")
    camera.page.locator("main").get_by_role("button", name="Generate", exact=True).first.click()
    camera.take("generate", height=640)
    with camera.page.expect_navigation():
        camera.page.locator("#generate-dialog").get_by_role("button", name="Generate").click()
    camera.take("token", height=640)
    values = [field.input_value() for field in camera.page.locator("main input[readonly]").all()]
    return next(v for v in values if "/scim/v2" in v), next(v for v in values if "scim_" in v)


def provisioning(camera: Camera, token: str) -> None:
    """Take the pictures of User Provisioning in use."""
    camera.go(f"{PROVISIONING}/okta/")
    camera.size(1060)
    camera.page.locator("#tokens button[popovertarget]").first.click()
    camera.take("token-menu", height=1060)
    camera.go(f"{PROVISIONING}/okta/settings/")
    camera.page.locator("main input[type=checkbox]").first.check()
    camera.take_all("settings")
    camera.send("Save Changes")
    camera.go(f"{PROVISIONING}/okta/test/")
    camera.page.locator("main input[name=token]").fill(token)
    camera.send("Test Connection")
    camera.take_all("test-connection")
    camera.go(f"{PROVISIONING}/requests/")
    camera.take("request-log")
    camera.page.locator("main tbody tr", has_text="POST").first.locator("a").first.click()
    camera.page.wait_for_url("**/requests/*/")
    camera.take_all("request")


def users(camera: Camera) -> None:
    """Take the pictures of Users."""
    camera.go("/users/")
    camera.page.locator("details.rare summary").click()
    camera.take("users")
    camera.page.locator("details.rare summary").click()
    for box in camera.page.locator("input[name=user]").all()[2:7]:
        box.check()
    camera.page.get_by_role("button", name="Actions").click()
    camera.page.get_by_role("button", name="Send Invite").click()
    camera.page.wait_for_url("**/actions/invite/**")
    camera.take_all("bulk-action")
    camera.go(f"/users/?q={address_of(PEOPLE[1])}")
    camera.page.locator("main tbody a").first.click()
    camera.page.get_by_role("link", name="Attributes", exact=True).last.click()
    camera.page.wait_for_url("**/attributes/")
    camera.take_all("user-attributes")
    camera.go("/users/import/")
    camera.page.locator("input[type=file]").set_input_files(
        {"name": "people.csv", "mimeType": "text/csv", "buffer": CSV.encode()}
    )
    camera.send("Check the file")
    camera.take_all("import")
    camera.page.locator("main form button.primary").last.click()
    camera.page.wait_for_load_state()


def groups(camera: Camera) -> None:
    """Make a local group and take the pictures of User Groups."""
    camera.go("/users/groups/add/").locator("main input[name=name]").fill("Pilot: new handhelds")
    camera.send("Create")
    group = camera.page.url
    camera.go(f"{group}add/")
    for box in camera.page.locator("main input[name=user]").all()[:6]:
        box.check()
    camera.page.locator("main button.primary").last.click()
    camera.page.wait_for_load_state()
    camera.go("/users/groups/")
    camera.take_all("user-groups")
    camera.go(group)
    camera.take_all("local-group")


def system(camera: Camera, configuration: str) -> None:
    """Take the pictures of attributes, configurations and mails."""
    camera.go("/admin/system/attributes/")
    camera.take("attributes")
    camera.go("/admin/configurations/new/wifi/")
    camera.page.locator("#id_name").fill("Warehouse Wi-Fi")
    camera.page.locator("#id_ssid").fill("Example-Warehouse")
    camera.page.locator("#id_identity").press_sequentially("${us")
    camera.page.get_by_role("option").first.wait_for()
    camera.take("configuration")
    camera.go(f"/admin/configurations/{configuration}/preview/?q=ana")
    camera.page.locator("main tbody a, main .card a").first.click()
    camera.page.wait_for_load_state()
    camera.take_all("configuration-preview")
    camera.go("/admin/branding/email-templates/invitation/en/")
    mail = camera.page.frame_locator("iframe[name=mail-preview]").get_by_role("heading")
    camera.page.locator("iframe[name=mail-preview]").scroll_into_view_if_needed()
    mail.wait_for()
    camera.page.evaluate("window.scrollTo(0, 0)")
    camera.take_all("email-template")
    camera.go("/admin/identity/invitations/")
    camera.page.locator("main [name=reminders]").check()
    camera.page.locator("main [name=enrolment_url]").fill("https://enroll.example.com/start")
    camera.take_all("invitation-settings")
    camera.send("Save Changes")


def registration(camera: Camera, link: str) -> None:
    """Take the picture that an invited user sees on a phone, and accept."""
    desk, camera.page = camera.page, camera.window(PHONE, 700)
    camera.go(link)
    camera.take_all("registration")
    camera.page.locator("main form button").first.click()
    camera.page.wait_for_load_state()
    camera.page.close()
    camera.page = desk


def trail(camera: Camera) -> None:
    """Take the pictures of Audit Trails and of what every page has."""
    camera.go("/audit/")
    camera.take("audit-expanded")
    camera.go("/audit/?view=grouped")
    camera.take("audit-grouped")
    camera.go("/users/")
    camera.page.keyboard.press("Control+k")
    camera.page.keyboard.type("an")
    camera.page.get_by_role("option").nth(1).wait_for()
    camera.take("palette", height=600)
    camera.page.keyboard.press("Escape")
    outdated = camera.page.get_by_text("Nobody has been provisioned yet.")
    wait(lambda: camera.go("/dashboard/") and not outdated.count(), seconds=120)
    camera.page.emulate_media(color_scheme="dark")
    camera.go("/dashboard/")
    camera.take("dark")
    camera.page.emulate_media(color_scheme="light")
    camera.page.set_viewport_size({"width": PHONE, "height": HEIGHT})
    camera.go(f"{PROVISIONING}/okta/")
    camera.take("phone")
    camera.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    cookie = {"name": "django_language", "value": "es", "url": camera.address}
    camera.page.context.add_cookies([cookie])  # type: ignore[list-item]
    camera.go(f"{PROVISIONING}/okta/")
    camera.take("spanish", height=1080)
    camera.page.context.clear_cookies(name="django_language")


def photograph(camera: Camera, data: Path, mails: Mails) -> None:
    """Take all pictures, in the order in which an administrator meets the pages."""
    manage(data, "custom_attribute", "add", "costCenter")
    manage(data, "custom_attribute", "add", "site")
    url, token = connect(camera)
    okta = push(url, token, PEOPLE, 0)
    entra = ("scim_token", "generate", "--idp", "entra", "--lifetime", "90", "--json")
    secret = json.loads(manage(data, *entra))["token"]
    push(url, secret, CONTRACTORS, 60)
    age_token(data, "entra")
    ask_amiss(okta, url)
    configuration = configure(camera.address, data)
    link = invite(data, mails)
    provisioning(camera, token)
    users(camera)
    groups(camera)
    system(camera, configuration)
    registration(camera, link)
    trail(camera)
    camera.go("/dashboard/")
    camera.take_all("dashboard")
    camera.go("/users/?sort=-email")
    camera.page.set_viewport_size({"width": 1360, "height": HEIGHT})
    camera.take("portal", height=860, file=ROOT / "docs" / "portal.png")


def start(data: Path, mail_port: int) -> tuple["subprocess.Popen[str]", dict[str, str]]:
    """Return a running portal and the lines it printed, by their first word."""
    command = [sys.executable, str(ROOT / "manage.py"), "up", "--port", "0", "--data", str(data)]
    surroundings = os.environ | {"EMAIL_URL": f"smtp://127.0.0.1:{mail_port}"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=surroundings)
    said: dict[str, str] = {}
    for line in process.stdout or ():
        name, _space, rest = line.strip().partition(" ")
        said[name] = rest.strip()
        if name == "Stop":
            break
    return process, said


def main() -> None:
    """Start, fill, photograph, stop."""
    folder = Path(tempfile.mkdtemp(prefix="mdm-pictures-"))
    folder.chmod(0o711)
    FOLDER.mkdir(exist_ok=True)
    mails = Mails()
    server = mail_server(mails)
    process, said = start(folder / "var", server.port)
    try:
        with sync_playwright() as playwright:
            chromium = shutil.which("chromium")
            browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
            camera = Camera(browser, said["Portal"].rstrip("/"))
            camera.sign_in(said["Sign"].split(" / ")[1].split()[0])
            photograph(camera, folder / "var", mails)
    finally:
        process.terminate()
        process.wait(10)
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
