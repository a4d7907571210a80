"""What a citizen would get of an answer that is being written. Called by the admin; changes nothing."""

from bot.effects import Reserve, Say
from bot.events import Answered
from bot.notices import tell
from bot.state import State
from intake.database import reading
from intake.dossier import find_referral
from intake.office import Office
from intake.staff import Member


def preview_answer(office: Office, member: Member, referral_id: int, text: str) -> tuple[str, ...]:
    """The messages that the citizen will get, said by the dialogue itself, with their choices as lines."""
    with reading(office.sessions) as session:
        petition, referral = find_referral(session, member, referral_id)
    agency = office.jurisdiction.get_agency(referral.agency)
    turn = tell(State(), Answered(petition.folio, agency.name, text, petition.is_sensitive), office.texts)
    kept = [effect.say if isinstance(effect, Reserve) else effect for effect in turn.effects]
    said = [effect for effect in kept if isinstance(effect, Say)]
    return tuple("\n".join([say.text, *(f"▸ {choice.label}" for choice in say.choices)]) for say in said)
