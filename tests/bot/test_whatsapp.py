"""WhatsApp's adapter against a server that answers as Twilio does, and as it does on a bad day."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

import pytest

from bot.errors import FetchError, SendError, Unreadable
from bot.messages import (
    NOT_SAID,
    Attachment,
    AttachmentKind,
    Choice,
    DeliveryStatus,
    Ignored,
    Inbound,
    Outbound,
    Sent,
    StatusReport,
    Template,
    WebhookRequest,
)
from bot.whatsapp import WhatsApp
from bot.whatsapp_errors import ACTIONS
from tests.bot.provider import ACCOUNT, AUTH_TOKEN, PUBLIC_URL, SENDER, Answer, Provider

Result = TypeVar("Result")
ADDRESS = "whatsapp:+5219511234567"
SID = "SM0123456789abcdef0123456789abcdef"
SINCE = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
CHOICES = (Choice("Sí, está resuelto", "solved:a:yes"), Choice("No, falta algo", "solved:a:no"))
LATE = "Mon, 02 Mar 2026 16:00:01 +0000"
NUMBERED = "¿Resuelve?\n\n1. Sí, está resuelto\n2. No, falta algo"


def run(whatsapp: WhatsApp, call: Callable[[], Awaitable[Result]]) -> Result:
    async def whole() -> Result:
        try:
            return await call()
        finally:
            await whatsapp.close()

    return asyncio.run(whole())


def signature(url: str, *parameters: tuple[str, str]) -> str:
    """Twilio's rule written out: the address, then each name and value, sorted (CHANNELS A2)."""
    signed = url + "".join(name + value for name, value in sorted(set(parameters)))
    return base64.b64encode(hmac.new(AUTH_TOKEN.encode(), signed.encode(), hashlib.sha1).digest()).decode()


def arrived(body: bytes, given: str | None, query: str = "", path: str = "/webhooks/whatsapp") -> WebhookRequest:
    return WebhookRequest(body, {} if given is None else {"x-twilio-signature": given}, query, path)


URL = f"{PUBLIC_URL}/webhooks/whatsapp"
BODY = b"Body=No+hay+agua+%C3%B1&ButtonText=&From=whatsapp%3A%2B52&Media=b&Media=a"
PARAMETERS = (("Body", "No hay agua ñ"), ("ButtonText", ""), ("From", "whatsapp:+52"), ("Media", "a"), ("Media", "b"))
RIGHT = signature(URL, *PARAMETERS)


def test_what_twilio_signed_is_let_in(whatsapp: WhatsApp) -> None:
    assert whatsapp.verify(arrived(BODY, RIGHT))
    assert whatsapp.verify(arrived(BODY, signature(f"{PUBLIC_URL}:443/webhooks/whatsapp", *PARAMETERS)))
    status = f"{PUBLIC_URL}/webhooks/whatsapp/status?reply=5&x="
    assert whatsapp.verify(
        arrived(b"MessageSid=SM1", signature(status, ("MessageSid", "SM1")), "reply=5&x=", "/webhooks/whatsapp/status")
    )


def test_what_twilio_signed_for_the_fallback_is_let_in_where_it_is_known(whatsapp: WhatsApp) -> None:
    other = "https://b.peticiones.example"
    request = arrived(BODY, signature(f"{other}/webhooks/whatsapp", *PARAMETERS))
    known = WhatsApp(ACCOUNT, AUTH_TOKEN, sender=SENDER, api_url="http://x", public_url=PUBLIC_URL, fallback_url=other)
    assert known.verify(request)
    assert known.verify(arrived(BODY, RIGHT))
    assert not whatsapp.verify(request)


@pytest.mark.parametrize(
    "public_url", ["http://127.0.0.1:8080", "https://peticiones.example:8443", "https://peticiones.example/canal"]
)
def test_the_public_address_counts_whatever_port_and_path_a_proxy_calls(public_url: str) -> None:
    whatsapp = WhatsApp(ACCOUNT, AUTH_TOKEN, sender=SENDER, api_url="http://x", public_url=public_url)
    assert whatsapp.verify(arrived(BODY, signature(f"{public_url}/webhooks/whatsapp", *PARAMETERS)))


