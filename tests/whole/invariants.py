"""RELIABILITY's invariants, checked after a case from outside. Each check lists its violations in words.

I8 (rows of another agency) is a matter of pages: tests/admin/test_access.py.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import parse_qs

import psutil

from bot.messages import Choice, Outbound
from bot.numbering import number_choices
from intake.clock import utc_now
from intake.tables.incoming import InboundEvent
from intake.tables.outgoing import Reply
from tests.whole.evidence import CHANNELS, UNENDED, Evidence, gather, living
from tests.whole.program import Program
from tests.whole.providers import Providers

MESSAGES = frozenset({"message", "webhook"})  # a person wrote; edits and buttons may be nothing new
IN_LINE = MESSAGES | {"edited_message"}  # of one chat's queue (CHANNELS §0.4)
RANKS = {"queued": 0, "sent": 1, "undelivered": 2, "failed": 2, "delivered": 3, "read": 4}
LADDER = {None: -1, "accepted": 0, "sent": 1, "failed": 2, "delivered": 3, "read": 4}
ENDS_WITHIN = timedelta(minutes=15)
RSS_MAX_BYTES = 400 * 1024 * 1024
DESCRIPTORS_MAX = 150  # about 60 at rest; a leak of one a message is far above after any campaign
Violations = Iterator[str]


def check_invariants(program: Program, providers: Providers) -> list[str]:
    """Every violation, in words; none when all invariants hold. The case has settled."""
    evidence = gather(program, providers)
    return [f"{check.__name__[1:]}: {violation}" for check in CHECKS for violation in check(evidence)]


def _acknowledged_is_kept_once(evidence: Evidence) -> Violations:
    """I1: every event that was answered 2xx is one row, or waits in the spool."""
    rows = Counter((event.channel, _provider_event(event.provider_id)) for event in evidence.events)
    messages = Counter((event.channel, event.provider_id) for event in evidence.events if event.kind == "message")
    spooled = {(channel, _provider_event(provider_id)) for channel, provider_id in evidence.spooled}
    for posted in evidence.journal["webhooks"]:
        key = CHANNELS[posted["provider"]], posted["event"]
        if _is_acknowledged(posted["status"]) and not rows[key] and key not in spooled:
            yield f"{posted['kind']} {key} was acknowledged and is nowhere"
    yield from (f"{key} is there {count} times" for key, count in messages.items() if count > 1)


def _each_message_is_one_row(evidence: Evidence) -> Violations:
    """I2: a message is one row of at most one petition, or a dead letter; nothing is left waiting."""
    kinds, rows = _kinds(evidence), Counter(message.event_id for message in evidence.messages)
    for event in evidence.events:
        if event.state == "pending":
            yield f"event {event.id} still waits"
        is_message = event.kind == "message" and kinds.get(event.provider_id, "webhook") in MESSAGES
        if is_message and event.state != "dead" and (event.state, rows[event.id]) != ("processed", 1):
            yield f"event {event.id} is {event.state} with {rows[event.id]} messages"


def _order_is_the_providers(evidence: Evidence) -> Violations:
    """I3: messages of a chat on Telegram were taken in the order in which they were written."""
    kinds, events = _kinds(evidence), {event.id: event for event in evidence.events}
    orders: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for message in evidence.messages:
        event = events[message.event_id]
        if event.provider_order is not None and kinds.get(event.provider_id) in IN_LINE:
            orders[message.conversation_id].append((event.provider_order, event.id))
    for conversation_id, taken in orders.items():
        if taken != sorted(taken):
            yield f"conversation {conversation_id} was taken in the order {taken} (the provider's, ours)"


def _each_petition_has_one_folio(evidence: Evidence) -> Violations:
    """I4: no folio twice, and none burnt: each petition has a message that opened it."""
    folios = Counter(petition.folio for petition in evidence.petitions)
    yield from (f"folio {folio} is given {count} times" for folio, count in folios.items() if count > 1)
    told = {message.petition_id for message in evidence.messages}
    yield from (f"petition {p.id} has no message" for p in evidence.petitions if p.id not in told)


def _replies_end(evidence: Evidence) -> Violations:
    """I5: accepted, failed, or ambiguous and shown to staff; what waits for the citizen to write is held."""
    now = utc_now()
    for reply in evidence.replies:
        if reply.state in UNENDED and now - reply.created_at > ENDS_WITHIN:
            yield f"reply {reply.id} has been {reply.state} for more than 15 minutes"


def _nothing_is_sent_twice(evidence: Evidence) -> Violations:
    """I6: a person gets each reply once, in order; twice only what is marked as ambiguous."""
    received: dict[str, list[str]] = defaultdict(list)
    for bubble in evidence.journal["received"]:
        received[evidence.moved.get(bubble["address"], bubble["address"])].append(bubble["text"].strip())
    replies: dict[str, list[Reply]] = defaultdict(list)
    for reply in evidence.replies:
        address = evidence.addresses[reply.conversation_id]
        replies[evidence.moved.get(address, address)].append(reply)
    for address in received.keys() | replies.keys():
        yield from _wrongly_received(replies[address], received[address])


def _wrongly_received(replies: list[Reply], texts: list[str]) -> Violations:
    owed, sure, came = Counter[str](), Counter[str](), Counter(texts)
    for reply in replies:
        owed[_text(reply)] += reply.attempts if reply.was_ambiguous else 1
        sure[_text(reply)] += _has_surely_come(reply)
    conversation = replies[0].conversation_id if replies else None
    for text, count in came.items():
        if count > owed[text]:
            yield f"conversation {conversation}: «{text[:40]}» came {count} times for {owed[text]}"
    for text, count in sure.items():
        if count > came[text]:
            yield f"conversation {conversation}: «{text[:40]}» came {came[text]} times, {count} were accepted"
    if all(reply.attempts <= 1 for reply in replies) and not _is_part_of(texts, list(map(_text, replies))):
        yield f"conversation {conversation}: replies came in another order"


def _is_part_of(texts: list[str], whole: list[str]) -> bool:
    """In the same order, with gaps: of two replies in the same words one may stay undelivered."""
    rest = iter(whole)
    return all(text in rest for text in texts)


def _has_surely_come(reply: Reply) -> bool:
    """Twilio accepts what it may not deliver, and its report of that may be lost; Telegram delivers what it accepts."""
    return reply.state == "accepted" and (
        reply.channel == "telegram" or reply.delivery in ("sent", "delivered", "read")
    )


def _delivery_never_falls(evidence: Evidence) -> Violations:
    """I7: a reply is as far as the highest of its reports."""
    highest: dict[str, int] = {}
    for event in evidence.events:
        if event.kind != "status" or _is_nobodys(event):
            continue
        form = parse_qs(event.body.decode(errors="replace"))
        sid, status = form.get("MessageSid", [""])[0], form.get("MessageStatus", [""])[0]
        highest[sid] = max(highest.get(sid, -1), RANKS.get(status, -1))
    for reply in evidence.replies:
        if reply.external_id and LADDER[reply.delivery] < highest.get(reply.external_id, -1):
            yield f"reply {reply.id} is {reply.delivery} after a report of rank {highest[reply.external_id]}"


def _logs_hold_nothing_personal(evidence: Evidence) -> Violations:
    """I9: no phone, name, word of a citizen or secret in the log, plain or as JSON writes it."""
    for canary in set(evidence.canaries):
        if canary in evidence.log or json.dumps(canary)[1:-1] in evidence.log:
            yield f"«{canary[:30]}» stands in the log"


def check_growth(program: Program) -> list[str]:
    """Violations of I10 alone, which needs no database."""
    return list(_grown(living(program)))


def _the_process_stays_small(evidence: Evidence) -> Violations:
    """I10: memory and open files of a process that still runs."""
    yield from _grown(evidence.process)


def _grown(process: psutil.Process | None) -> Violations:
    if process is None:
        return
    memory, descriptors = process.memory_info().rss, process.num_fds()
    if memory > RSS_MAX_BYTES:
        yield f"{memory / 2**20:.0f} MiB of memory"
    if descriptors > DESCRIPTORS_MAX:
        yield f"{descriptors} open files"


CHECKS: tuple[Callable[[Evidence], Violations], ...] = (
    _acknowledged_is_kept_once,
    _each_message_is_one_row,
    _order_is_the_providers,
    _each_petition_has_one_folio,
    _replies_end,
    _nothing_is_sent_twice,
    _delivery_never_falls,
    _logs_hold_nothing_personal,
    _the_process_stays_small,
)


def _is_nobodys(report: InboundEvent) -> bool:
    """Twilio's reports carry our own id; one without it that comes before Twilio's answer belongs to no reply yet."""
    return report.state == "ignored" and "reply=" not in report.query


def _kinds(evidence: Evidence) -> dict[str, str]:
    """The provider's word for each event that it sent, by its id."""
    return {posted["event"]: posted["kind"] for posted in evidence.journal["webhooks"] if posted["kind"] != "status"}


def _provider_event(provider_id: str) -> str:
    """A report's key holds its status too (CHANNELS §0.12)."""
    return provider_id.split(":", 1)[0]


def _is_acknowledged(status: int | None) -> bool:
    return status is not None and 200 <= status < 300


def _text(reply: Reply) -> str:
    """As the person sees it: WhatsApp has no buttons, so choices are numbered lines there; a template has none."""
    is_numbered = reply.channel == "whatsapp" and not reply.template
    choices = tuple(Choice(label, data) for label, data in reply.choices) if is_numbered else ()
    return number_choices(Outbound(reply.words, choices)).strip()
