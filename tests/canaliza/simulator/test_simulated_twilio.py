"""Twilio's side, driven by Twilio's own client and signature check as independent judges."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from requests.exceptions import ConnectionError as NoConnection
from starlette.responses import Response
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from tests.canaliza.simulator.stage import ACCOUNT, AUTH_TOKEN, PATIENCE_S, SENDER, Arrived, Stage, until

WEBHOOK, STATUS = "/webhooks/whatsapp", "/webhooks/whatsapp/status"


def client(stage: Stage, token: str = AUTH_TOKEN) -> Any:
    twilio = Client(ACCOUNT, token, http_client=TwilioHttpClient(pool_connections=False, timeout=PATIENCE_S))
    twilio.api.base_url = stage.url
    return twilio


def write(stage: Stage, text: str, person: str = "lupita") -> dict[str, str]:
    sent: dict[str, str] = stage.post(f"/phones/whatsapp/{person}/messages", {"text": text})["messages"][0]
    return sent


def address_of(stage: Stage, person: str = "lupita") -> str:
    rows = stage.http.get("/control/people").json()
    address: str = next(row["address"] for row in rows if row["person"] == person)
    return address


def form(request: Arrived) -> dict[str, str]:
    return dict(parse_qsl(request.body.decode(), keep_blank_values=True))


def is_signed(stage: Stage, request: Arrived) -> bool:
    query = f"?{request.query}" if request.query else ""
    url = f"{stage.program.url}{request.path}{query}"
    valid: bool = RequestValidator(AUTH_TOKEN).validate(url, form(request), request.headers["x-twilio-signature"])
    return valid


def statuses(stage: Stage) -> list[str]:
    return [form(request)["MessageStatus"] for request in stage.program.at(STATUS)]


def test_message_arrives_signed_with_all_real_parameters(stage: Stage) -> None:
    sent = write(stage, "no hay agua")
    request = until(lambda: stage.program.at(WEBHOOK))[0]
    values = form(request)
    assert is_signed(stage, request)
    assert values["MessageSid"] == values["SmsSid"] == values["SmsMessageSid"] == sent["event"]
    assert values["From"].startswith("whatsapp:+521951000")
    assert (values["To"], values["Body"], values["NumMedia"]) == (SENDER, "no hay agua", "0")
    assert {"ProfileName", "MessageType", "WaId", "SmsStatus", "NumSegments", "ReferralNumMedia", "AccountSid"} <= set(
        values
    )
    assert {"ChannelMetadata", "ApiVersion"} <= set(values)
    until(lambda: stage.screen("whatsapp", "lupita")[0]["status"] == "delivered")


def test_refused_webhook_is_not_repeated(stage: Stage) -> None:
    stage.program.answers = [Response(status_code=500)]
    write(stage, "uno")
    write(stage, "dos")
    until(lambda: len(stage.program.at(WEBHOOK)) == 2)
    assert {row["status"] for row in until(lambda: stage.log()["webhooks"])} <= {200, 500}
    until(lambda: len(stage.log()["webhooks"]) == 2)


def test_webhook_can_be_lost_and_sent_again_many_times(stage: Stage) -> None:
    stage.post("/control/faults", [{"provider": "twilio", "method": "webhook", "do": "drop_before"}])
    sent = write(stage, "perdido")
    until(lambda: stage.log()["webhooks"])
    assert stage.program.at(WEBHOOK) == []
    assert [m.body for m in client(stage).messages.list(to=SENDER)] == ["perdido"]
    again = {"sid": sent["event"], "copies": 5, "parallel": True}
    assert stage.post("/phones/whatsapp/lupita/redeliver", again) == {"statuses": [200] * 5}
    assert {form(request)["MessageSid"] for request in stage.program.at(WEBHOOK)} == {sent["event"]}


def test_reply_is_queued_then_reported_sent_delivered_and_read(stage: Stage) -> None:
    write(stage, "hola")
    message = client(stage).messages.create(
        to=address_of(stage), from_=SENDER, body="Folio", status_callback=f"{stage.program.url}{STATUS}?reply=7"
    )
    assert (message.status, message.direction, message.sid[:2]) == ("queued", "outbound-api", "SM")
    assert message.date_created.tzinfo is not None
    until(lambda: len(stage.program.at(STATUS)) == 3)
    assert sorted(statuses(stage)) == ["delivered", "read", "sent"]
    assert all(is_signed(stage, request) for request in stage.program.at(STATUS))
    assert {request.query for request in stage.program.at(STATUS)} == {"reply=7"}
    assert stage.screen("whatsapp", "lupita")[-1]["text"] == "Folio"
    assert client(stage).messages(message.sid).fetch().status == "read"


def test_number_without_its_old_one_reaches_the_same_person(stage: Stage) -> None:
    write(stage, "hola")
    client(stage).messages.create(to=address_of(stage).replace("+521", "+52"), from_=SENDER, body="sin uno")
    assert until(lambda: [row["text"] for row in stage.log()["received"]]) == ["sin uno"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"body": "x" * 1601}, 21617),
        ({"body": None}, 21619),
        ({"to": "whatsapp:+52abc"}, 21211),
        ({"from_": "whatsapp:+15550000000"}, 63007),
        ({"status_callback": "no es una dirección"}, 21609),
        ({"content_variables": '{"1":"a"}'}, 21654),
        ({"content_sid": "HX" + "0" * 32, "content_variables": '{"1":""}'}, 21656),
    ],
)
def test_what_twilio_refuses_is_refused_with_its_code(stage: Stage, change: dict[str, Any], code: int) -> None:
    write(stage, "hola")
    values = {"to": address_of(stage), "from_": SENDER, "body": "hola", **change}
    with pytest.raises(TwilioRestException) as refusal:
        client(stage).messages.create(**values)
    assert (refusal.value.code, refusal.value.status) == (code, 400)


def test_wrong_credentials_are_refused(stage: Stage) -> None:
    with pytest.raises(TwilioRestException) as refusal:
        client(stage, "otro").api.accounts(ACCOUNT).fetch()
    assert (refusal.value.code, refusal.value.status) == (20003, 401)
    assert client(stage).api.accounts(ACCOUNT).fetch().status == "active"


def test_after_twenty_four_hours_free_text_stays_undelivered_and_a_template_arrives(stage: Stage) -> None:
    write(stage, "hola")
    stage.clock.ahead = timedelta(hours=24, seconds=5)
    callback = f"{stage.program.url}{STATUS}"
    late = client(stage).messages.create(to=address_of(stage), from_=SENDER, body="tarde", status_callback=callback)
    assert late.status == "queued"
    until(lambda: stage.program.at(STATUS))
    values = form(stage.program.at(STATUS)[0])
    assert (values["MessageStatus"], values["ErrorCode"]) == ("undelivered", "63016")
    template = {"content_sid": "HX" + "0" * 32, "content_variables": '{"1":"su folio"}'}
    client(stage).messages.create(to=address_of(stage), from_=SENDER, **template)
    assert until(lambda: [row["text"] for row in stage.log()["received"]]) == ["su folio"]


def test_blocked_unknown_and_ordered_failures_are_reported(stage: Stage) -> None:
    write(stage, "hola")
    callback = f"{stage.program.url}{STATUS}"

    def codes_after(to: str) -> str:
        before = len(stage.program.at(STATUS))
        client(stage).messages.create(to=to, from_=SENDER, body="x", status_callback=callback)
        until(lambda: len(stage.program.at(STATUS)) > before)
        return form(stage.program.at(STATUS)[before])["ErrorCode"]

    stage.post("/control/faults", [{"provider": "twilio", "method": "delivery", "do": "undelivered", "code": 63018}])
    assert codes_after(address_of(stage)) == "63018"
    assert codes_after("whatsapp:+5215500000000") == "63024"
    stage.post("/phones/whatsapp/lupita/block", {})
    assert codes_after(address_of(stage)) == "63014"


def test_list_is_filtered_and_paged(stage: Stage) -> None:
    write(stage, "hola")
    to = address_of(stage)
    began = datetime.now(UTC) - timedelta(seconds=1)
    for number in range(5):
        client(stage).messages.create(to=to, from_=SENDER, body=f"n{number}")
    until(lambda: len(stage.log()["received"]) == 5)
    listed = client(stage).messages.list(to=to, from_=SENDER, date_sent_after=began, page_size=2)
    assert [message.body for message in listed] == ["n4", "n3", "n2", "n1", "n0"]
    assert client(stage).messages.list(to=to, date_sent_after=began + timedelta(hours=1)) == []
    assert len(client(stage).messages.list(to=to, date_sent=began.date(), limit=3)) == 3
    page = stage.http.get(f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json?PageSize=2", auth=(ACCOUNT, AUTH_TOKEN)).json()
    assert {"page", "page_size", "next_page_uri", "messages", "first_page_uri", "uri"} <= set(page)


def test_media_is_behind_credentials_and_then_a_signed_address(stage: Stage) -> None:
    files = [("files", (f"{n}.jpg", b"\xff\xd8" + bytes([n]), "image/jpeg")) for n in (1, 2)]
    stage.http.post("/phones/whatsapp/lupita/messages", files=files, data={"kind": "album", "caption": "mire"})
    until(lambda: len(stage.program.at(WEBHOOK)) == 2)
    forms = sorted((form(request) for request in stage.program.at(WEBHOOK)), key=lambda values: values["Body"])
    assert [(values["Body"], values["NumMedia"], values["MediaContentType0"]) for values in forms] == [
        ("", "1", "image/jpeg"),
        ("mire", "1", "image/jpeg"),
    ]
    url, auth = forms[1]["MediaUrl0"], (ACCOUNT, AUTH_TOKEN)
    assert httpx.get(url, trust_env=False).status_code == 401
    redirect = httpx.get(url, auth=auth, trust_env=False)
    assert redirect.status_code == 307
    target = redirect.headers["location"]
    assert httpx.get(target, trust_env=False).content == b"\xff\xd8\x01"
    assert httpx.get(target + "0", trust_env=False).status_code == 403
    sid = forms[1]["MessageSid"]
    media = client(stage).messages(sid).media.list()
    assert [item.content_type for item in media] == ["image/jpeg"]
    assert client(stage).messages(sid).media(media[0].sid).delete()
    assert httpx.get(url, auth=auth, trust_env=False).status_code == 404


def test_place_voice_contact_and_quick_reply_have_their_parameters(stage: Stage) -> None:
    url = "/phones/whatsapp/lupita/messages"
    stage.post(url, {"latitude": 17.06, "longitude": -96.72, "label": "Zócalo"})
    place = form(until(lambda: stage.program.at(WEBHOOK))[0])
    assert (place["Latitude"], place["Longitude"], place["Label"]) == ("17.06", "-96.72", "Zócalo")
    stage.http.post(url, files={"files": ("n.ogg", b"OggS", "audio/ogg")}, data={"kind": "voice"})
    until(lambda: len(stage.program.at(WEBHOOK)) == 2)
    voice = form(stage.program.at(WEBHOOK)[1])
    assert (voice["MessageType"], voice["MediaContentType0"]) == ("audio", "audio/ogg")
    stage.post(url, {"contact": {"phone_number": "+529510000000", "first_name": "Ana"}})
    until(lambda: len(stage.program.at(WEBHOOK)) == 3)
    assert form(stage.program.at(WEBHOOK)[2])["MediaContentType0"] == "text/vcard"
    reply = client(stage).messages.create(to=address_of(stage), from_=SENDER, body="¿Resuelve?")
    until(lambda: stage.log()["received"])
    stage.post("/phones/whatsapp/lupita/press", {"message_id": reply.sid, "data": "solved:1:yes"})
    until(lambda: len(stage.program.at(WEBHOOK)) == 4)
    pressed = form(stage.program.at(WEBHOOK)[3])
    assert (pressed["ButtonPayload"], pressed["OriginalRepliedMessageSid"]) == ("solved:1:yes", reply.sid)


def test_accepted_message_whose_answer_was_lost_is_found_in_the_list(stage: Stage) -> None:
    write(stage, "hola")
    to = address_of(stage)
    stage.post("/control/faults", [{"provider": "twilio", "method": "Messages.create", "do": "drop_after"}])
    with pytest.raises(NoConnection):
        client(stage).messages.create(to=to, from_=SENDER, body="una vez")
    assert [message.body for message in client(stage).messages.list(to=to)] == ["una vez"]
    until(lambda: stage.log()["received"])
    assert [row["text"] for row in stage.log()["received"]] == ["una vez"]


@pytest.mark.parametrize(("status", "code"), [(429, 20429), (500, 20500), (503, 20503)])
def test_ordered_refusals_carry_twilios_codes(stage: Stage, status: int, code: int) -> None:
    fault = {"provider": "twilio", "method": "Messages.create", "do": "status", "status": status}
    stage.post("/control/faults", [fault])
    with pytest.raises(TwilioRestException) as refusal:
        client(stage).messages.create(to="whatsapp:+5219510000001", from_=SENDER, body="x")
    assert (refusal.value.status, refusal.value.code) == (status, code)
    assert client(stage).messages.list() == []
