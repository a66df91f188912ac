"""What one check found."""

from dataclasses import asdict, dataclass

OK, WARNING, FAILURE, SKIPPED = "ok", "warning", "failure", "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of a check in a sentence and, unless all is well, what to do."""

    state: str
    text: str
    advice: str = ""
    name: str = ""

    def as_json(self) -> dict[str, str]:
        """Return the finding for scripts."""
        found = asdict(self)
        return {key: found[key] for key in ("name", "state", "text", "advice")}


def ok(text: str) -> Finding:
    """Return that all is well."""
    return Finding(OK, text)


def warning(text: str, advice: str) -> Finding:
    """Return what works, but not as it should."""
    return Finding(WARNING, text, advice)


def failure(text: str, advice: str) -> Finding:
    """Return what does not work."""
    return Finding(FAILURE, text, advice)


def skipped(text: str) -> Finding:
    """Return that something could not be looked at."""
    return Finding(SKIPPED, text)
