"""The three channels against a provider of this machine, and the sentences that citizens read."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.telegram import Telegram
from bot.texts import Catalogue, load_catalogue
from bot.whatsapp import WhatsApp
from tests.bot.provider import ACCOUNT, AUTH_TOKEN, PUBLIC_URL, SECRET, SENDER, TOKEN, Provider


@pytest.fixture
def provider() -> Iterator[Provider]:
    started = Provider()
    yield started
    started.stop()


@pytest.fixture
def telegram(provider: Provider) -> Telegram:
    return Telegram(TOKEN, webhook_secret=SECRET, api_url=provider.url)


@pytest.fixture
def whatsapp(provider: Provider) -> WhatsApp:
    return WhatsApp(ACCOUNT, AUTH_TOKEN, sender=SENDER, api_url=provider.url, public_url=PUBLIC_URL)


@pytest.fixture(scope="session")
def texts() -> Catalogue:
    """The real sentences of Oaxaca, with numbers that are nobody's."""
    path = Path(__file__).parents[2] / "jurisdictions" / "oaxaca" / "texts" / "es_MX.po"
    lines = {f"line_{name}": "000 000 0000" for name in ("emergency", "women", "life", "anonymous")}
    return load_catalogue(
        path,
        office="Oficina",
        channel="Canal",
        series="JG",
        privacy_url="https://peticiones.example/privacidad",
        **lines,
    )
