"""Provisioning cycles: everybody first, then the groups, some requests under way at once."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TypeVar

from mdm_portal.management.progress import Progress
from mdm_portal.simulator.people import Company, Person, Team
from mdm_portal.simulator.provider import LinkedPerson, LinkedTeam, Provider

Item = TypeVar("Item")
Known = TypeVar("Known", Person, Team)


def provision(provider: Provider, company: Company, progress: Progress, title: str) -> None:
    """Bring the server from what was pushed before to what the company is now."""
    people = _differing(company.people, provider.people)
    deleted = [key for key in provider.people if key not in company.people]
    teams = _differing(company.teams, provider.teams)
    workers = provider.workers
    in_parallel(people, provider.push_person, workers, progress, f"{title}: users")
    in_parallel(deleted, provider.delete_person, workers, progress, f"{title}: deletions")
    in_parallel(teams, provider.push_team, workers, progress, f"{title}: groups")


def in_parallel(
    items: Sequence[Item],
    work: Callable[[Item], object],
    workers: int,
    progress: Progress,
    title: str,
) -> None:
    """Work on all items, ``workers`` at once; raise the first error and begin no more then."""
    if not items:
        return
    with progress.phase(title, len(items)) as advance, ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(work, item) for item in items]
        try:
            for future in as_completed(futures):
                future.result()
                advance()
        finally:
            for future in futures:
                future.cancel()


def _differing(
    wanted: Mapping[int, Known], linked: Mapping[int, LinkedPerson] | Mapping[int, LinkedTeam]
) -> list[Known]:
    """Return those that were never pushed, or pushed otherwise."""
    return [one for key, one in wanted.items() if key not in linked or linked[key].pushed != one]
