"""`GET Messages.json`: filters and pages of the message list, newest first. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from canaliza.simulator.twilio_checks import Form, Refused
from canaliza.simulator.twilio_resource import MessageResource

PAGE_SIZE, PAGE_SIZE_MAX = 50, 1000
WHOLE_DAY = len("2026-11-25")
FILTERS = ("To", "From", "DateSent", "DateSent<", "DateSent>")


def list_page(messages: Sequence[MessageResource], path: str, query: Form) -> dict[str, Any]:
    """One page of what the filters leave. Raises Refused for a date that is none."""
    kept = [message for message in reversed(messages) if _is_wanted(message, query)]
    size = min(max(_number(query, "PageSize", PAGE_SIZE), 1), PAGE_SIZE_MAX)
    page = _number(query, "Page", 0)
    rows = kept[page * size : (page + 1) * size]
    has_next = len(kept) > (page + 1) * size
    return {
        "first_page_uri": _uri(path, query, size, 0),
        "end": page * size + max(0, len(rows) - 1),
        "previous_page_uri": _uri(path, query, size, page - 1) if page else None,
        "messages": [message.as_json() for message in rows],
        "uri": _uri(path, query, size, page),
        "page_size": size,
        "start": page * size,
        "next_page_uri": _uri(path, query, size, page + 1) if has_next else None,
        "page": page,
    }


def _is_wanted(message: MessageResource, query: Form) -> bool:
    if query.get("To", message.to) != message.to or query.get("From", message.sender) != message.sender:
        return False
    sent_at = message.sent_at or message.created_at  # a queued message has no date_sent yet
    after, before, on = (query.get(name) for name in ("DateSent>", "DateSent<", "DateSent"))
    if on and not _day(on) <= sent_at < _day(on) + timedelta(days=1):
        return False
    if after and sent_at.replace(microsecond=0) < _moment(after):
        return False
    return not before or sent_at.replace(microsecond=0) <= _moment(before, is_end=True)


def _day(text: str) -> datetime:
    return _moment(text[:WHOLE_DAY])


def _moment(text: str, *, is_end: bool = False) -> datetime:
    """A date or a moment in UTC; a date as an upper bound means its whole day."""
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise Refused(20001, f"DateSent is not a valid date: {text}") from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment + timedelta(days=1, seconds=-1) if is_end and len(text) == WHOLE_DAY else moment


def _number(query: Form, name: str, default: int) -> int:
    value = query.get(name, "")
    return int(value) if value.isdigit() else default


def _uri(path: str, query: Form, size: int, page: int) -> str:
    kept = {name: query[name] for name in FILTERS if name in query}
    return f"{path}?{urlencode({**kept, 'PageSize': size, 'Page': page})}"
