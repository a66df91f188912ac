"""What a browser loads for a page that it has never seen."""

import shutil
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def cold(url: str, session: str, path: str) -> tuple[int, int]:
    """Return how many requests a page takes, and how many bytes cross the wire."""
    site = "{0.scheme}://{0.netloc}".format(urlsplit(url))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context()
        context.add_cookies([{"name": "sessionid", "value": session, "url": site}])
        window = context.new_page()
        debugger = context.new_cdp_session(window)
        debugger.send("Network.enable")
        sizes: list[float] = []
        debugger.on("Network.loadingFinished", lambda end: sizes.append(end["encodedDataLength"]))
        window.goto(site + path, wait_until="networkidle")
        browser.close()
    return len(sizes), int(sum(sizes))
