"""What stands around the field in which an answer is written: the draft that was kept, advice, the citizen's phone."""

from collections.abc import Sequence
from typing import Any

from admin.pages import Pages
from intake.accounts.staff import ANSWERERS, Member, Role
from intake.answers.approving import goes_to_head
from intake.answers.attaching import FILES_MAX, list_attached
from intake.answers.blanks import find_blanks
from intake.answers.bulk_members import find_shared
from intake.answers.drafts import APART, Draft, Kept, list_drafts
from intake.answers.previewing import preview_answer
from intake.answers.templates import list_usable
from intake.database import reading
from intake.triage.referral_views import ReferralView


def open_editor(pages: Pages, member: Member, view: ReferralView, written: str | None) -> dict[str, Any]:
    """For the referral's page. `written`: what was just sent and refused; None: the draft that was kept, the own one
    or a colleague's, if that one is not being written at this moment."""
    if not view.may_answer or member.role not in ANSWERERS or is_at_head(view, member):
        return {}
    drafts = list_drafts(pages.office, member, view.id)
    first = next(iter(drafts), None)
    shown = first if written is None and first and not first.is_writing else None
    text = shown.text if shown else written or ""
    return {
        "draft": text,
        "shown": shown,
        "others": [one for one in drafts if not one.is_own and one is not shown],
        "templates": list_usable(pages.office, member, view.id),
        "attached": list_attached(pages.office, member, view.id),
        "files_max": FILES_MAX,
        "shared": _shared(pages, member, view.id),
        "goes_to_head": goes_to_head(pages.office, member, view.agency_key),
        **_beside(pages, member, view.id, text, drafts, kept=None),
    }


def _shared(pages: Pages, member: Member, referral_id: int) -> tuple[int, int] | None:
    with reading(pages.office.sessions) as session:
        return find_shared(session, member, referral_id)


def is_at_head(view: ReferralView, member: Member) -> bool:
    """The agency waits for its head; the office's own staff may still answer."""
    return member.role == Role.LIAISON and view.approval is not None and view.approval.is_waiting


def show_beside(pages: Pages, member: Member, referral_id: int, text: str, kept: Kept) -> dict[str, Any]:
    """For what is shown anew at each pause in typing. `kept`: what became of the text."""
    return _beside(pages, member, referral_id, text, list_drafts(pages.office, member, referral_id), kept=kept)


def _beside(
    pages: Pages, member: Member, referral_id: int, text: str, drafts: Sequence[Draft], *, kept: Kept | None
) -> dict[str, Any]:
    return {
        "referral_id": referral_id,
        "said": preview_answer(pages.office, member, referral_id, text),
        "advice": pages.office.jurisdiction.plain_language.advise(text),
        "blanks": find_blanks(text),
        "kept": kept,
        "own": next((one for one in drafts if one.is_own), None),
        "writing": [one.author for one in drafts if one.is_writing],
        "again_s": int(APART.total_seconds()),
    }
