"""The services to measure side by side: ours, the floor, plain django-scim2, and any other."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from bench.scim import against
from bench.scim.databases import connect, create
from bench.scim.floor import data as floor_data
from bench.scim.ours import Site, site
from bench.scim.plain import data as plain_data
from bench.scim.sample import Sample
from bench.scim.target import Target
from bench.servers import served
from mdm_portal.supervisor import WORKERS

OTHER = "other"


@dataclass(frozen=True, slots=True)
class Stage:
    """Services that run."""

    targets: list[Target]
    database: str = ""
    """The URL of the PostgreSQL of ours; "" without one."""


@contextmanager
def stage(kinds: Sequence[str], users: int, other: against.Address | None) -> Iterator[Stage]:
    """Give the services, all running, each with the same people."""
    with ExitStack() as running:
        built = Stage([])
        if kinds:
            home = running.enter_context(site())
            holding = home.filled(users)
            built = Stage([STARTS[kind](home, holding, running) for kind in kinds], home.database)
        if other:
            built.targets.append(against.target(OTHER, other, users))
        yield built


def _ours(home: Site, holding: Sample, _running: ExitStack) -> Target:
    """Return the portal that runs already."""
    return home.target(holding)


def _floor(home: Site, holding: Sample, running: ExitStack) -> Target:
    """Return the floor: bare views with hand-written SQL."""
    beside = _environment("floor", home)
    with connect(home.database) as ours, connect(beside["DATABASE_URL"]) as own:
        floor_data.fill(ours, own)
    return holding.target("floor", _start("floor", beside, running))


def _plain(home: Site, holding: Sample, running: ExitStack) -> Target:
    """Return plain django-scim2."""
    beside = _environment("plain", home)
    plain_data.migrate(beside)
    with connect(home.database) as ours, connect(beside["DATABASE_URL"]) as own:
        plain_data.fill(ours, own)
    return holding.numbered("plain", _start("plain", beside, running))


def _environment(kind: str, home: Site) -> dict[str, str]:
    """Return the environment of a project beside ours, with a new database."""
    settings, database = f"bench.scim.{kind}.settings", create(home.database, kind)
    return home.environment | {"DJANGO_SETTINGS_MODULE": settings, "DATABASE_URL": database}


def _start(kind: str, environment: dict[str, str], running: ExitStack) -> str:
    """Return the target SCIM URL of a project beside ours, with as many workers."""
    application = f"bench.scim.{kind}.wsgi:application"
    return running.enter_context(served(application, environment, WORKERS))


STARTS = {"ours": _ours, "floor": _floor, "plain": _plain}
KINDS = tuple(STARTS)
