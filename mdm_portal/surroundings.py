"""The environment that ``manage.py up`` gives to the site and to other commands."""

import json
import os
import secrets
from pathlib import Path

from mdm_portal.runtime import write_private

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - named, not bound
SECRETS = ("SECRET_KEY", "TOKEN_PEPPER")
# What the caller of `up` has set holds for every other command too.
PASSED_ON = (
    *SECRETS,
    "TOKEN_PEPPER_PREVIOUS",
    "TOKEN_PEPPER_NEXT",
    "DATABASE_URL",
    "REDIS_URL",
    "PUBLIC_URL",
    "CSRF_TRUSTED_ORIGINS",
    "BEHIND_PROXY",
    "TIME_ZONE",
    "EMAIL_URL",
    "DEFAULT_FROM_EMAIL",
)


def of(data: Path, host: str, address: str) -> dict[str, str]:
    """Return the environment: what is set (also as NAME_FILE), and what follows from the rest."""
    found = {"MDM_DATA": str(data), "LOCAL_URL": address, "ALLOWED_HOSTS": _allowed_hosts(host)}
    found["LOG_FORMAT"] = os.environ.get("LOG_FORMAT", "line")
    names = [given for name in PASSED_ON for given in (name, f"{name}_FILE")]
    found |= {name: os.environ[name] for name in names if os.environ.get(name)}
    for name, value in _own_secrets(data).items():
        if f"{name}_FILE" not in found:
            found.setdefault(name, value)
    return found


def local_url(host: str, port: int) -> str:
    """Return where a browser on this machine finds the portal."""
    name = EVERYWHERE.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _allowed_hosts(host: str) -> str:
    """Return the host names that are answered: those given, and the ones we ask ourselves."""
    if host in EVERYWHERE and not os.environ.get("ALLOWED_HOSTS"):
        return "*"
    given = os.environ.get("ALLOWED_HOSTS", "").split(",")
    own = ["localhost", "127.0.0.1", "[::1]", f"[{host}]" if ":" in host else host]
    return ",".join(dict.fromkeys(name for name in (*given, *own) if name))


def _own_secrets(data: Path) -> dict[str, str]:
    """Return the secrets of this data directory, made once."""
    file = data / "secrets.json"
    if not file.exists():
        write_private(file, {name: secrets.token_urlsafe(48) for name in SECRETS})
    found: dict[str, str] = json.loads(file.read_text())
    return found
