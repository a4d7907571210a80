"""What every step works with, built once by `wiring` and handed to each as one argument."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from bot.channels import Channel
from bot.messages import ChannelName
from bot.texts import Catalogue
from intake.configuration.in_force import InForce
from intake.configuration.standing import Wording
from intake.database import Wake
from intake.files import Files
from intake.indicators.catalogue import Matrix
from intake.jurisdiction import Jurisdiction
from intake.mind.minds import Minds
from intake.petitions.free_folios import FreeFolios
from intake.rules.rulebook import Rulebook
from intake.settings import Settings
from intake.terms.closed_days import Calendar
from intake.thinking.declared import Contingencies
from intake.thinking.rush import Rush
from nlp.reader import Reader
from routing.rules import Rules


@dataclass(frozen=True)
class Office:
    settings: Settings
    engine: Engine
    sessions: sessionmaker[Session]
    wake: Wake
    channels: Mapping[ChannelName, Channel]
    jurisdiction: Jurisdiction
    calendar: Calendar
    minds: Minds
    rulebook: Rulebook
    in_force: InForce
    wording: Wording
    files: Files
    rush: Rush
    contingencies: Contingencies
    folios: FreeFolios

    @property
    def reader(self) -> Reader:
        """The mind in service: another one from one message to the next when a model is published meanwhile."""
        return self.minds.reader

    @property
    def rules(self) -> Rules:
        """Those in force: others from one message to the next when a version is published meanwhile."""
        return self.rulebook.current

    @property
    def texts(self) -> Catalogue:
        """What citizens read: others from one message to the next when a sentence is published meanwhile."""
        return self.wording.current

    @property
    def matrix(self) -> Matrix:
        return self.jurisdiction.matrix

    def channel(self, name: str) -> Channel:
        """The configured channel of that name. Raises KeyError: a row of a channel that is not configured now."""
        return self.channels[ChannelName(name)]
