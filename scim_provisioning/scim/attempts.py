"""Work that may fail: tried again after a deadlock, and every fault told as a SCIM error.

A database that is out is not tried again here: whoever waits for it has waited long enough, and
whether a cut COMMIT took place only the client can find out, by asking again.
"""

import logging
from collections.abc import Callable
from typing import TypeVar

from django.core.exceptions import TooManyFieldsSent
from django.db import InterfaceError, InternalError, OperationalError, transaction
from psycopg.errors import DeadlockDetected, SerializationFailure

from scim_provisioning.directory import errors as directory
from scim_provisioning.scim import errors

logger = logging.getLogger(__name__)
ATTEMPTS = 3
"""Work that the database turned back for a deadlock is tried so often."""

MEANING: dict[type[directory.DirectoryError], type[errors.ScimError]] = {
    directory.UserNameTaken: errors.Uniqueness,
    directory.GroupNameTaken: errors.Uniqueness,
    directory.UserNameImmutable: errors.Mutability,
    directory.UnknownMembers: errors.InvalidValue,
}
"""What the directory's refusals are called in SCIM."""

OUT = (InterfaceError, OperationalError, InternalError)
"""What a database says that is out, is going, or only reads as yet: a standby on its way up."""

Result = TypeVar("Result")


def attempt(work: Callable[[], Result], name: str) -> Result:
    """Return what the work returns; raise ScimError for whatever goes wrong.

    ``name`` is what the log calls the work, should the fault be ours.
    """
    try:
        return _again_after_deadlock(work)
    except errors.ScimError:
        raise
    except directory.NotFound as error:
        raise errors.ResourceNotFound(f"Resource {error}") from error
    except directory.DirectoryError as error:
        raise MEANING[type(error)](str(error)) from error
    except TooManyFieldsSent as error:
        raise errors.TooMany("The address has too many parameters.") from error
    except OUT as error:
        logger.warning("A SCIM request met a database that is out: %s: %s", name, error)
        raise errors.Unavailable from error
    except Exception as error:
        logger.exception("A SCIM request failed: %s", name)
        raise errors.Internal from error


def _again_after_deadlock(work: Callable[[], Result]) -> Result:
    """Return what the work returns; the work must be one transaction, or begin with it."""
    for _turn in range(ATTEMPTS - 1):
        try:
            return work()
        except OperationalError as error:
            if not isinstance(error.__cause__, DeadlockDetected | SerializationFailure):
                raise
            if transaction.get_connection().in_atomic_block:
                raise
    return work()
