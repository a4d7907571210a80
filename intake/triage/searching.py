"""«Buscar»: petitions by folio, words and filters, newest first, with what answered marked. Read only.

Words are found as they sound, in any form; where none is found so, near misses are. The office's own staff look
through all, a liaison through the referrals of the own agency; a sensitive matter is found and not shown.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from bot.messages import ChannelName
from intake.accounts.staff import OVERSEERS, Member
from intake.carrying.old_folios import find_by_words
from intake.clock import utc_now
from intake.database import found_by_words
from intake.office import Office
from intake.petitions.folio import LOOK_ALIKE, find_folios
from intake.petitions.states import Status
from intake.tables.citizens import Conversation
from intake.tables.petitions import Matter, Petition, Referral
from intake.thinking.facts import place_name
from intake.triage.lists import PAGE, WORDS_MAX, Page
from intake.triage.marks import flags_of
from intake.triage.search_words import Piece, asked_of, mark, units_of
from nlp.masks import mask

FOLIO = re.compile(r"[0-9A-Z][0-9A-Z\s\-–—]{1,22}[0-9A-Z]")
FOLIO_MIN, NUMBER_MIN = 3, 5  # letters of a part of a folio; of one that could be a number of anything
BEFORE = 60  # letters that are shown before what was found
NEAR = "c"  # begins the key of a page of near misses
CHANNELS = tuple(channel.value for channel in (ChannelName.WHATSAPP, ChannelName.TELEGRAM, ChannelName.DESK))


@dataclass(frozen=True)
class Search:
    """What is looked for; empty: anything. `clave`: of a municipality; `since`, `until`: days, both included;
    `after`: the last row of the page before."""

    words: str = ""
    status: str = ""
    agency: str = ""
    clave: str = ""
    channel: str = ""
    since: date | None = None
    until: date | None = None
    after: str = ""

    @property
    def is_empty(self) -> bool:
        return not any((self.words, self.status, self.agency, self.clave, self.channel, self.since, self.until))


@dataclass(frozen=True)
class FoundRow:
    """`pieces` None: not to be read in a list. `why`: folio, words, near or filter. `referral_id`: the liaison's."""

    key: str
    folio: str
    referral_id: int | None
    status: Status
    opened_at: datetime
    place: str | None
    pieces: tuple[Piece, ...] | None
    flags: tuple[str, ...]
    emergency: str | None
    why: str


@dataclass(frozen=True)
class Asked:
    """One way in which the words are taken."""

    why: str
    ids: list[int]
    stems: tuple[str, ...] = ()

    @property
    def is_near(self) -> bool:
        return self.why == "near"


def search(session: Session, office: Office, member: Member, wish: Search) -> Page[FoundRow]:
    """A page; an unknown filter finds nothing, an unknown key means the beginning."""
    asked = _ask(session, office, member, wish)
    rows = [_row(session, office, member, petition_id, asked) for petition_id in asked.ids[:PAGE]]
    return Page(tuple(rows), rows[-1].key if len(asked.ids) > PAGE else None)


def _ask(session: Session, office: Office, member: Member, wish: Search) -> Asked:
    """By folio if any has that part; else by words; else, on the first page, by near misses."""
    among = [*_filters(office, wish), *_own(member)]
    page = _before(wish.after)
    if not wish.words:
        return Asked("filter", _ids(session, select(Petition.id), [*among, *page]))
    if old := find_by_words(session, wish.words):
        return Asked("folio", _ids(session, select(Petition.id), [Petition.id.in_(old), *among, *page]))
    if (folio := _folio(wish.words)) is not None and (
        ids := _ids(session, select(Petition.id), [folio, *among, *page])
    ):
        return Asked("folio", ids)
    stems = asked_of(wish.words)
    if not stems:
        return Asked("words", [])
    for why, is_near in (("words", False), ("near", True)):
        if not is_near and wish.after.startswith(NEAR):
            continue
        ids = _ids(session, _of_words(session, stems, is_near=is_near), [*among, *page])
        if ids or wish.after:
            return Asked(why, ids, stems)
    return Asked("near", [], stems)


def _of_words(session: Session, stems: Sequence[str], *, is_near: bool) -> Select[int]:
    found = found_by_words(session, [units_of(key, is_near=is_near) for key in stems])
    (own,) = found.selected_columns
    return found.join_from(found.get_final_froms()[0], Petition, Petition.id == own).order_by(own.desc())


