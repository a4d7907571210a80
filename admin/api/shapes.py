"""What goes over the wire: shapes of the agency's API, made from `intake`'s views. Times are UTC, days the office's."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from intake.systems.agency_turns import TurnRow
from intake.triage.consulting import ConsultationView
from intake.triage.dossier import Dossier
from intake.triage.referral_views import ReferralView
from intake.triage.speech import FileView, Utterance
from nlp.reading import Municipality

FOLIO = "JG-2026-004K7Q-3"


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Place(Shape):
    key: Annotated[str, Field(description="INEGI's key of the municipality.", examples=["20067"])]
    name: Annotated[str, Field(examples=["Oaxaca de Juárez"])]
    region: str


class Turn(Shape):
    """A referral as a line: nothing of what the person wrote."""

    id: Annotated[int, Field(examples=[812])]
    folio: Annotated[str, Field(examples=[FOLIO])]
    state: Annotated[str, Field(description="issued, accepted, answered or returned.", examples=["issued"])]
    is_remission: Annotated[bool, Field(description="Your agency is outside the state executive.")]
    issued_at: datetime
    updated_at: Annotated[datetime, Field(description="The last thing that happened to its petition.")]
    due_on: Annotated[date, Field(description="The last day to answer; it may be past.")]
    days_left: Annotated[int, Field(description="Business days left; negative when it is overdue.")]
    place: Place | None
    flags: Annotated[list[str], Field(description="Marks such as emergency, sensitive, anonymous, minor, paused.")]
    emergency: str | None
    datum: Annotated[str | None, Field(description="asked: you wait for the citizen; came: they answered.")]


class TurnPage(Shape):
    referrals: list[Turn]
    next_after: Annotated[int | None, Field(description="Send it as `after` for the next page; null on the last.")]


class File(Shape):
    """A citizen's file; `path` is null when it is not here or not for you to see (`state`)."""

    id: int
    kind: str
    state: str
    size_bytes: int | None
    sha256: str | None
    transcript: str | None
    path: str | None


class Said(Shape):
    """A message of the petition, identities covered as they are on the liaison's page."""

    at: datetime
    by: Annotated[str, Field(description="citizen or office.")]
    text: str
    delivery: str | None
    is_answer_to_your_question: bool
    is_covered: Annotated[bool, Field(description="Something in it is not shown to agencies.")]
    location: tuple[float, float] | None
    files: list[File]


class Written(Shape):
    """A question or an answer of the agency, and how far it has come."""

    at: datetime
    author: str
    text: str
    delivery: str | None


class Asked(Shape):
    """A question of the agency to another one, and what that one wrote back."""

    agency: Annotated[str, Field(description="Name of the agency that is asked.")]
    at: datetime
    author: str
    question: str
    reply: str | None
    replied_at: datetime | None


class Whole(Turn):
    """One referral with its petition: what the agency's liaison sees, and no more."""

    accepted_at: datetime | None
    returned_at: datetime | None
    return_reason: str | None
    return_agency: str | None
    place_text: str | None
    location: tuple[float, float] | None
    phone: Annotated[str | None, Field(description="Only when the answer did not arrive and somebody has to call.")]
    matters: Annotated[list[str], Field(description="What is asked for, in the person's words.")]
    messages: list[Said]
    questions: Annotated[list[Written], Field(description="Asked of the person.")]
    consultations: Annotated[list[Asked], Field(description="Asked of other agencies.")]
    answers: list[Written]
    together: Annotated[list[str], Field(description="Folios that get the same answer as this one.")]
    can: Annotated[list[str], Field(description="What is possible now: accept, return, ask, extend, answer.")]
    extension_until: Annotated[date | None, Field(description="The new last day, if you ask for the extension.")]


class Return(Shape):
    reason: Annotated[
        str, Field(max_length=6000, examples=["La calle es municipal: le corresponde al ayuntamiento de Etla."])
    ]
    agency: Annotated[str | None, Field(max_length=24, description="Whose it is.", examples=["MUNICIPIO"])] = None


class Ask(Shape):
    question: Annotated[str, Field(max_length=600, examples=["¿Cuál es el número de su contrato de agua?"])]


class Extend(Shape):
    reason: Annotated[
        str, Field(max_length=600, examples=["La refacción de la bomba llega la próxima semana a la ciudad."])
    ]


class Answer(Shape):
    text: Annotated[
        str, Field(max_length=6000, examples=["La cuadrilla reparó la fuga el martes y el agua ya llega a su calle."])
    ]


class AgencyShape(Shape):
    key: str
    name: str
    order: str


def turn_of(row: TurnRow) -> Turn:
    return Turn(**_turn(row))


def whole_of(row: TurnRow, view: ReferralView, dossier: Dossier) -> Whole:
    return Whole(
        **_turn(row),
        accepted_at=view.accepted_at,
        returned_at=view.returned_at,
        return_reason=view.return_reason,
        return_agency=view.return_agency.key if view.return_agency else None,
        place_text=dossier.place_text,
        location=dossier.degrees,
        phone=dossier.phone,
        matters=["".join(piece.text for piece in matter.pieces) for matter in dossier.matters if matter.pieces],
        messages=[_said(one) for one in dossier.speech],
        questions=[Written(at=q.at, author=q.author, text=q.text, delivery=q.delivery) for q in view.inquiries],
        consultations=[_asked(one) for one in view.consultations],
        answers=[Written(at=a.at, author=a.author, text=a.text, delivery=a.delivery) for a in view.answers],
        together=[one.petition.folio for one in dossier.together.followers],
        can=_can(view, dossier),
        extension_until=dossier.could_be_due_on if view.may_answer else None,
    )


def _asked(one: ConsultationView) -> Asked:
    return Asked(
        agency=one.asked,
        at=one.asked_at,
        author=one.author,
        question=one.question,
        reply=one.reply,
        replied_at=one.replied_at,
    )


def _turn(row: TurnRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "folio": row.folio,
        "state": row.state,
        "is_remission": row.is_outside,
        "issued_at": row.issued_at,
        "updated_at": row.updated_at,
        "due_on": row.due_on,
        "days_left": row.days_left,
        "place": _place(row.place),
        "flags": list(row.flags),
        "emergency": row.emergency,
        "datum": row.datum,
    }


def _place(place: Municipality | None) -> Place | None:
    return Place(key=place.clave, name=place.nombre, region=place.region) if place else None


def _can(view: ReferralView, dossier: Dossier) -> list[str]:
    may = {
        "accept": view.may_accept,
        "return": view.may_answer,
        "ask": view.may_ask,
        "extend": view.may_answer and dossier.could_be_due_on is not None,
        "answer": view.may_answer,
    }
    return [name for name, is_so in may.items() if is_so]


def _said(one: Utterance) -> Said:
    return Said(
        at=one.at,
        by="citizen" if one.is_citizens else "office",
        text=one.text,
        delivery=one.delivery,
        is_answer_to_your_question=one.is_datum,
        is_covered=one.is_covered,
        location=one.location,
        files=[_file(file) for file in one.files],
    )


def _file(file: FileView) -> File:
    return File(
        id=file.id,
        kind=file.kind,
        state=file.state,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
        transcript=file.transcript.text if file.transcript else None,
        path=f"/api/v1/files/{file.id}" if file.shown_as else None,
    )
