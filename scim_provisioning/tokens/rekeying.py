"""Digests follow a new pepper when their secrets are shown: nobody else knows the secrets."""

from django.db import transaction

from audit import events
from audit.actors import Actor
from audit.services import Change, Subject, record
from scim_provisioning.providers import PROVIDERS
from scim_provisioning.tokens.models import ScimToken
from scim_provisioning.tokens.secrets import digest_of, split


def rekey(token: ScimToken, secret: str, column: str) -> None:
    """Replace a digest, once however many processes try, and have the token in hand know it.

    A digest of an older release that has no mark yet gets it without a word in the trail.
    """
    before, after = getattr(token, column), digest_of(secret)
    with transaction.atomic():
        rows = ScimToken.objects.filter(id=token.id, **{column: before})
        if rows.update(**{column: after}) and is_news(before, after):
            record(
                events.SCIM_TOKEN_REKEYED,
                actor=Actor.system(),
                subject=Subject("token", str(token.id), token.prefix),
                provider=token.provider,
                details=PROVIDERS[token.provider].full_name,
                changes=[pepper_change(before, after)],
            )
    setattr(token, column, after)


def is_news(before: str, after: str) -> bool:
    """Tell whether two digests of one secret differ in more than the mark."""
    return split(before)[1] != split(after)[1]


def pepper_change(before: str, after: str) -> Change:
    """Return what the trail says of a new digest: which pepper it hangs on, by its mark."""
    return Change(attribute="pepper", before=split(before)[0] or None, after=split(after)[0])
