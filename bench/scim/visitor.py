"""An administrator who has pages of the portal open while identity providers push."""

import http.client
import re
import threading
import time
from dataclasses import dataclass, field
from itertools import cycle
from urllib.parse import urlencode, urlsplit

PAGES = (
    "/dashboard/",
    "/users/",
    "/users/?q=garcia",
    "/users/groups/",
    "/audit/",
    "/admin/identity/user-provisioning/requests/",
)
PAUSE_SECONDS = 0.5
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(slots=True)
class Visitor:
    """Opens one page after the other until told to stop."""

    site: str
    name: str
    password: str
    times: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def visit(self) -> None:
        """Sign in, and open pages; what goes wrong is noted."""
        try:
            cookies = self._signed_in()
            for page in cycle(PAGES):
                if self.stopped.wait(PAUSE_SECONDS):
                    return
                self._open(page, cookies)
        except (OSError, http.client.HTTPException, LookupError) as error:
            self.failures.append(repr(error))

    def _open(self, page: str, cookies: str) -> None:
        """Open a page and note how long it took."""
        started = time.perf_counter()
        status, _cookies, _content = self._ask("GET", page, cookies)
        self.times.append((time.perf_counter() - started) * 1000)
        if status != 200:
            self.failures.append(f"{page}: {status}")

    def _signed_in(self) -> str:
        """Return the cookies of a session."""
        _status, cookies, content = self._ask("GET", "/sign-in/", "")
        found = TOKEN.search(content)
        if not found:
            raise LookupError("The sign-in page has no form.")
        form = {
            "csrfmiddlewaretoken": found[1],
            "username": self.name,
            "password": self.password,
        }
        _status, session, _content = self._ask("POST", "/sign-in/", cookies, urlencode(form))
        return f"{cookies}; {session}"

    def _ask(self, method: str, page: str, cookies: str, form: str = "") -> tuple[int, str, str]:
        """Return status, cookies and text of an answer."""
        connection = http.client.HTTPConnection(urlsplit(self.site).netloc, timeout=60)
        headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request(method, page, form, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        given = [value.partition(";")[0] for value in answer.headers.get_all("Set-Cookie") or ()]
        connection.close()
        return answer.status, "; ".join(given), text
