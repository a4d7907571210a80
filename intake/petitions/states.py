"""The lifecycle: one table of allowed moves, the five words that a citizen sees, and the slowest matter's rule.

Source: facts/domain §6.3. A person makes every move except RECIBIDA and NOTIFICADA.
"""

from collections.abc import Iterable
from enum import StrEnum

from intake.errors import MoveRefused


class Status(StrEnum):
    RECIBIDA = "RECIBIDA"
    EN_ACLARACION = "EN_ACLARACION"
    CLASIFICADA = "CLASIFICADA"
    TURNADA = "TURNADA"
    ACEPTADA = "ACEPTADA"
    DEVUELTA = "DEVUELTA"
    EN_ATENCION = "EN_ATENCION"
    RESPONDIDA = "RESPONDIDA"
    NOTIFICADA = "NOTIFICADA"
    CONCLUIDA = "CONCLUIDA"
    REABIERTA = "REABIERTA"
    REMITIDA = "REMITIDA"
    ORIENTADA = "ORIENTADA"
    ACUMULADA = "ACUMULADA"
    DESISTIDA = "DESISTIDA"
    NO_PETICION = "NO_PETICION"


S = Status
SIDE_EXITS = frozenset({S.ORIENTADA, S.ACUMULADA, S.DESISTIDA, S.NO_PETICION})
MOVES: dict[Status, frozenset[Status]] = {
    S.RECIBIDA: frozenset({S.EN_ACLARACION, S.CLASIFICADA}) | SIDE_EXITS,
    S.EN_ACLARACION: frozenset({S.CLASIFICADA, S.CONCLUIDA}) | SIDE_EXITS,
    S.CLASIFICADA: frozenset({S.TURNADA, S.REMITIDA}) | SIDE_EXITS,
    S.TURNADA: frozenset({S.CLASIFICADA, S.ACEPTADA, S.DEVUELTA, S.RESPONDIDA, S.DESISTIDA}),
    S.REMITIDA: frozenset({S.CLASIFICADA, S.ACEPTADA, S.DEVUELTA, S.RESPONDIDA, S.NOTIFICADA, S.DESISTIDA}),
    S.ACEPTADA: frozenset({S.EN_ATENCION, S.RESPONDIDA, S.DEVUELTA, S.DESISTIDA}),
    S.EN_ATENCION: frozenset({S.RESPONDIDA, S.DEVUELTA, S.DESISTIDA}),
    S.DEVUELTA: frozenset({S.CLASIFICADA}) | SIDE_EXITS,
    S.RESPONDIDA: frozenset({S.NOTIFICADA, S.CONCLUIDA, S.REABIERTA}),
    S.NOTIFICADA: frozenset({S.CONCLUIDA, S.REABIERTA}),
    S.CONCLUIDA: frozenset({S.REABIERTA}),
    S.REABIERTA: frozenset({S.CLASIFICADA, S.EN_ATENCION, S.DESISTIDA}),
    S.ORIENTADA: frozenset({S.CONCLUIDA, S.REABIERTA}),
    S.ACUMULADA: frozenset({S.CLASIFICADA, S.CONCLUIDA, S.REABIERTA, S.DESISTIDA}),  # officer; then its citizen
    S.DESISTIDA: frozenset({S.REABIERTA}),
    S.NO_PETICION: frozenset({S.RECIBIDA}),
}
NEEDS_TRIAGE = frozenset({S.RECIBIDA, S.EN_ACLARACION, S.CLASIFICADA, S.DEVUELTA, S.REABIERTA})
WITH_AGENCY = frozenset({S.TURNADA, S.REMITIDA, S.ACEPTADA, S.EN_ATENCION})
ANSWERED = frozenset({S.RESPONDIDA, S.NOTIFICADA})
CLOSED = frozenset({S.CONCLUIDA}) | SIDE_EXITS
OPEN_REFERRALS = ("issued", "accepted")  # states of a referral that its agency has not answered or given back


class CitizenWord(StrEnum):
    """What the citizen reads, by the names of the message catalogue (`status.<name>`)."""

    RECEIVED = "received"
    IN_REVIEW = "in_review"
    WITH_AGENCY = "with_agency"
    ANSWERED = "answered"
    CLOSED = "closed"


def check_move(now: Status, then: Status) -> None:
    """Raises MoveRefused when the lifecycle has no such move."""
    if then not in MOVES[now]:
        raise MoveRefused(f"{now} → {then}")


def citizen_word(status: Status) -> CitizenWord:
    if status == S.RECIBIDA:
        return CitizenWord.RECEIVED
    if status in NEEDS_TRIAGE:
        return CitizenWord.IN_REVIEW
    if status in WITH_AGENCY:
        return CitizenWord.WITH_AGENCY
    return CitizenWord.ANSWERED if status in ANSWERED else CitizenWord.CLOSED


def slowest(statuses: Iterable[Status]) -> Status:
    """The petition's status: that of the matter which is farthest from its end."""
    phases = (NEEDS_TRIAGE, WITH_AGENCY, ANSWERED, CLOSED)
    order = list(Status)
    return min(statuses, key=lambda s: (next(n for n, phase in enumerate(phases) if s in phase), order.index(s)))
