"""Days and shares as they stand in reports."""

from datetime import date

from babel.dates import format_date
from babel.numbers import format_decimal

from intake.indicators.measures import Figure

LOCALE = "es_MX"


def day_words(day: date) -> str:
    """«martes 24 de noviembre de 2026»."""
    return str(format_date(day, "EEEE d 'de' MMMM 'de' y", locale=LOCALE))


def short_day(day: date) -> str:
    """«mar 24 nov 2026»."""
    return str(format_date(day, "EEE d MMM y", locale=LOCALE))


def number_words(value: float) -> str:
    return str(format_decimal(value, locale=LOCALE))


def share_of(figure: Figure | None) -> float | None:
    """Per cent; None where there is nothing to divide by, which is not zero."""
    return None if figure is None or figure.share is None else round(100 * figure.share, 2)
