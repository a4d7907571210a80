"""What the pages of the configuration share: how an act ends, and what a form of versions shows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Form, Path

from admin.pages import Pages
from admin.portal.answers import tidy
from intake.accounts.staff import Member, Role
from intake.configuration.changing import go_back
from intake.configuration.drafts import REASON_MAX
from intake.configuration.in_force import Subject
from intake.configuration.versions import OWN, REASON_MIN, Version, give_verdict, number_in_force
from intake.errors import FormRefused, NotAllowed, Stale

REASON_LIMITS = {"reason_min": REASON_MIN, "reason_max": REASON_MAX}
Text = Annotated[str, Form(max_length=1200)]
Number = Annotated[int, Form(ge=0, le=2**31 - 1)]
VersionNumber = Annotated[int, Path(ge=0, le=2**31 - 1)]


def find_fault(act: Callable[[], object], refused: str, stale: str) -> str | None:
    """The sentence that says why, None when it went well. `refused`: before the fault's own word."""
    try:
        act()
    except FormRefused as error:
        return f"{refused}{error.fault}"
    except Stale:
        return stale
    return None


def find_thing_fault(act: Callable[[], object]) -> str | None:
    """As `find_fault`, of what is no sentence."""
    return find_fault(act, "things.fault_", "things.stale")


@dataclass(frozen=True)
class Return:
    """The form that puts an earlier version in force. `vigente`: the newest one, as the page showed it."""

    version: VersionNumber
    motivo: Text = ""
    vigente: Number = 0

    def find_fault(self, pages: Pages, member: Member, subject: Subject, key: str) -> str | None:
        """None when it is in force, or waits for a second person."""
        reason = tidy(self.motivo)
        return find_thing_fault(lambda: go_back(pages.office, member, subject, key, self.version, reason, self.vigente))


Asked = Annotated[Return, Depends()]


def find_verdict_fault(pages: Pages, member: Member, version: int, stale: str, *, is_confirmed: bool) -> str | None:
    """As `find_fault`, of a second person's word."""
    try:
        give_verdict(pages.office, member, version, is_confirmed=is_confirmed)
    except NotAllowed:
        return "words.same_person"
    except Stale:
        return stale
    return None


def verdict_done(is_confirmed: bool) -> str:
    return "done.sentence_seconded" if is_confirmed else "done.sentence_refused"


def rights_of(member: Member) -> dict[str, Any]:
    return {
        "may_act": member.role == Role.ADMINISTRATOR,
        "may_second": member.role in (Role.ADMINISTRATOR, Role.OFFICER),
        **REASON_LIMITS,
    }


def shown_versions(versions: Sequence[Version]) -> dict[str, Any]:
    return {
        "versions": versions,
        "in_force": number_in_force(versions),
        "newest": versions[0].number if versions else OWN,
        **REASON_LIMITS,
    }
