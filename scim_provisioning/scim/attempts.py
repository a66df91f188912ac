"""Work that may fail: tried again after a deadlock or on a connection that was lost.

Every fault is told as a SCIM error.
"""

import logging
from collections.abc import Callable
from typing import TypeVar

from django.core.exceptions import TooManyFieldsSent
from django.db import InterfaceError, OperationalError, connection, transaction

from scim_provisioning.directory import errors as directory
from scim_provisioning.scim import errors

logger = logging.getLogger(__name__)
ATTEMPTS = 3
"""Work that the database turned back is tried so often."""
PASSING = (OperationalError, InterfaceError)
"""Faults that pass: deadlocks, connections that were lost, a database that is not there."""

MEANING: dict[type[directory.DirectoryError], type[errors.ScimError]] = {
    directory.UserNameTaken: errors.Uniqueness,
    directory.GroupNameTaken: errors.Uniqueness,
    directory.UserNameImmutable: errors.Mutability,
    directory.UnknownMembers: errors.InvalidValue,
}
"""What the directory's refusals are called in SCIM."""

Result = TypeVar("Result")


def attempt(work: Callable[[], Result], name: str) -> Result:
    """Return what the work returns; raise ScimError for whatever goes wrong.

    ``name`` is what the log calls the work, should the fault be ours.
    """
    try:
        return again(work)
    except errors.ScimError:
        raise
    except directory.NotFound as error:
        raise errors.ResourceNotFound(f"Resource {error}") from error
    except directory.DirectoryError as error:
        raise MEANING[type(error)](str(error)) from error
    except TooManyFieldsSent as error:
        raise errors.TooMany("The address has too many parameters.") from error
    except PASSING as error:
        raise unavailable(error, name) from error
    except Exception as error:
        logger.exception("A SCIM request failed: %s", name)
        raise errors.Internal from error


def unavailable(error: Exception, name: str) -> errors.Unavailable:
    """Return what the caller is told of a fault that passes; the log has the cause."""
    logger.error("A SCIM request has to be repeated: %s: %s", name, str(error).strip())
    return errors.Unavailable()


def again(work: Callable[[], Result]) -> Result:
    """Return what the work returns; the work must be one transaction, or begin with it."""
    for _turn in range(ATTEMPTS - 1):
        try:
            return work()
        except PASSING:
            if transaction.get_connection().in_atomic_block:
                raise
            # Else the next turn would use what the database has closed.
            connection.close_if_unusable_or_obsolete()
    return work()
