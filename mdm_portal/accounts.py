"""The unprivileged account for a server that refuses to run as root."""

import os
import pwd
import stat
import sys
from collections.abc import Iterable
from pathlib import Path

from mdm_portal.processes import Account

CANDIDATES = ("postgres", "nobody")


def account_for(data: Path) -> Account | None:
    """Return the account that owns ``data``, else the first candidate; None unless we are root."""
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid:
        owner = data.stat()
        return Account(_name(owner.st_uid), owner.st_uid, owner.st_gid)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    return None


def let_pass(account: Account, paths: Iterable[Path]) -> None:
    """Let the account pass through the folders above its files, without reading them."""
    for folder in {parent for path in paths for parent in path.resolve().parents}:
        status = folder.stat()
        if not _may_pass(account, status):
            folder.chmod(stat.S_IMODE(status.st_mode) | stat.S_IXOTH)
            sys.stderr.write(
                f"PostgreSQL runs as {account.name}: {folder} now lets others pass through, "
                "not read.\n"
            )


def _may_pass(account: Account, status: os.stat_result) -> bool:
    """Tell whether the account may enter a folder."""
    if status.st_uid == account.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == account.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
