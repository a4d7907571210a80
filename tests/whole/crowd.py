"""Many citizens who write at random on both channels: texts, photographs, albums, places, buttons, edits, copies."""

import random
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.whole.providers import Providers

CITIZENS = 80  # each writes little: a flood from one sender is another matter
LIKELY, RARE = 8, 1
PETITIONS = (
    "no hay agua en la calle {n} de mi colonia desde el lunes",
    "el camino a la agencia {n} está intransitable por las lluvias",
    "se fue la luz en la manzana {n} y nadie contesta el teléfono",
    "en la clínica {n} no hay medicinas ni médico desde hace un mes",
    "la escuela {n} no tiene maestro de quinto grado",
)
FOLLOW_UPS = ("tlaxiaco", "sí", "no", "gracias", "hola", "¿cómo va mi petición?", "san juan mixtepec", "2", "ayuda")
PNG = bytes.fromhex("89504e470d0a1a0a")


@dataclass
class Crowd:
    """`written`: messages so far; `sent`: channel, person and item of those that can come again.

    `beside`: where copies wait for the program's answers, while others go on writing.
    An act that the simulator refuses or cannot finish now is no failure.
    """

    providers: Providers
    chance: random.Random
    beside: Executor
    written: int = 0
    sent: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)

    def acts(self) -> None:
        """One citizen does one thing."""
        acts = [self._petition] * LIKELY + [self._follow_up] * LIKELY + [self._copies] * 2
        act = self.chance.choice([*acts, *self._rare_acts()])
        try:
            act(self.chance.choice(("telegram", "whatsapp")), f"vecina-{self.chance.randrange(CITIZENS)}")
        except (httpx.TimeoutException, httpx.HTTPStatusError):
            return

    def _rare_acts(self) -> list[Callable[[str, str], None]]:
        return [self._photo, self._album, self._place, self._press, self._edit]

    def _petition(self, channel: str, person: str) -> None:
        self._write(channel, person, self.chance.choice(PETITIONS).format(n=self.chance.randrange(10**6)))

    def _follow_up(self, channel: str, person: str) -> None:
        self._write(channel, person, self.chance.choice(FOLLOW_UPS))

    def _write(self, channel: str, person: str, text: str) -> None:
        self._note(channel, person, [self.providers.writes(channel, person, text)])

    def _photo(self, channel: str, person: str) -> None:
        self._note(channel, person, self.providers.sends_file(channel, person, "photo", self._picture()))

    def _album(self, channel: str, person: str) -> None:
        pictures = [self._picture() for _ in range(self.chance.randint(2, 5))]
        sent = self.providers.sends_file(
            channel, person, "album", *pictures, caption="así está la calle, vean las fotos"
        )
        self._note(channel, person, sent)

    def _place(self, channel: str, person: str) -> None:
        self.providers.sends(channel, person, latitude=17.27, longitude=-97.68, label="Tlaxiaco")
        self.written += 1

    def _press(self, _channel: str, person: str) -> None:
        """The newest button of the chat, or an old one."""
        shown = [bubble for bubble in self.providers.screen("telegram", person) if bubble["buttons"]]
        if shown:
            bubble = self.chance.choice(shown)
            self.providers.presses(
                person, bubble["id"], self.chance.choice(self.chance.choice(bubble["buttons"]))["data"]
            )
            self.written += 1

    def _edit(self, _channel: str, _person: str) -> None:
        own = [(person, item) for channel, person, item in self.sent if channel == "telegram" and "event" in item]
        if own:
            person, item = self.chance.choice(own)
            self.providers.edits(person, item["message_id"], f"corrijo: es la calle {self.chance.randrange(10**6)}")
            self.written += 1

    def _copies(self, _channel: str, _person: str) -> None:
        """A webhook of any age again, several times at once: a retry, a duplicate, a replay."""
        if self.sent:
            channel, person, item = self.chance.choice(self.sent)
            copies = self.chance.randint(1, 6)
            self.beside.submit(self.providers.delivers_again, channel, person, item["event"], copies)

    def _note(self, channel: str, person: str, sent: list[dict[str, Any]]) -> None:
        self.written += len(sent)
        self.sent += [(channel, person, item) for item in sent]

    def _picture(self) -> tuple[str, bytes, str]:
        return "foto.png", PNG + self.chance.randbytes(3000), "image/png"
