"""When people may be written to unasked: by day. Pure."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY_BEGINS, DAY_ENDS = time(8), time(20)  # nobody is woken: CHANNELS and the issue of the conversation


def until_day(now: datetime, zone: ZoneInfo) -> timedelta:
    """How long it is until the next morning; nothing by day."""
    local = now.astimezone(zone)
    if DAY_BEGINS <= local.time() < DAY_ENDS:
        return timedelta(0)
    day = local.date() + timedelta(days=local.time() >= DAY_ENDS)
    return datetime.combine(day, DAY_BEGINS, zone) - local