@pytest.mark.parametrize(
    "request_",
    [
        arrived(BODY, None),
        arrived(BODY, ""),
        arrived(BODY, RIGHT[:-2] + "x="),
        arrived(BODY, "ñ\ud83d"),
        arrived(BODY.replace(b"agua", b"luz"), RIGHT),
        arrived(BODY.replace(b"ButtonText=&", b""), RIGHT),
        arrived(BODY + b"&Extra=1", RIGHT),
        arrived(BODY.replace(b"&Media=a", b""), RIGHT),
        arrived(BODY, RIGHT, query="x=1"),
        arrived(BODY, RIGHT, path="/webhooks/whatsapp/"),
        arrived(BODY, RIGHT, path=""),
        arrived(b'{"json": 1}', RIGHT),
        arrived(b"\xff=%ff", RIGHT),
        arrived(b"", signature(URL.replace("https", "http"))),
        arrived(b"&".join([b"a=1"] * 2000), signature(URL, ("a", "1"))),
    ],
)
def test_nothing_else_is(whatsapp: WhatsApp, request_: WebhookRequest) -> None:
    assert not whatsapp.verify(request_)


def send(whatsapp: WhatsApp, message: Outbound | None = None) -> Sent:
    return run(whatsapp, lambda: whatsapp.send(ADDRESS, message or Outbound("hola"), reply_id="5"))


def test_a_template_is_sent_by_its_id_and_its_variables(whatsapp: WhatsApp, provider: Provider) -> None:
    provider.plays(Answer(json.dumps({"sid": SID, "status": "queued"}), 201))
    template = Template("HX" + "ab" * 16, ("JG-2026-4K7Q-3", "Caminos Bienestar «CABIEN»"))
    assert send(whatsapp, Outbound("Ya está con…", template=template)) == Sent(SID)
    (call,) = provider.calls
    assert call.form["ContentSid"] == ["HX" + "ab" * 16]
    assert json.loads(call.form["ContentVariables"][0]) == {"1": "JG-2026-4K7Q-3", "2": "Caminos Bienestar «CABIEN»"}
    assert "Body" not in call.form


def test_a_message_is_sent_with_numbered_choices_and_our_id_in_its_callback(
    whatsapp: WhatsApp, provider: Provider
) -> None:
    provider.plays(Answer(json.dumps({"sid": SID, "status": "queued"}), 201))
    assert send(whatsapp, Outbound("¿Resuelve?", CHOICES)) == Sent(SID)
    (call,) = provider.calls
    assert (call.method, call.path) == ("POST", MESSAGES)
    assert call.headers["authorization"] == "Basic " + base64.b64encode(f"{ACCOUNT}:{AUTH_TOKEN}".encode()).decode()
    assert call.form == {
        "To": [ADDRESS],
        "From": [SENDER],
        "Body": [NUMBERED],
        "StatusCallback": [f"{PUBLIC_URL}/webhooks/whatsapp/status?reply=5"],
    }


LATER: dict[str, Any] = {"retryable": True}
STOPPED: dict[str, Any] = {"citizen_stopped": True}
BROKEN: dict[str, Any] = {"channel_broken": True}
DOUBTFUL: dict[str, Any] = {"ambiguous": True}
CODES: list[tuple[int, int, dict[str, Any]]] = [
    (400, 63016, {"window_closed": True}),
    (429, 63018, LATER | {"retry_after_s": 60}),
    (429, 63038, LATER | {"retry_after_s": 3600}),
    (429, 20429, LATER),
    (400, 63019, LATER),
    (400, 63003, STOPPED),
    (400, 63014, STOPPED),
    (400, 63024, STOPPED),
    (400, 21610, STOPPED),
    (400, 21211, {}),
    (400, 21617, {}),
    (400, 21619, {}),
    (400, 21654, {}),
    (400, 21656, {}),
    (400, 63005, {}),
    (400, 63021, {}),
    (400, 63032, {}),
    (400, 63049, {}),
    (400, 63051, BROKEN),
    (400, 63007, BROKEN),
    (401, 20003, BROKEN),
    (403, 20005, BROKEN),
    (404, 20404, BROKEN),
]


def test_every_code_of_the_table_is_tested() -> None:
    assert sorted(code for _, code, _ in CODES) == sorted(ACTIONS)


@pytest.mark.parametrize(("status", "code", "meaning"), CODES)
def test_each_error_code_has_its_action_when_sending(
    whatsapp: WhatsApp, provider: Provider, status: int, code: int, meaning: dict[str, Any]
) -> None:
    provider.plays(Answer(json.dumps({"code": code, "message": f"no {ADDRESS}", "status": status}), status))
    with pytest.raises(SendError) as caught:
        send(whatsapp)
    assert caught.value == SendError(str(code), f"HTTP {status}", **meaning)
    assert len(provider.calls) == 1


