"""Runs a management command; what an operator must mend is said in one line."""

import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError


def run(arguments: list[str]) -> int:
    """Return the exit code of a command: 0, 1 for a refusal, 2 for a set-up that is missing."""
    try:
        execute_from_command_line(arguments)
    except ImproperlyConfigured as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except OperationalError as error:
        sys.stderr.write(f"The database does not answer: {str(error).strip()}\n")
        return 2
    return 0
