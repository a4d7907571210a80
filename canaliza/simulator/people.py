"""The invented people who hold the phones. The same key gives the same address, also after a restart."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.messages import ChannelName
from canaliza.simulator.config import Acquaintance

TELEGRAM_IDS = 6_900_000_000  # above 32 bits, as ids have been since 2021 (CHANNELS A1: up to 52 bits)
MOVED = 1_000_000_000_000  # between the ids of one chat before and after
WHATSAPP_PREFIX = "whatsapp:+521951000"  # an exchange that is not given out; the four digits after it are the person's
WHATSAPP_PLACES = 10_000
NAMES = ("Rosa Hernández", "Fidel Cruz", "Carmen López", "Isaías Santiago", "Eloísa Vásquez", "Néstor Jiménez")


@dataclass
class Person:
    """One person on one channel. `is_known`: has written to the channel once; before, nobody may write to them.

    `former`: addresses that the chat had before it moved.
    """

    key: str
    channel: ChannelName
    address: str
    name: str
    is_known: bool = False
    has_blocked: bool = False
    has_receipts: bool = True
    last_inbound_at: datetime | None = None
    former: list[str] = field(default_factory=list)

    @property
    def telegram_id(self) -> int:
        return int(self.address)

    @property
    def whatsapp_id(self) -> str:
        return self.address.removeprefix("whatsapp:+")


class People:
    """`office` is the program's own number, which nobody else may have. `acquaintances`: who wrote to it before."""

    def __init__(self, office: str, acquaintances: Sequence[Acquaintance] = ()) -> None:
        self._office = office
        self._acquaintances = {one.address: one for one in acquaintances}
        self._by_key: dict[tuple[ChannelName, str], Person] = {}
        self._by_address: dict[str, Person] = {}

    def get(self, channel: ChannelName, key: str) -> Person:
        """The person, made on first use."""
        person = self._by_key.get((channel, key))
        return person or self._add(channel, key)

    def find_by_address(self, address: str) -> Person | None:
        """By the provider's address; a Mexican WhatsApp number is found with and without its old 1 (CHANNELS §0.8)."""
        twin = address.replace("whatsapp:+52", "whatsapp:+521", 1)
        return self._by_address.get(address) or self._by_address.get(twin) or self._find_acquaintance(address)

    def move(self, person: Person) -> None:
        """The chat has another id from now on, as a group that becomes a supergroup; the old one is found too."""
        person.former.append(person.address)
        person.address = str(person.telegram_id + MOVED)
        self._by_address[person.address] = person

    def list_all(self) -> list[Person]:
        return list(self._by_key.values())

    def clear(self) -> None:
        self._by_key.clear()
        self._by_address.clear()

    def _add(self, channel: ChannelName, key: str) -> Person:
        digest = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")
        person = Person(key, channel, self._free_address(channel, digest), NAMES[digest % len(NAMES)])
        return self._keep(person)

    def _find_acquaintance(self, address: str) -> Person | None:
        one = self._acquaintances.get(address)
        return self._keep(Person(address, one.channel, address, one.name)) if one else None

    def _keep(self, person: Person) -> Person:
        one = self._acquaintances.get(person.address)
        if one:
            person.is_known, person.last_inbound_at = True, one.last_inbound_at
        self._by_key[person.channel, person.key] = person
        self._by_address[person.address] = person
        return person

    def _free_address(self, channel: ChannelName, digest: int) -> str:
        if channel == ChannelName.TELEGRAM:
            return str(TELEGRAM_IDS + digest % 1_000_000_000)
        for step in range(WHATSAPP_PLACES):
            address = f"{WHATSAPP_PREFIX}{(digest + step) % WHATSAPP_PLACES:04d}"
            holder = self._by_address.get(address)
            is_free = holder is None or holder.key == address  # an acquaintance who has no phone yet
            if is_free and address != self._office:
                return address
        raise ValueError("all invented WhatsApp numbers are taken")
