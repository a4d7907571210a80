"""`canaliza demo`: sets up what is missing, then serves the product beside a simulator of both providers.

Nothing here is a way of its own: the same program as `serve`, whose API addresses name the simulator.
"""

import hashlib
import os
import secrets
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvloop
from rich.console import Console
from rich.table import Table
from ruamel.yaml import YAML
from sqlalchemy import select

from bot.messages import ChannelName
from canaliza import logs
from canaliza.seed import Extent, fill, liaison_name
from canaliza.serving import Plan, check, serve
from canaliza.simulator import SimulatorConfig, build_simulator, read_scene
from canaliza.simulator.config import Acquaintance
from intake.database import open_engine, reading
from intake.errors import SettingsError
from intake.incoming.webhooks import WHATSAPP
from intake.office import Office
from intake.schema import upgrade
from intake.settings import Settings, read_settings
from intake.tables.citizens import Citizen, Conversation
from intake.wiring import build_office

SENDER = "whatsapp:+5219510000000"
INVENTED = Extent(petitions=300, days=90, has_past=True)
SHOWN_LIAISONS = ("SOAPA", "CABIEN", "IEEPO", "IMSS_BIENESTAR", "MUNICIPIO")


@dataclass(frozen=True)
class Ports:
    host: str
    public: int
    staff: int
    phones: int


def run(ports: Ports, folder: Path, out: Console) -> None:
    """Until a signal comes. Raises SettingsError when a port is taken."""
    logs.set_up(level=logs.WARNING)
    _check_ports(ports)
    settings = _settings(ports, folder)
    prepare(settings, folder, out)
    office = build_office(settings)
    plan = Plan(
        ports.host, ports.public, ports.staff, further=[(build_simulator(_providers(office, ports)), ports.phones)]
    )
    check(office, plan)
    _announce(settings, ports, folder, out)
    uvloop.run(serve(office, plan))


def prepare(settings: Settings, folder: Path, out: Console) -> None:
    """Database, model and invented data, each only when it is missing. A set-up that was cut off starts anew."""
    ready = folder / "ready"
    if not (settings.model_folder / "meta.json").exists():
        out.print("→ Training the model from the corpus (about three minutes, only the first time)")
        _train(settings)
    if not ready.exists():
        for path in folder.glob("canaliza.db*"):
            path.unlink()
    upgrade(open_engine(settings.database_url))
    if not ready.exists():
        fill(settings, INVENTED, out)
        ready.touch()


def _train(settings: Settings) -> None:
    """In a process of its own: what learning takes of memory, an office that serves does not keep."""
    command = [sys.executable, "-m", "canaliza.cli", "train"]
    environment = {**os.environ, **settings.as_environment()}
    if subprocess.run(command, env=environment, check=False).returncode:  # noqa: S603 — fixed arguments
        raise SettingsError("the model could not be trained: what went wrong stands above")


def _settings(ports: Ports, folder: Path) -> Settings:
    """Settings as an administrator would make them, with credentials that only the simulator knows."""
    folder.mkdir(parents=True, exist_ok=True)
    secret = _secret(folder / "secret_key")
    phones = _address(ports.host, ports.phones)
    return Settings(
        database_url=f"sqlite:///{folder}/canaliza.db",
        public_url=_address(ports.host, ports.public),
        secret_key=secret,
        telegram_token=f"7000000001:{_derived(secret, 'telegram')[:35]}",
        telegram_webhook_secret=_derived(secret, "webhook"),
        telegram_api_url=phones,
        twilio_account_sid=f"AC{_derived(secret, 'account')[:32]}",
        twilio_auth_token=_derived(secret, "auth")[:32],
        twilio_whatsapp_from=SENDER,
        twilio_api_url=phones,
        files_url=f"file://{(folder / 'files').resolve()}",
        spool_dir=str(folder / "spool"),
        staff_url=_address(ports.host, ports.staff),
        staff_frame_from=phones,
        jurisdiction=read_settings().jurisdiction,
        model_dir=read_settings().model_dir,
    )


def _providers(office: Office, ports: Ports) -> SimulatorConfig:
    settings = office.settings
    return SimulatorConfig(
        telegram_token=settings.telegram_token,
        twilio_account_sid=settings.twilio_account_sid,
        twilio_auth_token=settings.twilio_auth_token,
        whatsapp_sender=SENDER,
        whatsapp_webhook_url=f"{settings.public_url}{WHATSAPP}",
        public_url=_address(ports.host, ports.phones),
        staff_url=_address(ports.host, ports.staff),
        staff_hint=f"oficial / {_story(settings)['password']}",
        scene=read_scene(settings.jurisdiction_dir / "phones.json"),
        acquaintances=_acquaintances(office),
    )


def _acquaintances(office: Office) -> list[Acquaintance]:
    """Everybody in the database: the simulator forgets its people when it stops, the office does not."""
    wanted = select(Conversation, Citizen.name).join(Citizen, Citizen.id == Conversation.citizen_id)
    with reading(office.sessions) as session:
        return [
            Acquaintance(ChannelName(c.channel), c.address, name or "", c.last_inbound_at)
            for c, name in session.execute(wanted)
        ]


def _announce(settings: Settings, ports: Ports, folder: Path, out: Console) -> None:
    values = _story(settings)
    table = Table(title="Log-ins of the staff app, all with the password " + values["password"])
    table.add_column("user")
    table.add_column("who")
    for member in values["staff"]:
        table.add_row(member["username"], member["name"])
    for agency in SHOWN_LIAISONS:
        table.add_row(liaison_name(agency), f"liaison of {agency}")
    table.add_row("enlace-…", "a liaison of each other agency, by its key in agencies.json")
    out.print(table)
    out.print(f"[bold]Two phones and the staff view:  {_address(ports.host, ports.phones)}[/]", highlight=False)
    out.print(f"Staff app alone:                {_address(ports.host, ports.staff)}", highlight=False)
    out.print(f"Webhooks, health, metrics:      {_address(ports.host, ports.public)}", highlight=False)
    out.print(f"Stop with Ctrl+C; a new start keeps everything (rm -r {folder} begins anew).", highlight=False)


def _story(settings: Settings) -> dict[str, Any]:
    """Who works in the demo, and with what password."""
    values: dict[str, Any] = YAML(typ="safe").load(settings.jurisdiction_dir / "demo.yaml")
    return values


def _check_ports(ports: Ports) -> None:
    taken = []
    for port in (ports.public, ports.staff, ports.phones):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((ports.host, port))
            except OSError:
                taken.append(str(port))
    if taken:
        raise SettingsError(
            f"port {' and '.join(taken)} in use: choose others with --port, --staff-port, --phones-port"
        )


def _secret(path: Path) -> str:
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32))
    return path.read_text().strip()


def _derived(secret: str, name: str) -> str:
    return hashlib.sha256(f"{secret}:{name}".encode()).hexdigest()


def _address(host: str, port: int) -> str:
    return f"http://{host}:{port}"