@pytest.mark.parametrize(("status", "code", "meaning"), CODES)
def test_each_error_code_has_its_action_when_reported(
    whatsapp: WhatsApp, status: int, code: int, meaning: dict[str, Any]
) -> None:
    body = f"MessageSid={SID}&MessageStatus=undelivered&ErrorCode={code}".encode()
    report = whatsapp.parse_status(WebhookRequest(body, {}, "reply=5"))
    error = SendError(str(code), "undelivered", **meaning)
    assert report == StatusReport(SID, DeliveryStatus.FAILED, "5", str(code), error)


@pytest.mark.parametrize(
    ("answer", "code", "meaning"),
    [
        (Answer("{}", 401), "401", BROKEN),
        (Answer('{"code": 99999, "message": "new"}', 400), "99999", {}),
        (Answer("slow down", 429), "429", LATER),
        (Answer("slow down", 429, {"Retry-After": "7"}), "429", LATER | {"retry_after_s": 7}),
        (Answer('{"code": 20429}', 429, {"Retry-After": "7"}), "20429", LATER | {"retry_after_s": 7}),
        (Answer('{"code": 63018}', 429, {"Retry-After": "7"}), "63018", LATER | {"retry_after_s": 7}),
        (Answer('{"code": 63018}', 429, {"Retry-After": "soon"}), "63018", LATER | {"retry_after_s": 60}),
        (Answer("", 503, {"Retry-After": "7"}), "503", DOUBTFUL | {"retry_after_s": 7}),
        (Answer("", 307, {"Location": "http://127.0.0.1:9/"}), "307", LATER),
        (Answer('{"code": 20500, "message": "x"}', 500), "20500", DOUBTFUL),
        (Answer("<html>Bad Gateway</html>", 502), "502", DOUBTFUL),
        (Answer("", 503), "503", DOUBTFUL),
        (Answer('{"sid": "SM', 201), "answer_lost", DOUBTFUL),
        (Answer("", 201), "answer_lost", DOUBTFUL),
        (Answer("{}", 201), "answer_lost", DOUBTFUL),
        (Answer("[]", 201), "answer_lost", DOUBTFUL),
        (Answer("", cut=0), "answer_lost", DOUBTFUL),
        (Answer('{"sid": "SM1"}', 201, cut=3), "answer_lost", DOUBTFUL),
        (
            Answer('{"type": "t", "title": "x", "status": 429, "code": 20429}', 429),
            "20429",
            LATER,
        ),
    ],
)
def test_each_other_answer_and_each_silence_has_its_meaning(
    whatsapp: WhatsApp, provider: Provider, answer: Answer, code: str, meaning: dict[str, Any]
) -> None:
    provider.plays(answer)
    with pytest.raises(SendError) as caught:
        send(whatsapp)
    assert caught.value == SendError(code, caught.value.detail, **meaning)
    assert len(provider.calls) == 1


def test_a_server_that_is_not_there_was_surely_not_told() -> None:
    whatsapp = WhatsApp(ACCOUNT, AUTH_TOKEN, sender=SENDER, api_url="http://127.0.0.1:9", public_url=PUBLIC_URL)
    with pytest.raises(SendError) as caught:
        send(whatsapp)
    assert caught.value == SendError("not_sent", "ClientConnectorError", retryable=True)


@pytest.mark.slow
def test_a_server_that_trickles_is_given_up_after_ten_seconds(whatsapp: WhatsApp, provider: Provider) -> None:
    provider.plays(Answer(json.dumps({"sid": SID}) + " " * 500, 201, pause_s=0.2))
    with pytest.raises(SendError) as caught:
        send(whatsapp)
    assert caught.value == SendError("answer_lost", "TimeoutError", ambiguous=True)


def listed(*messages: tuple[str, str, str]) -> Answer:
    items = [{"sid": sid, "body": body, "date_created": created} for sid, body, created in messages]
    return Answer(json.dumps({"messages": items, "page": 0, "page_size": 50, "next_page_uri": None}))


