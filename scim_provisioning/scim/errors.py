"""SCIM errors: one class per scimType of RFC 7644 section 3.12, on django-scim2's exceptions."""

from typing import Any

from django_scim import exceptions

from scim_provisioning.scim import urns


class ScimError(exceptions.SCIMException):  # type: ignore[misc]
    """An error that the client reads: status, scimType and a sentence."""

    status = 400
    scim_type: str | None = None
    sentence = "The request could not be understood."

    def __init__(self, detail: str | None = None) -> None:
        """Say what is wrong, else the class's own sentence."""
        self.detail = detail or self.sentence
        super().__init__(self.detail)

    def to_dict(self) -> dict[str, Any]:
        """Return the Error body (RFC 7644 section 3.12); the status is a text there."""
        body: dict[str, Any] = {"schemas": [urns.ERROR], "status": str(self.status)}
        if self.scim_type:
            body["scimType"] = self.scim_type
        body["detail"] = self.detail
        return body


class InvalidFilter(ScimError):
    """The filter is malformed, or compares what cannot be compared."""

    scim_type = "invalidFilter"
    sentence = "The filter is not valid."


class TooMany(ScimError):
    """The request asks for more than the service allows."""

    scim_type = "tooMany"
    sentence = "The request asks for more than the service allows."


class Uniqueness(ScimError):
    """A value that must be unique is taken."""

    status = 409
    scim_type = "uniqueness"
    sentence = "A value that must be unique is already in use."


class Conflict(ScimError):
    """What an operation refers to does not exist, or not yet (RFC 7644 section 3.7.1)."""

    status = 409
    sentence = "The request conflicts with another one."


class Mutability(ScimError):
    """An attribute that cannot change would change."""

    scim_type = "mutability"
    sentence = "The attribute cannot be changed."


class InvalidSyntax(ScimError):
    """The body is no JSON object of the expected shape."""

    scim_type = "invalidSyntax"
    sentence = "The body is not valid."


class InvalidPath(ScimError):
    """The path of a PATCH operation is malformed or names nothing."""

    scim_type = "invalidPath"
    sentence = "The path is not valid."


class NoTarget(ScimError):
    """The path of a PATCH operation matches nothing."""

    scim_type = "noTarget"
    sentence = "The path matches no value."


class InvalidValue(ScimError):
    """A value is missing or of the wrong type."""

    scim_type = "invalidValue"
    sentence = "The value is not valid."


class InvalidCursor(ScimError):
    """The cursor is not one of ours, or belongs to another query (RFC 9865)."""

    scim_type = "invalidCursor"
    sentence = "The cursor is not valid for this query."


class ExpiredCursor(ScimError):
    """The cursor is too old (RFC 9865)."""

    scim_type = "expiredCursor"
    sentence = "The cursor has expired: start again."


class InvalidCount(ScimError):
    """The page size is no number (RFC 9865)."""

    scim_type = "invalidCount"
    sentence = "The count is not valid."


class Unauthorized(ScimError):
    """No token, or none that is good."""

    status = 401
    sentence = "The bearer token is missing, unknown, inactive or expired."


class ResourceNotFound(ScimError):
    """There is no such resource or endpoint."""

    status = 404

    def __init__(self, name: str) -> None:
        """Name what is not there."""
        super().__init__(f"{name} was not found.")


class MethodNotAllowed(ScimError):
    """The endpoint does not know the method."""

    status = 405
    sentence = "The method is not allowed here."


class PreconditionFailed(ScimError):
    """The resource has changed since the client read it (RFC 7644 section 3.14)."""

    status = 412
    sentence = "The resource has changed meanwhile."


class PayloadTooLarge(ScimError):
    """The body is larger than the service reads."""

    status = 413
    sentence = "The body is too large."


class UnsupportedMediaType(ScimError):
    """The body is not announced as JSON."""

    status = 415
    sentence = "Send application/scim+json or application/json."


class NotImplementedHere(ScimError):
    """The service does not offer this."""

    status = 501
    sentence = "The service does not offer this."


class Forbidden(ScimError):
    """The request is understood and refused."""

    status = 403
    sentence = "This is not allowed."


class Internal(ScimError):
    """A fault of ours; the log has the cause."""

    status = 500
    sentence = "The service failed. Its log says why."


class Unavailable(ScimError):
    """The database does not answer, or turned the work back: it may be repeated."""

    status = 503
    sentence = "The service cannot do this just now. Send the request again."
