"""How staff act on a petition: one transaction that holds its conversation, as the worker does, then wakes senders."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from bot.dialogue import step
from bot.events import Event
from bot.known import Facts
from bot.notices import News
from bot.state import state_from_json, state_to_json
from bot.texts import Catalogue
from bot.turn import Turn
from intake.accounts.staff import Member, Role
from intake.clock import utc_now
from intake.errors import NotAllowed, Stale
from intake.failpoints import pass_point
from intake.office import Office
from intake.outgoing.reaching import find_chat
from intake.petitions.case import get_petition
from intake.tables.citizens import Conversation
from intake.tables.petitions import Petition
from intake.thinking.effects import Moment, carry_out

DECIDERS = frozenset({Role.OFFICER, Role.ADMINISTRATOR})


@contextmanager
def acting(
    office: Office, folio: str, version: int | None = None, *, beside: Iterable[str] = (), only_notes: bool = False
) -> Iterator[tuple[Moment, Petition]]:
    """One transaction on a petition, its conversation locked; commits. `beside`: others that are written to.
    `only_notes`: that somebody read it, which a petition whose data are blocked bears too.

    Raises NotFound, NotAllowed for one whose data are blocked, Stale when the petition is not of that version any more.
    """
    try:
        with office.sessions.begin() as session:
            folios = {folio, *beside}
            ids = sorted({get_petition(session, one).conversation_id for one in folios})  # in one order: no deadlock
            locked = select(Conversation).where(Conversation.id.in_(ids)).order_by(Conversation.id).with_for_update()
            conversations = {conversation.id: conversation for conversation in session.scalars(locked)}
            petition = get_petition(session, folio)
            session.refresh(petition)
            if petition.is_blocked and not only_notes:
                raise NotAllowed(f"the data of {folio} are blocked")
            if version is not None and petition.version != version:
                raise Stale(f"{folio} changed while the page was open")
            yield Moment(session, office, conversations[petition.conversation_id], utc_now(), source=""), petition
            session.flush()
            pass_point("office.written")
    except StaleDataError as error:
        raise Stale(f"{folio} changed at the same moment") from error
    pass_point("office.committed")
    office.wake.now()


def tell(
    moment: Moment, event: Event, source: str, *, after: timedelta = timedelta(0), texts: Catalogue | None = None
) -> None:
    """Let the dialogue say it, `after` a while, so that it knows what the citizen's next «sí» is about. News of a
    petition reach the person in the one of their linked chats where they are (`reaching`). `texts`: of the person's
    own language (`petitions.tongues`); None: the office's."""
    conversation = moment.conversation
    if isinstance(event, News):
        conversation = find_chat(moment.session, get_petition(moment.session, event.folio))
        moment.session.refresh(conversation, with_for_update=True)
    turn = turn_of(moment.office, conversation, event, moment.now, texts)
    conversation.state = state_to_json(turn.state)
    later = turn.saying(lambda say: replace(say, after=after))
    carry_out(Moment(moment.session, moment.office, conversation, moment.now, source), later.effects)


def turn_of(
    office: Office, conversation: Conversation, event: Event, now: datetime, texts: Catalogue | None = None
) -> Turn:
    """What the dialogue says to it in that chat; nothing is changed."""
    local = now.astimezone(office.jurisdiction.zone)
    return step(state_from_json(conversation.state), event, Facts(now=local), texts or office.texts)


def require(member: Member, roles: frozenset[Role]) -> None:
    """Raises NotAllowed."""
    if member.role not in roles:
        raise NotAllowed(f"{member.role} may not do this")


def actor_of(member: Member) -> str:
    return f"staff:{member.id}"