@pytest.mark.parametrize(
    ("messages", "found"),
    [
        ([], None),
        ([("SM1", "otra cosa", "Mon, 02 Mar 2026 16:00:01 +0000")], None),
        ([("SM1", NUMBERED, "Mon, 02 Mar 2026 15:59:54 +0000")], None),
        ([("SM1", NUMBERED, "Mon, 02 Mar 2026 15:59:55 +0000")], Sent("SM1")),
        ([("SM1", NUMBERED, "2026-03-02T16:00:01Z")], Sent("SM1")),
        (
            [("SM2", "x", "Mon, 02 Mar 2026 16:00:09 +0000"), ("SM1", NUMBERED, "Mon, 02 Mar 2026 16:00:01 +0000")],
            Sent("SM1"),
        ),
    ],
)
def test_a_doubtful_send_is_looked_for_in_twilios_list(
    whatsapp: WhatsApp, provider: Provider, messages: list[tuple[str, str, str]], found: Sent | None
) -> None:
    provider.plays(listed(*messages))
    message = Outbound("¿Resuelve?", CHOICES)
    assert run(whatsapp, lambda: whatsapp.find_sent(ADDRESS, message, since=SINCE)) == found
    call = provider.calls[0]
    assert call.path == MESSAGES
    wanted = {"To": [ADDRESS], "From": [SENDER], "DateSent>": ["2026-03-02"]}
    assert {name: call.query[name] for name in wanted} == wanted


def test_what_is_known_to_be_another_reply_is_not_the_doubtful_one(whatsapp: WhatsApp, provider: Provider) -> None:
    created = "Mon, 02 Mar 2026 16:00:01 +0000"
    provider.plays(listed(("SM2", "Con gusto.", created), ("SM1", "Con gusto.", created)))
    message = Outbound("Con gusto.")
    assert run(whatsapp, lambda: whatsapp.find_sent(ADDRESS, message, since=SINCE, known={"SM2"})) == Sent("SM1")


@pytest.mark.parametrize("answer", [Answer("", 500), Answer("{"), Answer("[]"), Answer("", cut=0), Answer("{}", 401)])
def test_a_list_that_cannot_be_had_is_not_an_empty_one(whatsapp: WhatsApp, provider: Provider, answer: Answer) -> None:
    provider.plays(answer)
    with pytest.raises(SendError) as caught:
        run(whatsapp, lambda: whatsapp.find_sent(ADDRESS, Outbound("x"), since=SINCE))
    assert (caught.value.retryable, caught.value.ambiguous) == (True, False)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("queued", None),
        ("accepted", None),
        ("sending", None),
        ("teleported", None),
        ("sent", DeliveryStatus.SENT),
        ("delivered", DeliveryStatus.DELIVERED),
        ("read", DeliveryStatus.READ),
        ("failed", DeliveryStatus.FAILED),
        ("undelivered", DeliveryStatus.FAILED),
        ("canceled", DeliveryStatus.FAILED),
    ],
)
def test_a_report_moves_the_ladder_or_says_nothing(
    whatsapp: WhatsApp, said: str, status: DeliveryStatus | None
) -> None:
    report = whatsapp.parse_status(WebhookRequest(f"MessageSid={SID}&MessageStatus={said}".encode(), {}, "reply=5&x="))
    assert isinstance(report, StatusReport)
    assert (report.external_id, report.status, report.reply_id, report.error_code) == (SID, status, "5", None)


def test_reports_of_one_message_are_different_events(whatsapp: WhatsApp) -> None:
    bodies = [f"MessageSid={SID}&MessageStatus={status}".encode() for status in ("sent", "delivered")]
    bodies.append(f"MessageSid={SID}&MessageStatus=failed&ErrorCode=63016".encode())
    keys = [whatsapp.peek(WebhookRequest(body, {})).provider_id for body in bodies]
    assert keys == [f"{SID}:sent:", f"{SID}:delivered:", f"{SID}:failed:63016"]


def test_reports_in_the_older_words_are_different_events_too(whatsapp: WhatsApp) -> None:
    bodies = [f"SmsSid={SID}&SmsStatus={status}".encode() for status in ("sent", "delivered", "received")]
    keys = [whatsapp.peek(WebhookRequest(body, {})).provider_id for body in bodies]
    assert keys == [f"{SID}:sent:", f"{SID}:delivered:", SID]
    report = whatsapp.parse_status(WebhookRequest(bodies[1], {}, "reply=5"))
    assert isinstance(report, StatusReport)
    assert (report.external_id, report.status) == (SID, DeliveryStatus.DELIVERED)
    assert isinstance(whatsapp.parse(bodies[2] + b"&From=whatsapp%3A%2B52&Body=hola"), Inbound)


