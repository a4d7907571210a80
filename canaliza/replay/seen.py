"""What stands on a person's screen: the office's messages with their buttons, and the files that a person may send."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.messages import Choice
from canaliza.replay.script import ScriptError, Verb
from canaliza.simulator.files import Upload

# Nobody opens them: files are fetched by another part of the program.
UPLOADS = {
    Verb.PHOTO: Upload("foto.jpg", "image/jpeg", b"\xff\xd8\xff"),
    Verb.ALBUM: Upload("foto.jpg", "image/jpeg", b"\xff\xd8\xff"),
    Verb.VOICE: Upload("nota.ogg", "audio/ogg", b"OggS"),
    Verb.VIDEO: Upload("video.mp4", "video/mp4", b"ftyp"),
    Verb.STICKER: Upload("sticker.webp", "image/webp", b"RIFF"),
    Verb.DOCUMENT: Upload("oficio.pdf", "application/pdf", b"%PDF-"),
}


@dataclass(frozen=True)
class Received:
    """One message of the office as it stands in the person's chat."""

    external_id: str
    at: datetime
    purpose: str
    text: str
    choices: tuple[Choice, ...]


def upload_of(verb: Verb) -> Upload:
    return UPLOADS[verb]


def find_button(received: Sequence[Received], label: str) -> tuple[Received, Choice]:
    """The newest button of that label. Raises ScriptError."""
    for message in reversed(received):
        for choice in message.choices:
            if choice.label == label:
                return message, choice
    shown = [choice.label for message in received for choice in message.choices]
    raise ScriptError(f"no button «{label}» stands in the chat; there are: {', '.join(shown) or 'none'}")
