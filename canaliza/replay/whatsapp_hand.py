"""What a person of a written conversation does on WhatsApp, as the webhooks that Twilio sends."""

from urllib.parse import urlencode

from canaliza.replay.plan import Item
from canaliza.replay.script import FILES, ScriptError, Verb
from canaliza.replay.seen import Received, find_button, upload_of
from canaliza.simulator import twilio_shapes as shapes
from canaliza.simulator.drafts import Point
from canaliza.simulator.people import Person
from canaliza.simulator.twilio_webhooks import Form

API = "https://api.twilio.com/2010-04-01"


class WhatsAppHand:
    """One person's phone: what was written and received on it."""

    def __init__(self, person: Person, *, sender: str, account: str) -> None:
        self.person = person
        self._sender, self._account = sender, account
        self._texts: dict[str, str] = {}
        self._received: list[Received] = []

    def see(self, received: Received) -> None:
        self._received.append(received)
        self._texts[received.external_id] = received.text

    @staticmethod
    def external_id(item: Item) -> str:
        """Of what that item sends."""
        return f"SM{item.turn.number:016x}{item.place:016x}"

    @staticmethod
    def reply_id(reply: int) -> str:
        """Under which the office's own message is on this phone."""
        return f"SM{'f' * 16}{reply:016x}"

    @staticmethod
    def receipt(external_id: str) -> bytes | None:
        """The report that this message of the office reached the phone."""
        return urlencode({"MessageSid": external_id, "MessageStatus": "delivered"}).encode()

    def body(self, item: Item, text: str) -> bytes:
        """The form; `text` is the turn's value or caption as this person writes it. Raises ScriptError."""
        sid, content = self.external_id(item), self._content(item, text)
        self._texts[sid] = content.get("Body", "")
        form = shapes.inbound(self.person, sid, content, sender=self._sender, account=self._account)
        return urlencode(form).encode()

    def _content(self, item: Item, text: str) -> Form:
        content = self._press(text) if item.turn.verb == Verb.PRESSES else self._written(item, text)
        if item.turn.quotes:
            content |= {"OriginalRepliedMessageSid": self._find(item.turn.quotes)}
        return content | ({"Forwarded": "true"} if item.turn.is_forwarded else {})

    def _press(self, label: str) -> Form:
        """Choices are numbered lines here: who chooses writes the number."""
        message, choice = find_button(self._received, label)
        return {"Body": str(message.choices.index(choice) + 1)}

    def _written(self, item: Item, text: str) -> Form:
        turn = item.turn
        if turn.verb in FILES:
            url = f"{API}/Accounts/{self._account}/Messages/{self.external_id(item)}/Media/ME{self.external_id(item)}"
            return shapes.medium(turn.verb, text) | shapes.file(upload_of(turn.verb).mime_type, url)
        match turn.verb:
            case Verb.FORGES:
                return shapes.button("Sí", text)
            case Verb.PIN:
                latitude, longitude = map(float, turn.value.split(","))
                return shapes.location(Point(latitude, longitude, turn.label or None))
            case Verb.CONTACT:
                return {"MessageType": "contacts", **shapes.file("text/vcard", f"{API}/Media/ME{turn.number:032x}")}
            case Verb.SENDS:
                return {"MessageType": text}
            case Verb.REACTS:
                return {"MessageType": "reaction", "Body": text}
        return {"Body": text}

    def _find(self, words: str) -> str:
        """The newest message with these words. Raises ScriptError."""
        for sid, text in reversed(self._texts.items()):
            if words in text:
                return sid
        raise ScriptError(f"no message with «{words}» stands in the chat: write words of one that was sent before")
