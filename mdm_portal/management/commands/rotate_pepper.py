"""``manage.py rotate_pepper``: a new TOKEN_PEPPER, and no identity provider loses a call."""

from collections import Counter
from typing import Any, ClassVar

from django.conf import settings
from django.core.management.base import CommandParser

from mdm_portal import peppers
from mdm_portal.management.actions import ActionCommand
from mdm_portal.management.tables import table
from scim_provisioning.tokens.secrets import mark_of

STEPS = """\
New pepper: {pepper}

1. Where several servers share the work: set TOKEN_PEPPER_NEXT to it on each, restart them in turn.
2. On each: TOKEN_PEPPER to the new one, TOKEN_PEPPER_PREVIOUS to what it was; restart in turn.
   Each token follows by itself with its next call.
3. `rotate_pepper status` until no token hangs on the pepper before; `rotate_pepper finish`.
4. Take TOKEN_PEPPER_PREVIOUS and TOKEN_PEPPER_NEXT away, restart, destroy the old pepper."""
WRITTEN = """\
{file} holds the new pepper and, as TOKEN_PEPPER_PREVIOUS, the one before.
Stop `up` and start it again. Each token follows by itself with its next call.
Then: `rotate_pepper status`, and `rotate_pepper finish` when no token hangs on the one before."""


class Command(ActionCommand):
    """Tells where a rotation stands, begins one and ends it."""

    help = "Replace the pepper that the digests of all tokens are keyed with, step by step."
    refusals: ClassVar = (peppers.PepperError,)

    def add_arguments(self, parser: CommandParser) -> None:
        """Add one sub-command for each step."""
        super().add_arguments(parser)
        self.add_action("status", "tell which token hangs on which pepper")
        made = self.add_action("new", "make a new pepper and print the steps")
        made.add_argument(
            "--write", action="store_true", help="put it into the secrets.json of `up`"
        )
        ended = self.add_action("finish", "remove the tokens that still hang on the pepper before")
        ended.add_argument("--yes", action="store_true", help="do not ask")

    def on_status(self, _options: dict[str, Any]) -> None:
        """Print every token with its pepper."""
        found = peppers.holds()
        left = sum(hold.would_end for hold in found)
        rotating = bool(settings.TOKEN_PEPPER_PREVIOUS)
        data = {
            "pepper": mark_of(settings.TOKEN_PEPPER),
            "rotating": rotating,
            "left": left,
            "tokens": [_described(hold) for hold in found],
        }
        heads = ("Kind", "Token", "Of", "Pepper")
        rows = ((hold.kind, f"{hold.prefix}…", hold.owner, hold.pepper) for hold in found)
        self.emit(data, f"{table('Tokens', heads, rows)}\n\n{_verdict(left, rotating)}")

    def on_new(self, options: dict[str, Any]) -> None:
        """Make a pepper; keep it where ``up`` does, if that is asked for."""
        pepper = peppers.new_pepper()
        if options["write"]:
            file = peppers.write(pepper)
            self.emit({"file": str(file)}, WRITTEN.format(file=file))
        else:
            self.emit({"pepper": pepper}, STEPS.format(pepper=pepper))

    def on_finish(self, options: dict[str, Any]) -> None:
        """End what hangs on the pepper before, once that is confirmed."""
        left = [hold for hold in peppers.holds() if hold.would_end]
        if left:
            names = ", ".join(f"{hold.prefix}… ({hold.owner})" for hold in left)
            self.confirm(f"These were not used since and end for good: {names}. Go on?", options)
        ended = peppers.finish(actor=self.actor)
        file = peppers.forget_previous()
        place = f"It was taken out of {file}" if file else "Take TOKEN_PEPPER_PREVIOUS away"
        kinds = Counter(hold.kind for hold in ended)
        self.emit(
            {"ended": [_described(hold) for hold in ended], "file": str(file) if file else None},
            f"Ended: {kinds[peppers.SCIM]} SCIM tokens, {kinds[peppers.API]} API tokens. "
            f"The pepper before is needed no more. {place}, then restart.",
        )


def _described(hold: peppers.Hold) -> dict[str, str]:
    """Return a token for scripts."""
    return {
        "kind": hold.kind,
        "prefix": hold.prefix,
        "owner": hold.owner,
        "pepper": hold.pepper,
    }


def _verdict(left: int, rotating: bool) -> str:
    """Return where the rotation stands."""
    if not rotating:
        return (
            f"No rotation is under way, but {left} tokens hang on a pepper that is not set: set it "
            "as TOKEN_PEPPER_PREVIOUS, or renew them."
            if left
            else "No rotation is under way."
        )
    if left:
        return f"A rotation is under way: {left} still hang on the pepper before."
    return "A rotation is under way and can be finished: `rotate_pepper finish`."
