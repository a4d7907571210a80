"""A citizen on WhatsApp, an officer and a liaison, at moments of a test's choice; Twilio accepts what leaves."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from urllib.parse import quote, urlencode

from sqlalchemy import select

from bot.messages import ChannelName, WebhookRequest
from bot.whatsapp import WhatsApp
from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.clock import at
from intake.incoming.receive import store
from intake.incoming.spool import Arrival
from intake.office import Office
from intake.outgoing.receipts import apply_reports
from intake.outgoing.sending import Claim, claim_due, settle_all
from intake.outgoing.templates import ApprovedTemplate, Carries
from intake.petitions.case import list_matters
from intake.tables.outgoing import Reply
from intake.tables.petitions import Petition
from intake.thinking.worker import Worker
from intake.triage.referrals import Choice, answer, decide

START = datetime.fromisoformat("2026-11-23T15:00:00+00:00")
DAY = timedelta(hours=24)
OLD, NEW = "whatsapp:+5219511234567", "whatsapp:+529511234567"  # one person, as Mexico's numbers come
ANSWER = "La cuadrilla repara la fuga el jueves; el agua vuelve el viernes por la mañana."


def _template(purpose: str, carries: Carries) -> ApprovedTemplate:
    body = (
        "Su petición {{1}} ya está con {{2}}. Le avisamos aquí."
        if carries == Carries.ALL
        else "Hay respuesta a {{1}} aquí."
    )
    variables = ("folio", "agency") if carries == Carries.ALL else ("folio",)
    return ApprovedTemplate(purpose, "HX" + "ab" * 16, "es_MX", "3", date(2026, 1, 15), carries, body, variables)


TEMPLATES = {
    "notice.referred": _template("notice.referred", Carries.ALL),
    "notice.answered": _template("notice.answered", Carries.NOTICE),
}


class WhatsAppCase:
    """A citizen on WhatsApp whose petition an officer sends on and a liaison answers, at moments of our choice."""

    def __init__(self, office: Office) -> None:
        channel = WhatsApp(
            "AC" + "0" * 32, "t", sender="whatsapp:+5219510000000", api_url="http://x", public_url="http://y"
        )
        self.office = replace(office, channels={ChannelName.WHATSAPP: channel})
        self.count = 0
        with self.office.sessions.begin() as session:
            row = add_account(
                session,
                office.jurisdiction,
                NewAccount("oficial", "Oficial", Role.OFFICER, "una frase muy larga", None),
            )
            self.officer = Member(row.id, row.username, row.name, Role.OFFICER, None, "")

    def with_templates(self) -> "WhatsAppCase":
        self.office = replace(self.office, jurisdiction=replace(self.office.jurisdiction, templates=TEMPLATES))
        return self

    def writes(self, text: str, when: datetime, address: str = OLD) -> None:
        self.count += 1
        form = {
            "MessageSid": f"SM{self.count:032x}",
            "From": address,
            "WaId": address[10:],
            "Body": text,
            "NumMedia": "0",
        }
        request = WebhookRequest(urlencode(form).encode(), {})
        channel = self.office.channels[ChannelName.WHATSAPP]
        with at(when):
            store(self.office.sessions, [Arrival(channel.name, "message", channel.peek(request), request, when)])
            worker = Worker(self.office, lambda name, callback_id: None)
            while worker.work_once():
                pass

    def refers(self, when: datetime, number: int = 0, agency: str = "SOAPA") -> int:
        """The matter of that number is sent on; the referral's id."""
        with at(when), self.office.sessions() as session:
            petition = session.scalars(select(Petition)).one()
            matter = list_matters(petition)[number]
            folio, version, matter_id = petition.folio, petition.version, matter.id
        with at(when):
            return decide(self.office, self.officer, folio, Choice(matter_id, agency, version))

    def reports(self, reply: Reply | str, status: str, when: datetime, *, sid: str = "", code: str = "") -> None:
        """Twilio's word on a reply, by the id that we gave in its callback's address."""
        ours = reply if isinstance(reply, str) else str(reply.id)
        form = {"MessageSid": sid or f"SM{ours:0>32}", "MessageStatus": status, "ErrorCode": code}
        request = WebhookRequest(urlencode(form).encode(), {}, query=f"reply={quote(ours)}")
        channel = self.office.channels[ChannelName.WHATSAPP]
        with at(when):
            store(self.office.sessions, [Arrival(channel.name, "status", channel.peek(request), request, when)])
            while apply_reports(self.office):
                pass

    def answers(self, referral_id: int, when: datetime, text: str = ANSWER) -> None:
        with at(when):
            answer(self.office, self.officer, referral_id, text)

    def claims(self, when: datetime) -> list[Claim]:
        """What may leave at that moment; Twilio accepts it all."""
        claims = claim_due(self.office, when)
        for claim in claims:
            settle_all(self.office, [(claim, f"SM{claim.reply_id:032x}")])
        return claims

    def drains(self, when: datetime) -> list[Claim]:
        gone = []
        while claims := self.claims(when):
            gone += claims
        return gone

    def states(self) -> list[tuple[str, str]]:
        with self.office.sessions() as session:
            return [(r.purpose, r.state) for r in session.scalars(select(Reply).order_by(Reply.id))]

    def replies(self, purpose: str = "") -> list[Reply]:
        """All of them, or those of that purpose, oldest first."""
        with self.office.sessions() as session:
            rows = session.scalars(select(Reply).order_by(Reply.id)).all()
        return [row for row in rows if purpose in ("", row.purpose)]
