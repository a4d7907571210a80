"""WhatsApp through Twilio: verifies and reads its webhooks, sends, asks for what was sent, fetches files."""

import asyncio
import hmac
import json
from collections.abc import AsyncIterator, Collection, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlparse

from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.response import Response
from twilio.request_validator import RequestValidator, add_port, remove_port
from twilio.rest import Client

from bot.calls import Caller, CallFailed
from bot.channels import Pace
from bot.download import open_client
from bot.errors import SendError
from bot.messages import (
    Attachment,
    ChannelName,
    EventKey,
    Ignored,
    Inbound,
    Outbound,
    Received,
    Sent,
    StatusReport,
    WebhookRequest,
)
from bot.numbering import number_choices
from bot.whatsapp_errors import HeldBack, require_no_wait, to_send_error
from bot.whatsapp_history import INBOUND, as_webhook
from bot.whatsapp_media import GONE, Access, delete_media, fetch_media
from bot.whatsapp_webhooks import MEDIA_MAX, Form, parse_report, parse_webhook, peek_webhook

PER_SECOND = 75  # Twilio's 80 a sender (CHANNELS A2), 400 on request
TEXT_MAX = 1600  # TWE/21617
STATUS_PATH = "/webhooks/whatsapp/status"
CLOCK_SLACK = timedelta(seconds=5)  # Twilio's clock and ours
RECEIVED_AT_MOST, PAGE_SIZE = 20_000, 1000
LISTED_WITHIN_S = 60.0  # a server whose every page names a next one would be asked for twenty thousand
LISTED_AT_MOST = 200  # what one citizen can have been sent since the day of a doubtful reply
# ValueError and its kin: a 2xx whose body is cut off or misshapen.
FAULTS = (TwilioException, HeldBack, CallFailed, ValueError, KeyError, TypeError, AttributeError)