def test_a_report_of_nothing_is_unreadable_and_one_without_status_is_ignored(whatsapp: WhatsApp) -> None:
    with pytest.raises(Unreadable):
        whatsapp.parse_status(WebhookRequest(b"MessageStatus=sent", {}))
    assert whatsapp.parse_status(WebhookRequest(b"MessageSid=SM1", {})) == Ignored("a report without status")


def fetch(whatsapp: WhatsApp, url: str, max_bytes: int = 1000) -> bytes:
    async def whole() -> bytes:
        attachment = Attachment(AttachmentKind.PHOTO, url, "ME1", size_bytes=3)
        return b"".join([chunk async for chunk in whatsapp.fetch(attachment, max_bytes=max_bytes)])

    return run(whatsapp, whole)


MEDIA = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/MM1/Media/ME1"


def test_a_file_is_fetched_with_credentials_and_followed_on(whatsapp: WhatsApp, provider: Provider) -> None:
    provider.plays(Answer("", 307, {"Location": "/cdn/ME1?signed=1"}), Answer(b"abc"))
    assert fetch(whatsapp, provider.url + MEDIA) == b"abc"
    assert provider.calls[0].headers["authorization"].startswith("Basic ")
    assert provider.calls[1].path == "/cdn/ME1"


def test_media_named_as_twilio_names_them_are_asked_of_the_configured_server(
    whatsapp: WhatsApp, provider: Provider
) -> None:
    provider.plays(Answer(b"abc"))
    assert fetch(whatsapp, "https://api.twilio.com" + MEDIA) == b"abc"
    assert provider.calls[0].path == MEDIA


@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1:9/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://localhost/",
        "https://10.0.0.1/",
        "https://twilio.com.evil.example/x",
        "https://eviltwilio.com/x",
        "https://api.twilio.com@evil.example/x",
        "http://media.twiliocdn.com/x",
        "https://media.twiliocdn.com:8443/x",
        "https://ec2-1-2-3-4.compute.amazonaws.com/x",
        "https://evil.example/s3.amazonaws.com",
        "file:///etc/passwd",
        "//evil.example/x",
        "https://[",
    ],
)
def test_no_connection_leaves_twilios_addresses(whatsapp: WhatsApp, provider: Provider, address: str) -> None:
    """Neither at once nor by a redirect. The tests' socket guard would raise something else than FetchError."""
    with pytest.raises(FetchError) as caught:
        fetch(whatsapp, address)
    assert (caught.value.code, caught.value.retryable) == ("address", False)
    again = WhatsApp(ACCOUNT, AUTH_TOKEN, sender=SENDER, api_url=provider.url, public_url=PUBLIC_URL)
    provider.plays(Answer("", 307, {"Location": address}))
    with pytest.raises(FetchError) as caught:
        fetch(again, provider.url + MEDIA)
    assert (caught.value.code, len(provider.calls)) == ("address", 1)


def test_another_server_on_the_same_host_gets_nothing(whatsapp: WhatsApp, provider: Provider) -> None:
    other = Provider()
    provider.plays(Answer("", 302, {"Location": f"{other.url}/x"}))
    with pytest.raises(FetchError, match="address"):
        fetch(whatsapp, provider.url + MEDIA)
    other.stop()
    assert not other.calls


def test_redirects_end(whatsapp: WhatsApp, provider: Provider) -> None:
    provider.plays(Answer("", 302, {"Location": MEDIA}))
    with pytest.raises(FetchError, match="redirects"):
        fetch(whatsapp, provider.url + MEDIA)
    assert len(provider.calls) == 4


@pytest.mark.parametrize(
    ("answer", "code", "is_retryable"),
    [
        (Answer("", 404), "404", True),
        (Answer("", 500), "500", True),
        (Answer("", 401), "401", True),
        (Answer("", 403), "403", True),
        (Answer("", 410), "410", False),
        (Answer(b"x" * 1001), "too_big", False),
        (Answer(b"x" * 1001, size=5000, headers={"Content-Encoding": "gzip"}), "too_big", False),
        (Answer(b"x" * 900, cut=10), "network", True),
        (Answer(b"", cut=0), "network", True),
    ],
)
def test_each_failed_fetch_says_whether_another_try_is_worth_it(
    whatsapp: WhatsApp, provider: Provider, answer: Answer, code: str, is_retryable: bool
) -> None:
    provider.plays(answer)
    with pytest.raises(FetchError) as caught:
        fetch(whatsapp, provider.url + MEDIA)
    assert (caught.value.code, caught.value.retryable) == (code, is_retryable)
    assert AUTH_TOKEN not in repr(caught.value)


