"""What is watched: metrics of what waits, each channel's state, and alerts that name nothing that does not exist."""

import asyncio
import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from sqlalchemy import select

from bot.errors import SendError
from bot.messages import ChannelName
from bot.telegram import Telegram, WebhookState
from bot.whatsapp import WhatsApp
from intake.clock import at, utc_now
from intake.incoming.watching import watch
from intake.office import Office
from intake.tables.incoming import ChannelState
from intake.tables.outgoing import Reply
from intake.tables.petitions import Petition
from intake.upkeep import metrics
from intake.upkeep.backup import back_up
from tests.models import ROOT
from tests.talk import Talk

NOW = datetime.fromisoformat("2026-11-25T18:00:00+00:00")
WANTED = "https://peticiones.example/webhooks/telegram"


class Elsewhere(Telegram):
    """A bot whose updates go to another program; it remembers what it was told."""

    def __init__(self) -> None:
        super().__init__("7000000001:AAinvented_token_0000000000000000000", webhook_secret="s", api_url="http://x")
        self.registered: list[str] = []

    async def webhook_state(self) -> WebhookState:
        return WebhookState("https://elsewhere.example", 3, NOW - timedelta(hours=1), "none", ())

    async def register_webhook(self, url: str) -> None:
        self.registered.append(url)


class Revoked(WhatsApp):
    """An account whose token was revoked."""

    def __init__(self) -> None:
        super().__init__("AC" + "0" * 32, "t", sender="whatsapp:+52", api_url="http://x", public_url="http://y")

    async def check(self) -> str:
        raise SendError("20003", "HTTP 401", channel_broken=True)


def _rendered(office: Office) -> str:
    return asyncio.run(metrics.render(office)).decode()


def test_what_waits_is_counted_and_how_long(office: Office, talk: Talk) -> None:
    talk.sends("no hay agua en mi colonia")
    text = _rendered(office)
    assert 'canaliza_rows{state="pending",table="inbound_events"} 1.0' in text
    assert 'canaliza_rows{state="dead",table="inbound_events"} 0.0' in text
    talk.works()
    assert 'canaliza_oldest_waiting_seconds{table="inbound_events"} 0.0' in _rendered(office)
    assert 'canaliza_rows{state="RECIBIDA",table="petitions"} 1.0' in _rendered(office)


def test_what_floods_came_to_is_counted_for_a_day(office: Office, talk: Talk) -> None:
    for _ in range(50):
        talk.sends("no hay agua")
    talk.works()
    assert 'canaliza_flooded_last_day{as="kept"} 20.0' in _rendered(office)
    assert 'canaliza_flooded_last_day{as="dropped"} 0.0' in _rendered(office)
    with at(utc_now() + timedelta(hours=25)):
        assert 'canaliza_flooded_last_day{as="kept"} 0.0' in _rendered(office)


def test_what_grows_for_ever_is_not_counted(office: Office, talk: Talk) -> None:
    talk.says("no hay agua en mi colonia")
    with office.sessions.begin() as session:
        session.scalars(select(Petition)).one().status = "NOTIFICADA"
        first, *_ = session.scalars(select(Reply).order_by(Reply.id))
        first.state = "failed"
    assert 'canaliza_rows{state="failed",table="replies"} 1.0' in _rendered(office)
    assert 'state="NOTIFICADA"' not in _rendered(office)
    with at(utc_now() + timedelta(days=91)):
        assert 'canaliza_rows{state="failed",table="replies"} 0.0' in _rendered(office)


def test_a_revoked_token_is_not_silent_and_a_taken_webhook_is_taken_back(office: Office) -> None:
    telegram = Elsewhere()
    watched = replace(office, channels={ChannelName.TELEGRAM: telegram, ChannelName.WHATSAPP: Revoked()})
    asyncio.run(watch(watched, WANTED, NOW))
    assert telegram.registered == [WANTED]
    text = _rendered(watched)
    assert 'canaliza_channel_up{channel="whatsapp"} 0.0' in text
    assert 'canaliza_channel_up{channel="telegram"} 1.0' in text
    assert 'canaliza_channel_held_back{channel="telegram"} 3.0' in text
    with office.sessions() as session:
        assert session.get_one(ChannelState, "whatsapp").fault == "20003"


def test_who_asks_telegram_for_updates_registers_no_webhook(office: Office) -> None:
    telegram = Elsewhere()
    asyncio.run(watch(replace(office, channels={ChannelName.TELEGRAM: telegram}), None, NOW))
    assert telegram.registered == []


def test_the_newest_backup_is_known(office: Office, tmp_path: Path) -> None:
    watched = replace(office, settings=office.settings.model_copy(update={"backup_dir": str(tmp_path / "backups")}))
    assert "canaliza_backup_timestamp_seconds 0.0" in _rendered(watched)
    back_up(office, tmp_path / "backups")
    made = re.search(r"^canaliza_backup_timestamp_seconds (\S+)$", _rendered(watched), re.MULTILINE)
    assert made
    assert abs(float(made[1]) - utc_now().timestamp()) < 120


RULES = YAML(typ="safe").load(ROOT / "deploy" / "prometheus" / "canaliza.rules.yml")["groups"][0]["rules"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["alert"]))
def test_an_alert_names_metrics_that_there_are_and_a_page_that_says_what_to_do(rule: dict[str, object]) -> None:
    known = {metric.name for metric in (*metrics.REGISTRY.collect(), *metrics.PROCESS.collect())} | {"up"}
    known |= {f"{name}_total" for name in known}
    named = set(re.findall(r"(?:canaliza|process)_\w+|\bup\b", str(rule["expr"])))
    assert named
    assert named <= known, named - known
    annotations = rule["annotations"]
    assert isinstance(annotations, dict)
    page, anchor = annotations["runbook"].split("#")
    headings = re.findall(r"^## (\w+)$", (ROOT / page).read_text("utf-8"), re.MULTILINE)
    assert anchor in {heading.lower() for heading in headings}
    assert rule["alert"] in headings
