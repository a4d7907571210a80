"""Throw-away offices of a benchmark: settings, a migrated database, messages of the corpus."""

import random
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from intake.database import open_engine
from intake.schema import upgrade
from intake.settings import Settings
from nlp.corpus import read_corpus

SENDER = "whatsapp:+5219510000000"
PACE = 10_000  # a second: the sink takes all, and the providers' caps are not what is measured


def office_settings(
    settings: Settings, database_url: str, folder: Path, *, api_url: str, port: int, quiet_s: float = 0.0
) -> Settings:
    """Credentials that only the benchmark knows; the model in service; nothing waits for what a person may add."""
    return settings.model_copy(
        update={
            "database_url": database_url,
            "public_url": f"http://127.0.0.1:{port}",
            "secret_key": "k" * 32,
            "telegram_bot_name": "canaliza_bench_bot",
            "telegram_token": "7000000001:AAbench_of_this_machine_000000000000000",
            "telegram_webhook_secret": "bench",
            "telegram_api_url": api_url,
            "telegram_per_second": PACE,
            "twilio_account_sid": "AC" + "0a" * 16,
            "twilio_auth_token": "0b" * 16,
            "twilio_whatsapp_from": SENDER,
            "twilio_api_url": api_url,
            "whatsapp_per_second": PACE,
            "files_url": f"file://{folder}/files",
            "spool_dir": str(folder / "spool"),
            "model_dir": str(settings.model_folder),
            "quiet_s": quiet_s,
            "failpoint": "",
        }
    )


@contextmanager
def fresh_database(kind: str, folder: Path, server: str, *, is_migrated: bool = True) -> Iterator[str]:
    """A database's URL; it is gone afterwards. `server`: of PostgreSQL, where databases may be made and dropped."""
    name = f"t{uuid.uuid4().hex}"
    if kind == "sqlite":
        yield _made(f"sqlite:///{folder}/{name}.db", is_migrated=is_migrated)
        return
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        url = make_url(server).set(database=name).render_as_string(hide_password=False)
        try:
            yield _made(url, is_migrated=is_migrated)
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def sample_texts(settings: Settings, count: int) -> list[str]:
    """Messages of the corpus, the same ones each time."""
    texts = [example.text for example in read_corpus(settings.jurisdiction_dir / "corpus")]
    return random.Random(1).sample(texts, count)  # noqa: S311 — no secret


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _made(url: str, *, is_migrated: bool) -> str:
    if is_migrated:
        engine = open_engine(url)
        upgrade(engine)
        engine.dispose()
    return url
