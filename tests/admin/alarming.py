"""Alerts, studies and a watched programme, as pages show them."""

from datetime import timedelta

from sqlalchemy import select

from intake.accounts.staff import Member
from intake.alerts.cards import Verdict, decide_alert
from intake.clock import utc_now
from intake.office import Office
from intake.studies.programmes import Risk, add_programme, grade
from intake.studies.register import Draft, Kind, add_study
from intake.tables.alerts import Alert
from intake.tables.petitions import Petition
from intake.triage.marks import today_at

TOWN = "20385"


def alarm(office: Office, member: Member) -> int:
    """One that is open, of Xoxocotlán's water, with all petitions there as examples; its number. And one decided."""
    today = today_at(office)
    with office.sessions.begin() as session:
        for row in session.scalars(select(Petition)):
            row.municipality = TOWN
    numbers = [
        _add(office, kind, topic) for kind, topic in (("topic", "salud"), ("conflict", "cierres"), ("topic", "agua"))
    ]
    decide_alert(office, member, numbers[0], Verdict.NO_MERIT, "El surtido ya llegó a la clínica.")
    programme = add_programme(office, member, "Agua para todos", "CEABIEN", today)
    grade(office, member, programme, Risk.HIGH, "Varias colonias sin agua al mismo tiempo.")
    with office.sessions() as session:
        folio = session.scalars(select(Petition.folio).order_by(Petition.id)).first()
    draft = Draft(Kind.STUDY, "Diagnóstico del agua", "Qué se pide.", today, programme, (folio,) if folio else ())
    add_study(office, member, draft)
    return numbers[-1]


def _add(office: Office, kind: str, topic: str) -> int:
    today = utc_now().astimezone(office.jurisdiction.zone).date()
    with office.sessions.begin() as session:
        row = Alert(
            kind=kind,
            topic=topic,
            level="municipality",
            territory=TOWN,
            began_on=today - timedelta(days=1),
            seen_on=today,
            window_days=2,
            observed=4,
            expected=0.3 if kind == "topic" else None,
            every_days=900.0 if kind == "topic" else None,
            strength=2,
            state="open",
            open_mark=1,
        )
        session.add(row)
        session.flush()
        return row.id
