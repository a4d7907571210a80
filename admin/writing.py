"""Dates, numbers and sizes as people in Mexico write them; filters of the templates."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal, format_percent

from intake.clock import utc_now

LOCALE = "es_MX"
HASH_SHOWN = 12


def filters(zone: ZoneInfo) -> dict[str, Callable[..., Any]]:
    return {
        "moment": lambda at: moment(at, zone),
        "age": age,
        "hour": lambda at: hour(at, zone),
        "day": day,
        "month": month,
        "iso": lambda at: at.astimezone(zone).isoformat(timespec="seconds"),
        "percent": percent,
        "number": number,
        "size": size,
        "degrees": degrees,
        "short_hash": lambda value: value[:HASH_SHOWN],
    }


def moment(at: datetime, zone: ZoneInfo) -> str:
    """«mar 24 nov 2026, 14:05»."""
    return format_datetime(at.astimezone(zone), "EEE d MMM y, HH:mm", locale=LOCALE)


def hour(at: datetime, zone: ZoneInfo) -> str:
    """«14:05»."""
    return format_datetime(at.astimezone(zone), "HH:mm", locale=LOCALE)


def day(value: date) -> str:
    """«mar 24 nov 2026»."""
    return format_date(value, "EEE d MMM y", locale=LOCALE)


def month(value: date) -> str:
    """«noviembre 2026»."""
    return format_date(value, "MMMM y", locale=LOCALE)


def age(at: datetime) -> str:
    """«hace 3 horas»."""
    return format_timedelta(at - utc_now(), add_direction=True, locale=LOCALE)


def percent(share: float) -> str:
    return format_percent(share, "0 %", locale=LOCALE)


def number(value: float) -> str:
    return format_decimal(value, locale=LOCALE)


def size(count: int) -> str:
    """«340 kB», «1.2 MB»."""
    if count < 1_000_000:
        return f"{format_decimal(max(count // 1000, 1), locale=LOCALE)} kB"
    return f"{format_decimal(round(count / 1_000_000, 1), locale=LOCALE)} MB"


def degrees(place: tuple[float, float]) -> str:
    """«17.06123° N, 96.72534° O»."""
    latitude, longitude = place
    north, east = "N" if latitude >= 0 else "S", "E" if longitude >= 0 else "O"
    return f"{abs(latitude):.5f}° {north}, {abs(longitude):.5f}° {east}"
