"""Runs a management command; what an operator must mend is said in one line."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError

from mdm_portal import runtime

# Commands about the code, not the data: they work where nothing runs.
ABOUT_CODE = {"", "help", "version", "check", "diffsettings", "findstatic"}
ABOUT_CODE |= {"makemigrations", "messages", "sqlmigrate"}
ABOUT_CODE |= {"simulate_idp"}  # speaks HTTP only, with any server
ABOUT_CODE |= {"bench"}  # starts servers of its own
HELP = {"--help", "-h", "--version"}
NOWHERE = {
    "DATABASE_URL": "postgres:///none?host=/nowhere",
    "DATABASE_POOL_TIMEOUT": "1",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "SECRET_KEY": "for commands about the code",
    "TOKEN_PEPPER": "for commands about the code",
}


def run(arguments: list[str]) -> int:
    """Return the exit code of a command: 0, 1 for a refusal, 2 for a set-up that is missing."""
    name = arguments[1] if len(arguments) > 1 else ""
    if name in ABOUT_CODE or HELP & set(arguments):
        _stand_in()
    try:
        execute_from_command_line(arguments)
    except ImproperlyConfigured as error:
        return _fail(str(error))
    except OperationalError as error:
        return _fail(f"The database does not answer: {str(error).strip()}")
    except KeyboardInterrupt:
        return 130
    return 0


def _stand_in() -> None:
    """Let the settings load where there is neither a running portal nor an environment."""
    runtime.adopt(runtime.data_directory())
    if not os.environ.get("DATABASE_URL") and not os.environ.get("DATABASE_URL_FILE"):
        for name, value in NOWHERE.items():
            os.environ.setdefault(name, value)


def _fail(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 2