class WhatsApp:
    """One sender of one Twilio account. Opens no connection before it is used."""

    name = ChannelName.WHATSAPP
    max_text = TEXT_MAX
    has_buttons = False  # buttons need approved templates; numbered lines work at once and everywhere

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        *,
        sender: str,
        api_url: str,
        public_url: str,
        fallback_url: str = "",
        per_second: int = PER_SECOND,
    ) -> None:
        self.pace = Pace(per_second)
        self._sender, self._public_url = sender, public_url
        self._called_at = tuple(filter(None, (public_url, fallback_url)))  # Twilio signs the address that it calls
        self._validator = RequestValidator(auth_token)
        self._access = Access(api_url, account_sid, auth_token)
        self._http = open_client()  # for files
        self._caller = Caller()
        # a stand-in environment: the library would let TWILIO_EDGE and TWILIO_REGION change the address
        self._client = Client(account_sid, auth_token, http_client=Transport(self._caller), environment={"-": ""})
        self._client.api.base_url = api_url

    def verify(self, request: WebhookRequest) -> bool:
        """Twilio signs the address as configured there and every parameter, blank and repeated ones too."""
        given = request.headers.get("x-twilio-signature", "").encode(errors="replace")
        form = Form(request.body)
        is_ours = any(hmac.compare_digest(given, self._sign(url, form)) for url in self._addresses(request))
        return is_ours and bool(self._access.auth_token)

    def peek(self, request: WebhookRequest) -> EventKey:
        return peek_webhook(request.body)

    def parse(self, body: bytes) -> Inbound | Ignored:
        return parse_webhook(body)

    def parse_status(self, request: WebhookRequest) -> StatusReport | Ignored:
        return parse_report(request.body, request.query)

    async def send(self, address: str, message: Outbound, *, reply_id: str) -> Sent:
        """`reply_id` comes back in each report: one may come before Twilio's answer does (CHANNELS §0.12)."""
        try:
            sent = await self._client.messages.create_async(
                to=address,
                from_=self._sender,
                **_content(message),
                status_callback=f"{self._public_url}{STATUS_PATH}?reply={quote(reply_id)}",
            )
        except FAULTS as error:
            raise to_send_error(error) from error
        if not sent.sid:
            raise SendError("answer_lost", "no sid in the answer", ambiguous=True)
        return Sent(sent.sid)

    async def find_sent(
        self, address: str, message: Outbound, *, since: datetime, known: Collection[str] = ()
    ) -> Sent | None:
        earliest, body = since.astimezone(UTC) - CLOCK_SLACK, number_choices(message).strip()
        try:
            listed = await self._client.messages.list_async(
                to=address, from_=self._sender, date_sent_after=str(earliest.date()), limit=LISTED_AT_MOST
            )
        except FAULTS as error:
            code = to_send_error(error).code
            raise SendError(code, "the list of messages cannot be had", retryable=True) from error
        found = (m for m in listed if (m.body or "").strip() == body and _can_be_from(m.date_created, earliest))
        return next((Sent(m.sid) for m in found if m.sid and m.sid not in known), None)

    async def list_received(self, since: datetime) -> list[Received]:
        """What citizens sent since then. Raises SendError, also when there is more than can be listed at once."""
        earliest = since.astimezone(UTC)
        try:
            async with asyncio.timeout(LISTED_WITHIN_S):
                listed = await self._client.messages.list_async(
                    to=self._sender, date_sent_after=earliest, limit=RECEIVED_AT_MOST, page_size=PAGE_SIZE
                )
        except TimeoutError as error:
            raise SendError("list_too_long", f"no end of it in {LISTED_WITHIN_S:.0f} s") from error
        except FAULTS as error:
            raise to_send_error(error) from error
        if len(listed) >= RECEIVED_AT_MOST:
            raise SendError("list_too_long", f"more than {RECEIVED_AT_MOST} messages since {earliest}")
        inbound = (m for m in listed if m.sid and m.direction == INBOUND and _can_be_from(m.date_created, earliest))
        return [Received(m.sid, m.date_created or earliest) for m in inbound]

    async def fetch_received(self, external_id: str) -> WebhookRequest | None:
        """The message as its webhook would have told it; None: it was deleted since it was listed. Raises SendError."""
        context = self._client.messages(external_id)
        try:
            message = await context.fetch_async()
            media = await context.media.list_async(limit=MEDIA_MAX) if message.num_media not in (None, "0") else []
        except TwilioRestException as error:
            if error.status == GONE:
                return None
            raise to_send_error(error) from error
        except FAULTS as error:
            raise to_send_error(error) from error
        account = self._access.account_sid
        folder = f"{self._access.api_url}/2010-04-01/Accounts/{account}/Messages/{external_id}/Media"
        return WebhookRequest(as_webhook(message, media, folder), {})

    async def answer_button(self, callback_id: str) -> None:
        """WhatsApp has no spinner."""

    async def fetch(self, attachment: Attachment, *, max_bytes: int) -> AsyncIterator[bytes]:
        async for chunk in fetch_media(self._http, self._access, attachment.external_id, max_bytes=max_bytes):
            yield chunk

    async def forget(self, attachment: Attachment) -> None:
        """Twilio holds media until they are deleted (CHANNELS A2). Raises FetchError."""
        await delete_media(self._http, self._access, attachment.external_id)

    async def check(self) -> str:
        """The sender, once the account has answered. Raises SendError when credentials or network are not in order."""
        try:
            account = await self._client.api.accounts(self._access.account_sid).fetch_async()
        except FAULTS as error:
            raise to_send_error(error) from error
        if account.status in ("suspended", "closed"):
            raise SendError("20005", f"the account is {account.status}", channel_broken=True)
        return self._sender

    async def close(self) -> None:
        await self._caller.close()
        await self._http.aclose()

    def _addresses(self, request: WebhookRequest) -> Iterator[str]:
        """What Twilio may have signed: with and without the port (CHANNELS A2)."""
        query = f"?{request.query}" if request.query else ""
        for site in self._called_at:
            url = urlparse(f"{site}{request.path}{query}")
            yield from (remove_port(url), add_port(url))

    def _sign(self, url: str, form: Form) -> bytes:
        signature: str = self._validator.compute_signature(url, form)
        return signature.encode()


def _content(message: Outbound) -> dict[str, Any]:
    """Free text, with the address of a file that Twilio fetches; or a template with its variables as Twilio wants them
    (CHANNELS A2)."""
    if message.template is None:
        return {"body": number_choices(message)} | ({"media_url": [message.file.url]} if message.file else {})
    filled = {str(number): value for number, value in enumerate(message.template.variables, start=1)}
    variables = {"content_variables": json.dumps(filled, ensure_ascii=False)} if filled else {}
    return {"content_sid": message.template.content_sid, **variables}


class Transport:
    """What Twilio's client asks of a transport. Its own async one ignores its time-out, and logs what it sends."""

    is_async = True

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def request(self, method: str, url: str, **sent: Any) -> Response:
        """Raises CallFailed, HeldBack."""
        answer = await self._caller.call(
            method,
            url,
            form=sent.get("data"),
            params=sent.get("params"),
            headers=sent.get("headers"),
            auth=sent.get("auth"),
        )
        require_no_wait(answer)
        return Response(answer.status, answer.body.decode(errors="replace"), answer.headers)


def _can_be_from(created_at: datetime | None, earliest: datetime) -> bool:
    """A date that the library cannot read is none: such a message is rather seen than missed."""
    return created_at is None or created_at >= earliest