def _ids(session: Session, wanted: Select[int], conditions: Sequence[ColumnElement[bool]]) -> list[int]:
    (own,) = wanted.selected_columns
    return list(session.scalars(wanted.where(*conditions).order_by(None).order_by(own.desc()).limit(PAGE + 1)))


def _folio(words: str) -> ColumnElement[bool] | None:
    """Part of a folio, however it was written; None for what is none. A whole one is looked up, a part looked for."""
    upper = words.upper().strip()
    if not FOLIO.fullmatch(upper):
        return None
    (mention, *more) = find_folios(upper) or (None,)
    if mention and mention.is_checked and not more:
        return and_(Petition.folio_part == mention.part, Petition.folio.contains(f"-{mention.year}-"))
    part = re.sub(r"[^0-9A-Z]", "", upper)
    least = NUMBER_MIN if part.isdigit() else FOLIO_MIN
    is_word = part.isalpha() and (len(part) < NUMBER_MIN or "-" not in upper)
    if len(part) < least or is_word:
        return None
    whole = func.replace(Petition.folio, "-", "")
    return or_(whole.contains(part, autoescape=True), whole.contains(part.translate(LOOK_ALIKE), autoescape=True))


def _filters(office: Office, wish: Search) -> list[ColumnElement[bool]]:
    zone, found = office.jurisdiction.zone, []
    if wish.status:
        found.append(Petition.status == wish.status)
    if wish.agency:
        found.append(select(Matter.id).where(Matter.petition_id == Petition.id, Matter.agency == wish.agency).exists())
    if wish.clave:
        found.append(Petition.municipality == wish.clave)
    if wish.channel:
        chat = select(Conversation.id).where(Conversation.channel == wish.channel)
        found.append(chat.where(Conversation.id == Petition.conversation_id).exists())
    if wish.since:
        found.append(Petition.opened_at >= datetime.combine(wish.since, time(), zone))
    if wish.until and wish.until < date.max:
        found.append(Petition.opened_at < datetime.combine(wish.until + timedelta(days=1), time(), zone))
    return found


def _own(member: Member) -> list[ColumnElement[bool]]:
    """A liaison finds what the own agency has or had and did not give back, once it has left the office."""
    return [] if member.role in OVERSEERS else [_referred(member).exists()]


def _referred(member: Member) -> Select[int]:
    own = select(Referral.id).join(Matter, Matter.id == Referral.matter_id).where(Matter.petition_id == Petition.id)
    is_here = Referral.state.in_(("issued", "accepted", "answered"))
    has_left = or_(Referral.leaves_at.is_(None), Referral.leaves_at <= utc_now())
    return own.where(Referral.agency == member.agency, is_here, has_left)


def _before(key: str) -> list[ColumnElement[bool]]:
    number = key.lstrip(NEAR + "p")
    return [Petition.id < min(int(number), 2**63 - 1)] if number.isascii() and number.isdigit() else []


def _row(session: Session, office: Office, member: Member, petition_id: int, asked: Asked) -> FoundRow:
    petition = session.get_one(Petition, petition_id)
    referral = None
    if member.role not in OVERSEERS:
        own = _referred(member).where(Petition.id == petition_id).select_from(Referral).order_by(Referral.id.desc())
        referral = session.scalars(own.limit(1)).first()
    hidden = () if referral is None else ("returned", "reopened")
    return FoundRow(
        key=f"{NEAR if asked.is_near else 'p'}{petition_id}",
        folio=petition.folio,
        referral_id=referral,
        status=Status(petition.status),
        opened_at=petition.opened_at,
        place=place_name(office, petition),
        pieces=None if petition.is_sensitive else _pieces(session, petition, asked),
        flags=tuple(flag for flag in flags_of(petition) if flag not in hidden),
        emergency=petition.emergency,
        why=asked.why,
    )


def _pieces(session: Session, petition: Petition, asked: Asked) -> tuple[Piece, ...]:
    """From a little before what was found on, as much as a list shows."""
    texts = [*session.scalars(select(Matter.text).where(Matter.petition_id == petition.id).order_by(Matter.id))]
    line = " ".join(mask(" · ".join([*texts, *filter(None, [petition.place_text])])).split())
    pieces = mark(line, asked.stems, is_near=asked.is_near)
    start = max(0, len(pieces[0].text) - BEFORE) if len(pieces) > 1 and not pieces[0].is_found else 0
    start = line.find(" ", start) + 1 if start else 0
    cut = line[start : start + WORDS_MAX]
    shown = ("… " if start else "") + cut + ("…" if start + WORDS_MAX < len(line) else "")
    return mark(shown, asked.stems, is_near=asked.is_near)