def test_a_file_that_is_counted_without_an_address_is_not_passed_over(whatsapp: WhatsApp) -> None:
    form = [("MessageSid", SID), ("From", ADDRESS), ("Body", "vean la foto"), ("NumMedia", "1")]
    inbound = whatsapp.parse(urlencode(form).encode())
    assert isinstance(inbound, Inbound)
    (missing,) = inbound.attachments
    with pytest.raises(FetchError) as caught:
        fetch(whatsapp, missing.external_id)
    assert not caught.value.retryable


def test_a_message_of_such_a_file_alone_cannot_be_read(whatsapp: WhatsApp) -> None:
    form = [("MessageSid", SID), ("From", ADDRESS), ("NumMedia", "1"), ("MessageType", "image")]
    inbound = whatsapp.parse(urlencode(form).encode())
    assert isinstance(inbound, Inbound)
    assert (inbound.attachments, inbound.unsupported) == ((), "image")


def test_a_file_behind_a_missing_one_is_there(whatsapp: WhatsApp) -> None:
    form = [("MessageSid", SID), ("From", ADDRESS), ("Body", ""), ("NumMedia", "2"), ("MediaUrl1", "https://x/ME2")]
    inbound = whatsapp.parse(urlencode(form).encode())
    assert isinstance(inbound, Inbound)
    assert [file.unique_id for file in inbound.attachments] == ["MediaUrl0", "ME2"]


def forget(whatsapp: WhatsApp, url: str) -> None:
    run(whatsapp, lambda: whatsapp.forget(Attachment(AttachmentKind.PHOTO, url, "ME1")))


@pytest.mark.parametrize("status", [204, 404])
def test_a_file_is_deleted_with_credentials_and_one_that_is_gone_is_as_good(
    whatsapp: WhatsApp, provider: Provider, status: int
) -> None:
    provider.plays(Answer("", status))
    forget(whatsapp, "https://api.twilio.com" + MEDIA)
    (call,) = provider.calls
    assert (call.method, call.path) == ("DELETE", f"{MEDIA}.json")
    assert call.headers["authorization"].startswith("Basic ")


@pytest.mark.parametrize("answer", [Answer("", 500), Answer("", 401), Answer("", 429), Answer(b"", cut=0)])
def test_a_file_that_could_not_be_deleted_is_tried_again(
    whatsapp: WhatsApp, provider: Provider, answer: Answer
) -> None:
    provider.plays(answer)
    with pytest.raises(FetchError) as caught:
        forget(whatsapp, provider.url + MEDIA)
    assert caught.value.retryable
    assert AUTH_TOKEN not in repr(caught.value)


@pytest.mark.parametrize("address", ["https://media.twiliocdn.com/x", "http://127.0.0.1:9/x", "https://["])
def test_nothing_is_deleted_elsewhere(whatsapp: WhatsApp, provider: Provider, address: str) -> None:
    with pytest.raises(FetchError) as caught:
        forget(whatsapp, address)
    assert (caught.value.code, caught.value.retryable, provider.calls) == ("address", False, [])


def test_the_account_shows_that_the_credentials_work(whatsapp: WhatsApp, provider: Provider) -> None:
    provider.plays(Answer(json.dumps({"sid": ACCOUNT, "status": "active"})))
    assert run(whatsapp, whatsapp.check) == SENDER
    assert provider.calls[0].path == f"/2010-04-01/Accounts/{ACCOUNT}.json"


@pytest.mark.parametrize(
    "answer", [Answer('{"code": 20003, "message": "Authenticate"}', 401), Answer('{"status": "suspended"}')]
)
def test_an_account_that_cannot_send_shows(whatsapp: WhatsApp, provider: Provider, answer: Answer) -> None:
    provider.plays(answer)
    with pytest.raises(SendError) as caught:
        run(whatsapp, whatsapp.check)
    assert caught.value.channel_broken


def message(sid: str, direction: str, created: str, media: str = "0") -> dict[str, str]:
    base = {"from": ADDRESS, "to": SENDER, "body": "no hay agua", "num_media": media}
    return {**base, "sid": sid, "direction": direction, "date_created": created}


