"""A test of a mail template: one mail to a chosen address, with values of somebody made up."""

from audit.actors import Actor
from scim_provisioning.invitations import mails
from scim_provisioning.invitations.mail_templates import services
from scim_provisioning.invitations.mail_templates.drafts import checked
from scim_provisioning.invitations.mail_templates.values import samples
from scim_provisioning.invitations.mail_templates.wording import Wording
from scim_provisioning.invitations.post import Post, PostError
from scim_provisioning.settings.registry import custom_attribute_names


def send(*, kind: str, language: str, wording: Wording, address: str, actor: Actor) -> None:
    """Hand the mail to the mail server at once; raise Refused, or PostError with its words."""
    checked(wording, language, custom_attribute_names())
    message = mails.written(wording, samples(language), language, address)
    post, words = Post(), ""
    try:
        post.open()
        post.send(message)
    except PostError as error:
        words = str(error)
        raise
    finally:
        post.close()
        services.note_test(kind=kind, language=language, address=address, words=words, actor=actor)
