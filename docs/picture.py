"""Makes docs/portal.png: the Users page of a portal into which a make-believe Okta has pushed.

Run it with ``.venv/bin/python docs/picture.py``; it starts everything itself and stops it again.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "portal.png"
WIDTH, HEIGHT = 1360, 860


def manage(data: Path, *arguments: str) -> str:
    """Return what a command of the running portal prints."""
    command = [sys.executable, str(ROOT / "manage.py"), *arguments, "--data", str(data)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def start(data: Path) -> tuple["subprocess.Popen[str]", dict[str, str]]:
    """Return a running portal and the lines it printed, by their first word."""
    command = [sys.executable, str(ROOT / "manage.py"), "up", "--port", "0", "--data", str(data)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    said: dict[str, str] = {}
    for line in process.stdout or ():
        name, _space, rest = line.strip().partition(" ")
        said[name] = rest.strip()
        if name == "Stop":
            break
    return process, said


def fill(data: Path) -> None:
    """Let a make-believe Okta push people and groups."""
    token = json.loads(manage(data, "scim_token", "generate", "--idp", "okta", "--json"))
    push = ["simulate_idp", "okta", "--url", token["scim_url"], "--token", token["token"]]
    manage(data, *push, "--users", "40", "--groups", "5", "--churn")


def photograph(address: str, password: str) -> None:
    """Sign in and take the picture."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(f"{address}/sign-in/")
        page.get_by_label("Username").fill("admin")
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.goto(f"{address}/users/?sort=-email")
        page.screenshot(path=PICTURE)
        browser.close()


def main() -> None:
    """Start, fill, photograph, stop."""
    folder = Path(tempfile.mkdtemp(prefix="mdm-picture-"))
    folder.chmod(0o711)
    process, said = start(folder / "var")
    try:
        fill(folder / "var")
        photograph(said["Portal"], said["Sign"].split(" / ")[1].split()[0])
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
