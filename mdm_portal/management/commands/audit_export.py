"""``manage.py audit_export``: the trail for other systems, as JSON lines or CEF."""

from argparse import ArgumentTypeError
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db.models import QuerySet
from django.utils.timezone import make_aware

from audit.events import EVENTS
from audit.keyset import oldest_first
from audit.models import Event
from audit.siem import cef_line, json_line
from mdm_portal.management.base import PortalCommand
from mdm_portal.management.output import STANDARD_OUTPUT, new_file
from mdm_portal.snapshot import one_snapshot

FORMATS = {"json": json_line, "cef": cef_line}
ROWS = 500
DAY = timedelta(days=1)


class Command(PortalCommand):
    """Writes events, oldest first, to a file or to standard output."""

    help = "Write the audit trail, oldest first, as JSON lines or as CEF for a SIEM."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the file, the format, and what narrows the trail down."""
        super().add_arguments(parser)
        parser.add_argument(
            "file",
            nargs="?",
            default=STANDARD_OUTPUT,
            metavar="FILE",
            help="a new file (default: standard output; what was done is then told on stderr)",
        )
        parser.add_argument("--format", choices=list(FORMATS), default="json", help="(json)")
        when = "a day (2026-01-31) or a time (2026-01-31T12:00:00Z)"
        parser.add_argument("--since", type=_since, metavar="WHEN", help=f"from {when} on")
        parser.add_argument(
            "--until", type=_until, metavar="WHEN", help=f"up to {when}; the day belongs to it"
        )
        parser.add_argument(
            "--event",
            action="append",
            choices=list(EVENTS),
            metavar="EVENT",
            help="only this kind, e.g. user.created; can be given more than once",
        )

    def run(self, **options: Any) -> None:
        """Write the events and tell how many."""
        since, until = options["since"], options["until"]
        if since and until and until <= since:
            raise CommandError("--until is before --since: nothing can be between them.")
        as_line, count = FORMATS[options["format"]], 0
        with new_file(options["file"]) as file, one_snapshot():
            rows = _events(since, until, options["event"])
            total = rows.count() if self.progress.shown else 0
            with self.progress.phase("Exporting", total) as advance:
                for event in oldest_first(rows, ROWS):
                    file.write(f"{as_line(event)}\n".encode())
                    count += 1
                    if count % ROWS == 0:
                        advance(ROWS)
        data = {"file": options["file"], "events": count}
        self.report(options["file"], data, f"{count} events")


def _events(
    since: datetime | None, until: datetime | None, kinds: list[str] | None
) -> QuerySet[Event]:
    """Return what was asked for."""
    rows = Event.objects.all()
    if since:
        rows = rows.filter(occurred_at__gte=since)
    if until:
        rows = rows.filter(occurred_at__lt=until)
    return rows.filter(event__in=kinds) if kinds else rows


def _since(text: str) -> datetime:
    """Return a moment; a day is its beginning."""
    return _moment(text, timedelta())


def _until(text: str) -> datetime:
    """Return a moment; a day is its end."""
    return _moment(text, DAY)


def _moment(text: str, after_day: timedelta) -> datetime:
    try:
        if len(text) == len("2026-01-31"):
            return make_aware(datetime.combine(date.fromisoformat(text) + after_day, time()))
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else make_aware(moment)
    except (ValueError, OverflowError):
        raise ArgumentTypeError(f"{text} is neither a day nor a time") from None
