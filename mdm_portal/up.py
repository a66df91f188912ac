"""``manage.py up``: PostgreSQL, Valkey, the worker and the portal as children of one process."""

import argparse
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from mdm_portal import runtime
from mdm_portal.embedded import EmbeddedError, free_port
from mdm_portal.processes import adopt_orphans
from mdm_portal.supervisor import Supervisor

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """A signal asked us to stop."""


def up(arguments: list[str]) -> int:
    """Start everything, wait until it is stopped; return the exit code."""
    options = _options(arguments)
    os.umask(0o077)
    supervisor = Supervisor(options.data, options.host, options.port or free_port())
    for number in SIGNALS:
        signal.signal(number, _raise_stopped)
    adopt_orphans()
    try:
        supervisor.run()
    except Stopped:
        return 0
    except PermissionError as error:
        return _fail(f"{error.filename}: no permission. Use the account it belongs to, or --data.")
    except (EmbeddedError, OSError) as error:
        return _fail(str(error))
    finally:
        _ignore_signals()
        supervisor.stop()
    return 1


def _raise_stopped(_number: int, _frame: FrameType | None) -> None:
    _ignore_signals()
    raise Stopped


def _ignore_signals() -> None:
    """From here on we stop, and nothing interrupts that."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _fail(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 1


def _options(arguments: list[str]) -> argparse.Namespace:
    """Return the parsed command line."""
    parser = argparse.ArgumentParser(
        prog="manage.py up", description="Start the portal with everything it needs."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument(
        "--port", type=_port, default=8000, help="port to listen on (%(default)s; 0: a free one)"
    )
    parser.add_argument(
        "--data",
        metavar="DIR",
        type=lambda text: Path(text).expanduser().resolve(),
        default=runtime.data_directory(),
        help="where data are kept (%(default)s)",
    )
    return parser.parse_args(arguments)


def _port(text: str) -> int:
    """Return a port number; argparse says what else is wrong."""
    if not 0 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)
