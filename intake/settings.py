"""The environment, read in one place. `read_settings` refuses with one message that names all that is wrong."""

import re
import secrets
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from intake.errors import SettingsError

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
ROLES = {"officer", "liaison", "administrator", "auditor", "head", "statistics"}  # `staff.Role`, which needs settings
MAILBOX = re.compile(r"[^\s<>@]+@[A-Za-z0-9.-]+")
STAFF_SITE = "http://127.0.0.1:8081"
PROJECT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Every `CANALIZA_*` variable; the README's table is checked against these fields by a test."""

    model_config = SettingsConfigDict(env_prefix="CANALIZA_", extra="ignore", frozen=True, env_ignore_empty=True)

    database_url: str = Field("sqlite:///var/canaliza.db", description="SQLite or PostgreSQL (postgresql://…)")
    public_url: str = Field(
        "http://127.0.0.1:8080", description="Address of the internet-facing app, as providers see it"
    )
    secret_key: str = Field("", description="Signs cookies and links; at least 32 characters")
    telegram_token: str = Field("", description="Token that @BotFather gave")
    telegram_bot_name: str = Field("", description="Username of the bot, without @: links from WhatsApp lead to it")
    telegram_webhook_secret: str = Field(
        "", description="1–256 of A–Z a–z 0–9 _ -, sent back by Telegram with each update"
    )
    telegram_api_url: str = Field("https://api.telegram.org", description="Telegram's API or a compatible server")
    telegram_per_second: int = Field(
        28, ge=1, description="Messages a second that the bot may send; more when paid for"
    )
    twilio_account_sid: str = Field("", description="AC… of the Twilio account")
    twilio_auth_token: str = Field("", description="Primary auth token of that account")
    twilio_whatsapp_from: str = Field("", description="WhatsApp sender, as whatsapp:+52…")
    twilio_api_url: str = Field("https://api.twilio.com", description="Twilio's API or a compatible server")
    twilio_fallback_url: str = Field(
        "", description="Address of the web host that Twilio's fallback URL names, when it is not the public one"
    )
    whatsapp_per_second: int = Field(75, ge=1, description="Messages a second that the sender may send; 400 on request")
    quiet_s: float = Field(
        20,
        ge=0,
        le=60,
        description="Silence that ends a burst of messages, acknowledged once; half of it after the first one, "
        "a quarter after one that says all; 0: each is answered at once",
    )
    late_after_s: int = Field(60, ge=1, description="Age of the oldest waiting message at which people are told so")
    takeover_idle_min: int = Field(
        30, ge=1, description="Minutes without a word of the officer in a conversation after which the program answers"
    )
    rehearsed_petitions: int = Field(
        900, ge=1, le=20_000, description="Latest petitions over which other routing rules are rehearsed"
    )
    jurisdiction: str = Field("oaxaca", description="Name under jurisdictions/ or path of such a folder")
    files_url: str = Field("file://var/files", description="Where attachments are kept (fsspec: file://, s3://…)")
    spool_dir: str = Field("var/spool", description="Where messages wait on this host while the database is away")
    backup_dir: str = Field(
        "", description="Where `canaliza backup` writes when no folder is named; its age is watched"
    )
    model_dir: str = Field("", description="Trained model's folder; default var/model/<jurisdiction>")
    second_factor_for: str = Field(
        "",
        description="Roles of staff who need a second factor, by commas: administrator, officer, auditor, head, "
        "liaison, statistics; in production at least administrator",
    )
    oidc_issuer: str = Field(
        "", description="The organisation's own log-in (OpenID Connect), as it names itself; empty: there is none"
    )
    oidc_client_id: str = Field("", description="This program's name at that log-in")
    oidc_client_secret: str = Field("", description="Its secret there; empty for a public client")
    oidc_client_secret_file: str = Field("", description="File that holds the secret instead")
    oidc_label: str = Field("Cuenta institucional", description="What staff call that log-in: «Entrar con …»")
    oidc_account_by: Literal["subject", "email"] = Field(
        "subject",
        description="subject: only accounts that an administrator linked; email: also a verified address that is the "
        "account's user name or the one its owner confirmed",
    )
    oidc_second_factor: str = Field(
        "mfa", description="Values of amr or acr, by commas, that count as a second factor; others do not"
    )
    oidc_accepts_invited: bool = Field(
        False, description="Who was invited may open the account with that log-in instead of a password"
    )
    oidc_instead_of_password: bool = Field(
        False, description="Who is linked to that log-in gets in by it alone; keep an administrator who is not"
    )
    metrics_token: str = Field("", description="Bearer token for /metrics from outside loopback; empty: loopback only")
    staff_url: str = Field(
        "",
        description="Address of the staff app as its people see it: passkeys and invitations are bound to it, letters "
        "and calendars lead there",
    )
    staff_frame_from: str = Field(
        "", description="Address of a page that may show the staff app in a frame (the demo's); empty: none may"
    )
    hook_loopback: bool = Field(
        False, description="Agencies' systems on this machine may be told of events, without TLS; for demonstrations"
    )
    smtp_host: str = Field("", description="Mail server that takes letters to staff; empty: none are written")
    smtp_port: int = Field(587, ge=1, le=65535, description="Port of the mail server; 465 with tls")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the way to the mail server is sealed; none only on this machine"
    )
    smtp_user: str = Field("", description="Who logs in to the mail server; empty: nobody has to")
    smtp_password: str = Field("", description="Password at the mail server")
    mail_from: str = Field("", description="Sender's address of letters to staff")
    imap_host: str = Field("", description="Mail server with the front desk's mailbox; empty: none is read")
    imap_port: int = Field(993, ge=1, le=65535, description="Port of that server; 143 with starttls")
    imap_security: Literal["tls", "starttls", "none"] = Field(
        "tls", description="How the way to the mailbox is sealed; none only on this machine"
    )
    imap_user: str = Field("", description="Account of the front desk's mailbox")
    imap_password: str = Field("", description="Password of that account")
    imap_folder: str = Field("INBOX", description="Folder of the mailbox that is read; nothing in it is changed")
    imap_every_s: float = Field(60, ge=1, description="Seconds between two looks into the mailbox")
    digest_hour: int = Field(8, ge=0, le=23, description="Hour of working days from which the digest of terms is sent")
    failpoint: str = Field("", description="name:nth — kills the process there; for fault tests only")

    @property
    def staff_site(self) -> str:
        """The staff app's address for what is written without a request that names it."""
        return self.staff_url or STAFF_SITE

    @field_validator("public_url", "telegram_api_url", "twilio_api_url")
    @classmethod
    def _is_web_address(cls, value: str) -> str:
        return cls._checked_address(value)

    @field_validator("staff_url", "twilio_fallback_url")
    @classmethod
    def _is_web_address_or_none(cls, value: str) -> str:
        return cls._checked_address(value) if value else value

    @staticmethod
    def _checked_address(value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError("must be an address such as https://peticiones.example.gob.mx")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _is_known_database(cls, value: str) -> str:
        scheme = value.split("://", 1)[0].split("+", 1)[0]
        if scheme not in ("sqlite", "postgresql", "postgres"):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return value

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _fits_telegram(cls, value: str) -> str:
        # Bot API setWebhook: 1-256 characters, A-Z a-z 0-9 _ -
        if value and (
            len(value) > 256
            or not value.replace("_", "").replace("-", "").isascii()
            or not value.replace("_", "").replace("-", "").isalnum()
        ):
            raise ValueError("must be 1–256 characters out of A–Z a–z 0–9 _ -")
        return value

    @field_validator("telegram_bot_name")
    @classmethod
    def _is_username(cls, value: str) -> str:
        if value and not (value.isascii() and value.replace("_", "").isalnum()):
            raise ValueError("must be the bot's username, without @, such as peticiones_oaxaca_bot")
        return value

    @field_validator("second_factor_for")
    @classmethod
    def _are_roles(cls, value: str) -> str:
        roles = [name.strip() for name in value.split(",") if name.strip()]
        if unknown := set(roles) - ROLES:
            raise ValueError(f"must be roles by commas; unknown: {', '.join(sorted(unknown))}")
        return ",".join(roles)

    @model_validator(mode="after")
    def _is_complete(self) -> "Settings":
        faults = [*self._channel_faults(), *self._secret_faults(), *self._mail_faults(), *self._mailbox_faults()]
        faults += self._provider_faults()
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _channel_faults(self) -> list[str]:
        twilio = {
            "CANALIZA_TWILIO_ACCOUNT_SID": self.twilio_account_sid,
            "CANALIZA_TWILIO_AUTH_TOKEN": self.twilio_auth_token,
            "CANALIZA_TWILIO_WHATSAPP_FROM": self.twilio_whatsapp_from,
        }
        missing = [name for name, value in twilio.items() if not value]
        faults = (
            [f"{' and '.join(missing)} missing beside the other Twilio settings"]
            if missing and len(missing) < 3
            else []
        )
        if self.twilio_whatsapp_from and not self.twilio_whatsapp_from.startswith("whatsapp:+"):
            faults.append("CANALIZA_TWILIO_WHATSAPP_FROM must look like whatsapp:+5219510000000")
        return faults

    def _mailbox_faults(self) -> list[str]:
        if not self.imap_host:
            return []
        faults = []
        if not (self.imap_user and self.imap_password):
            faults.append("CANALIZA_IMAP_USER and CANALIZA_IMAP_PASSWORD are needed beside CANALIZA_IMAP_HOST")
        if self.imap_security == "none" and self.imap_host not in LOOPBACK:
            faults.append("CANALIZA_IMAP_SECURITY may be none only for a mailbox on this machine")
        return faults

    def _provider_faults(self) -> list[str]:
        if not self.oidc_issuer:
            return []
        parts, faults = urlsplit(self.oidc_issuer), []
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
            faults.append("CANALIZA_OIDC_ISSUER must be an https:// address (http:// only on this machine)")
        if not self.oidc_client_id:
            faults.append("CANALIZA_OIDC_CLIENT_ID is needed beside CANALIZA_OIDC_ISSUER")
        if self.oidc_client_secret_file and not Path(self.oidc_client_secret_file).is_file():
            faults.append("CANALIZA_OIDC_CLIENT_SECRET_FILE: no such file")
        return faults

    def _mail_faults(self) -> list[str]:
        if not self.smtp_host:
            return []
        faults = []
        if not MAILBOX.fullmatch(self.mail_from):
            faults.append(
                "CANALIZA_MAIL_FROM must be an address such as avisos@example.gob.mx beside CANALIZA_SMTP_HOST"
            )
        if self.smtp_security == "none" and self.smtp_host not in LOOPBACK:
            faults.append("CANALIZA_SMTP_SECURITY may be none only for a mail server on this machine")
        return faults

    def _secret_faults(self) -> list[str]:
        if self.secret_key and len(self.secret_key) < 32:
            return ["CANALIZA_SECRET_KEY must have at least 32 characters (openssl rand -hex 32)"]
        if not self.secret_key and not self.is_local:
            return ["CANALIZA_SECRET_KEY is required when CANALIZA_PUBLIC_URL is not loopback (openssl rand -hex 32)"]
        return []

    @property
    def second_factor_roles(self) -> frozenset[str]:
        return frozenset(filter(None, self.second_factor_for.split(",")))

    @property
    def has_provider(self) -> bool:
        return bool(self.oidc_issuer)

    @property
    def oidc_secret(self) -> str:
        if self.oidc_client_secret_file:
            return Path(self.oidc_client_secret_file).read_text("utf-8").strip()
        return self.oidc_client_secret

    @property
    def oidc_strong_ways(self) -> frozenset[str]:
        return frozenset(filter(None, (way.strip() for way in self.oidc_second_factor.split(","))))

    @property
    def is_local(self) -> bool:
        return urlsplit(self.public_url).hostname in LOOPBACK

    @property
    def has_telegram(self) -> bool:
        return bool(self.telegram_token)

    @property
    def has_whatsapp(self) -> bool:
        return bool(self.twilio_account_sid)

    @property
    def jurisdiction_dir(self) -> Path:
        named = PROJECT / "jurisdictions" / self.jurisdiction
        return named if named.is_dir() else Path(self.jurisdiction)

    @property
    def model_folder(self) -> Path:
        return Path(self.model_dir) if self.model_dir else Path("var/model") / self.jurisdiction_dir.name

    def as_environment(self) -> dict[str, str]:
        """The variables under which another process of this program has the same settings."""
        return {f"CANALIZA_{name.upper()}": str(value) for name, value in self.model_dump().items()}


def read_settings() -> Settings:
    """The environment's settings. Raises SettingsError naming every variable that is wrong and how to mend it."""
    try:
        settings = Settings()
    except ValidationError as error:
        raise SettingsError("\n".join(_explain(fault["loc"], fault["msg"]) for fault in error.errors())) from error
    if not settings.jurisdiction_dir.is_dir():
        raise SettingsError(f"CANALIZA_JURISDICTION: no folder jurisdictions/{settings.jurisdiction} and no such path")
    return settings if settings.secret_key else settings.model_copy(update={"secret_key": _local_secret()})


def require_webhook_secrets(settings: Settings) -> None:
    """A provider's messages can only be told from forgeries with its secret. Raises SettingsError without it."""
    if settings.has_telegram and not settings.telegram_webhook_secret:
        raise SettingsError(
            "CANALIZA_TELEGRAM_WEBHOOK_SECRET is missing: set it (openssl rand -hex 32) or use `canaliza poll`"
        )


def _explain(location: tuple[int | str, ...], message: str) -> str:
    text = message.removeprefix("Value error, ")
    return f"CANALIZA_{str(location[0]).upper()} {text}" if location else text


def _local_secret() -> str:
    """A secret for a loopback installation, made once and kept in var/."""
    path = Path("var/secret_key")
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32))
    return path.read_text().strip()
