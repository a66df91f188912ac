"""Our own service, as ``up`` runs it, filled with people and their trail."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.population import LARGE_GROUP, fill_directory, fill_trail
from bench.scim.databases import connect
from bench.scim.sample import Sample, sample
from bench.scim.target import Target
from bench.servers import command, portal
from mdm_portal import runtime

PROVIDERS = ("okta", "entra")


@dataclass(frozen=True, slots=True)
class Site:
    """A running ``up``."""

    process: int
    url: str
    """The target SCIM URL."""
    database: str
    environment: dict[str, str]
    """Of a process that serves beside it."""
    tokens: dict[str, str]

    def filled(self, users: int) -> Sample:
        """Return whom the site holds once it has so many users, and as many audit events."""
        with connect(self.database) as ours:
            cursor = ours.cursor()
            fill_directory(cursor, users, min(LARGE_GROUP, users // 2))
            fill_trail(cursor, users, users)
            cursor.execute("VACUUM ANALYZE")
            return sample(ours, users)

    def target(self, holding: Sample, name: str = "ours") -> Target:
        """Return the site as a service to measure."""
        return holding.target(name, self.url, self.tokens)


@contextmanager
def site() -> Iterator[Site]:
    """Give a running ``up`` with an empty directory; its data are thrown away afterwards."""
    with ExitStack() as running:
        folder = running.enter_context(TemporaryDirectory(prefix="mdm-bench-"))
        Path(folder).chmod(0o711)
        environment = running.enter_context(portal(Path(folder)))
        state = runtime.state(Path(folder))
        if state is None:
            raise SystemExit("The portal has ended.")
        found = state["environment"]
        tokens = {idp: _token(idp, environment) for idp in PROVIDERS}
        url, database = f"{found['LOCAL_URL']}/scim/v2", found["DATABASE_URL"]
        yield Site(state["pid"], url, database, environment, tokens)


def _token(idp: str, environment: dict[str, str]) -> str:
    """Return a new token of an identity provider."""
    printed = command("scim_token", "generate", "--json", "--idp", idp, environment=environment)
    return str(json.loads(printed)["token"])
