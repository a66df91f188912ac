"""What became of the users and their mails: figures, and what must not have happened."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from audit import events
from audit.models import Event
from bench.faults.mail_server import Accepted
from bench.faults.push import Tally
from bench.faults.sabotage import Fault
from scim_provisioning.directory.models import User
from scim_provisioning.invitations.models import Invitation

KILLED, UNTOLD = "its worker was killed", "the server was"


@dataclass
class Verdict:
    """Figures in their order, and the invariants that are broken."""

    figures: dict[str, object] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def expect(self, name: str, value: object, wanted: object) -> None:
        """Note a figure that must have one value."""
        self.figures[name] = value
        if value != wanted:
            self.broken.append(f"{name}: {value} instead of {wanted}")


def judge(users: int, tally: Tally, mails: list[Accepted], faults: list[Fault]) -> Verdict:
    """Compare what the provider was told, what the database holds and what left."""
    verdict = Verdict()
    _judge_requests(verdict, users, tally)
    _judge_rows(verdict, users)
    _judge_mails(verdict, users, mails, faults)
    return verdict


def _judge_requests(verdict: Verdict, users: int, tally: Tally) -> None:
    ids = {name: str(key) for name, key in User.objects.values_list("user_name", "id")}
    lost = sum(ids.get(name) != key for name, key in tally.acknowledged.items())
    verdict.figures["requests answered"] = f"{sum(tally.answers.values()):,}"
    verdict.figures["  of them 503, tried again"] = tally.answers[503]
    verdict.figures["  slowest 503"] = f"{tally.slowest_503:.1f} s"
    verdict.figures["  slowest success"] = f"{tally.slowest_success:.1f} s"
    verdict.figures["requests cut"] = tally.cut
    verdict.expect("answers that were no clean SCIM error", len(tally.unclean), 0)
    verdict.broken += tally.unclean[:5]
    verdict.figures["POSTs acknowledged"] = len(tally.acknowledged)
    verdict.figures["POSTs done whose answer was lost"] = len(tally.found)
    verdict.expect("acknowledged users lost", lost, 0)
    verdict.expect("users", len(ids), users)


def _judge_rows(verdict: Verdict, users: int) -> None:
    rows = Counter(Invitation.objects.values_list("user_id", flat=True))
    verdict.expect("users with exactly one invitation", sum(n == 1 for n in rows.values()), users)
    statuses = Counter(Invitation.objects.values_list("status", flat=True))
    verdict.expect("invitations sent", statuses["sent"], users)
    sent = Event.objects.filter(event=events.INVITATION_SENT.key)
    verdict.expect("events of invitations sent", sent.count(), users)
    verdict.figures["invitations that took several tries"] = Invitation.objects.filter(
        attempts__gt=1
    ).count()


def _judge_mails(verdict: Verdict, users: int, mails: list[Accepted], faults: list[Fault]) -> None:
    invited: dict[str, list[Accepted]] = defaultdict(list)
    for mail in mails:
        invited[mail.recipient].append(mail)
    addresses = set(User.objects.values_list("email", flat=True))
    verdict.figures["mails accepted"] = f"{len(mails):,}"
    verdict.expect("users without a mail", len(addresses - invited.keys()), 0)
    verdict.expect("mails to anybody else", len(invited.keys() - addresses), 0)
    again = [same for same in invited.values() if len(same) > 1]
    verdict.figures["users with a second mail"] = len(again)
    ids = sum(len({mail.message_id for mail in same}) > 1 for same in again)
    verdict.expect("  of them with another Message-ID", ids, 0)
    killed = {process for fault in faults for process in fault.killed}
    last = {mail.line: mail for mail in mails}
    causes = Counter(_cause(mail, killed, last) for same in again for mail in same[:-1])
    for cause in (KILLED, UNTOLD):
        verdict.figures[f"  {cause} before it was noted"] = causes[cause]
    verdict.expect("  for no such reason", causes[""], 0)


def _cause(mail: Accepted, killed: set[int], last: dict[str, Accepted]) -> str:
    """Return why a mail that was accepted had to be sent again; "" for no good reason.

    Only the last mail of a line can be without a note when the process at either end dies.
    """
    if last[mail.line] != mail:
        return ""
    if mail.sender in killed:
        return KILLED
    return "" if mail.is_told else UNTOLD
