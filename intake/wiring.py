"""Objects are built here, once, from the settings; everything else gets them as arguments. Opens no connection."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import structlog
from sqlalchemy.orm import Session, sessionmaker

from bot.channels import Channel
from bot.messages import ChannelName
from bot.telegram import Telegram
from bot.texts import Catalogue, load_catalogue
from bot.whatsapp import WhatsApp
from intake.configuration.in_force import InForce, Subject
from intake.configuration.standing import Standing, Wording, line_values
from intake.configuration.things import read_agency, read_line, read_template, read_topic
from intake.correspondence.records import read_series
from intake.database import Wake, open_engine, open_sessions
from intake.errors import SettingsError
from intake.files import Files
from intake.jurisdiction import Jurisdiction, read_jurisdiction
from intake.mind.minds import Minds, load_or_none
from intake.office import Office
from intake.petitions.free_folios import FreeFolios
from intake.rules.rulebook import Rulebook, vocabulary_of
from intake.settings import Settings
from intake.terms.closed_days import Calendar
from intake.terms.timing import Timing, read_entries
from intake.thinking.declared import Contingencies
from intake.thinking.rush import Rush
from nlp.reader import Reader, load_knowledge
from nlp.shelf import Shelf, is_model
from routing.parsing import RulesError, Vocabulary

PRIVACY_PATH = "/privacidad"
log = structlog.get_logger()


def build_office(
    settings: Settings,
    *,
    further: Mapping[ChannelName, Channel] | None = None,
    reader: Reader | None = None,
    jurisdiction: Jurisdiction | None = None,
) -> Office:
    """`further`: channels without a provider (console). `reader`, `jurisdiction`: loaded already, for further offices.

    Raises SettingsError for a jurisdiction that cannot serve.
    """
    folder = jurisdiction or read_jurisdiction(settings.jurisdiction_dir)
    engine = open_engine(settings.database_url)
    sessions = open_sessions(engine)
    calendar, in_force = Calendar(sessions, folder.closed), InForce(sessions)
    standing = _standing(replace(folder, closed=calendar), in_force)
    channels = {**_channels(settings), **(further or {})}
    minds = _minds(settings, reader)
    return Office(
        settings=settings,
        engine=engine,
        sessions=sessions,
        wake=Wake(engine),
        channels=channels,
        jurisdiction=standing,
        calendar=calendar,
        minds=minds,
        rulebook=_rulebook(settings, sessions, vocabulary_of(standing, minds.reader)),
        in_force=in_force,
        wording=Wording(in_force, _texts(settings, folder), standing.lines),
        files=Files(settings.files_url),
        rush=Rush(sessions, [name.value for name in channels], timedelta(seconds=settings.late_after_s)),
        contingencies=Contingencies(),
        folios=FreeFolios(),
    )


def _standing(folder: Jurisdiction, in_force: InForce) -> Jurisdiction:
    """The folder's with what staff published over it, for whoever holds it from now on."""
    return replace(
        folder,
        agencies=Standing(in_force, Subject.AGENCY, folder.agencies, read_agency),
        lines=Standing(in_force, Subject.LINE, folder.lines, read_line),
        templates=Standing(in_force, Subject.TEMPLATE, folder.templates, read_template),
        timing=Timing(Standing(in_force, Subject.TERM, folder.timing.table, read_entries)),
        records=replace(folder.records, series=Standing(in_force, Subject.SERIES, folder.records.series, read_series)),
        topics=replace(folder.topics, table=Standing(in_force, Subject.TOPIC, folder.topics.table, read_topic)),
    )


def _channels(settings: Settings) -> dict[ChannelName, Channel]:
    channels: dict[ChannelName, Channel] = {}
    if settings.has_telegram:
        channels[ChannelName.TELEGRAM] = Telegram(
            settings.telegram_token,
            webhook_secret=settings.telegram_webhook_secret,
            api_url=settings.telegram_api_url,
            per_second=settings.telegram_per_second,
        )
    if settings.has_whatsapp:
        channels[ChannelName.WHATSAPP] = WhatsApp(
            settings.twilio_account_sid,
            settings.twilio_auth_token,
            sender=settings.twilio_whatsapp_from,
            api_url=settings.twilio_api_url,
            public_url=settings.public_url,
            fallback_url=settings.twilio_fallback_url,
            per_second=settings.whatsapp_per_second,
        )
    return channels


def _minds(settings: Settings, reader: Reader | None) -> Minds:
    shelf = Shelf(settings.model_folder)
    return Minds(reader or _reader(settings, shelf), shelf)


def _reader(settings: Settings, shelf: Shelf) -> Reader:
    """A missing or broken model is no reason to turn citizens away: every petition goes to human triage then."""
    shelf.mend()
    try:
        knowledge = load_knowledge(settings.jurisdiction_dir)
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise SettingsError(f"emergencies.yaml or places/ cannot be read: {error}") from error
    if not is_model(shelf.in_place):
        log.warning("model.missing", remedy="canaliza train")
        return Reader(knowledge, None)
    return load_or_none(knowledge, shelf.in_place) or Reader(knowledge, None)


def _rulebook(settings: Settings, sessions: sessionmaker[Session], vocabulary: Vocabulary) -> Rulebook:
    try:
        return Rulebook(sessions, (settings.jurisdiction_dir / "rules.yaml").read_text("utf-8"), vocabulary)
    except (RulesError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"rules: {error}") from error


def _texts(settings: Settings, jurisdiction: Jurisdiction) -> Catalogue:
    try:
        return load_catalogue(
            settings.jurisdiction_dir / "texts" / "es_MX.po",
            office=jurisdiction.office,
            channel=jurisdiction.channel,
            series=jurisdiction.folio_series,
            privacy_url=f"{settings.public_url}{PRIVACY_PATH}",
            **line_values(jurisdiction.lines),
        )
    except (OSError, ValueError) as error:
        raise SettingsError(f"texts: {error}") from error