def test_what_citizens_sent_is_listed_without_what_we_sent(whatsapp: WhatsApp, provider: Provider) -> None:
    early, late = "Mon, 02 Mar 2026 15:59:59 +0000", "Mon, 02 Mar 2026 16:00:01 +0000"
    rows = [message("SM1", "inbound", late), message("SM2", "outbound-api", late), message("SM3", "inbound", early)]
    provider.plays(Answer(json.dumps({"messages": rows, "page": 0, "page_size": 50, "next_page_uri": None})))
    received = run(whatsapp, lambda: whatsapp.list_received(SINCE))
    assert [one.external_id for one in received] == ["SM1"]
    call = provider.calls[0]
    assert call.query["To"] == [SENDER]
    assert call.query["DateSent>"] == ["2026-03-02T16:00:00Z"]


def test_every_page_of_the_list_is_asked_of_the_configured_server(whatsapp: WhatsApp, provider: Provider) -> None:
    dates = [LATE, "2026-03-02T16:00:01Z", "Mon, 02 Mar 2026 15:59:59 +0000", None]
    pages = [
        {"messages": [message(f"SM{number}", "inbound", LATE) | {"date_created": dates[number]}], "page": number}
        for number in range(4)
    ]
    following = [f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json?Page={number}" for number in (1, 2, 3)]
    provider.plays(
        *(
            Answer(json.dumps(page | {"next_page_uri": uri}))
            for page, uri in zip(pages, [*following, None], strict=True)
        )
    )
    received = run(whatsapp, lambda: whatsapp.list_received(SINCE))
    assert [one.external_id for one in received] == ["SM0", "SM1", "SM3"]  # in doubt it is looked at
    assert [call.query.get("Page") for call in provider.calls] == [None, ["1"], ["2"], ["3"]]
    assert all(call.headers["authorization"].startswith("Basic ") for call in provider.calls)


def test_a_message_that_is_gone_from_the_list_is_none(whatsapp: WhatsApp, provider: Provider) -> None:
    provider.plays(Answer('{"code": 20404, "message": "not found", "status": 404}', 404))
    assert run(whatsapp, lambda: whatsapp.fetch_received(SID)) is None
    provider.plays(Answer("", 500))
    again = WhatsApp(ACCOUNT, AUTH_TOKEN, sender=SENDER, api_url=provider.url, public_url=PUBLIC_URL)
    with pytest.raises(SendError):
        run(again, lambda: again.fetch_received(SID))


def test_a_listed_message_reads_as_its_webhook_would_have(whatsapp: WhatsApp, provider: Provider) -> None:
    one = message(SID, "inbound", LATE, media="1")
    media = {"media_list": [{"sid": "ME1", "content_type": "image/jpeg"}], "page": 0, "next_page_uri": None}
    provider.plays(Answer(json.dumps(one)), Answer(json.dumps(media)))
    request = run(whatsapp, lambda: whatsapp.fetch_received(SID))
    assert request
    assert whatsapp.peek(request).provider_id == SID
    inbound = whatsapp.parse(request.body)
    assert isinstance(inbound, Inbound)
    assert (inbound.address, inbound.text) == (ADDRESS, "no hay agua")
    assert inbound.sent_at == datetime.fromisoformat("2026-03-02T16:00:01+00:00")
    (file,) = inbound.attachments
    assert file.kind == AttachmentKind.PHOTO
    assert file.external_id.endswith(f"/Messages/{SID}/Media/ME1")


@pytest.mark.parametrize("said", ["", "ayer", "Mon, 02 Mar 2026 16:00:01 +0000", "2026-03-02T16:00:01"])
def test_a_webhook_that_says_no_moment_is_not_dated(whatsapp: WhatsApp, said: str) -> None:
    form = urlencode({"MessageSid": SID, "From": ADDRESS, "Body": "no hay agua", "DateCreated": said}).encode()
    inbound = whatsapp.parse(form)
    assert isinstance(inbound, Inbound)
    assert inbound.sent_at == NOT_SAID


@pytest.mark.parametrize("answer", [Answer("", 500), Answer("{"), Answer("{}", 401)])
def test_a_list_of_received_messages_that_cannot_be_had_is_not_empty(
    whatsapp: WhatsApp, provider: Provider, answer: Answer
) -> None:
    provider.plays(answer)
    with pytest.raises(SendError):
        run(whatsapp, lambda: whatsapp.list_received(SINCE))
