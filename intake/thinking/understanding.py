"""A text's reading in the dialogue's words: likely agency and its name, several matters, place, what would be asked."""

from collections.abc import Sequence

from bot.known import TELLING, Doubt, PlaceOption, Understood
from intake.office import Office
from intake.petitions.parts import propose_parts
from nlp.reading import Municipality, PlaceReading, Reading

SURE_ENOUGH = 0.5  # from here on the acknowledgement names the likely agency; below it says that a person reads


def understand(office: Office, text: str, reading: Reading, place: PlaceReading | None) -> Understood:
    top = reading.suggestions[0] if reading.suggestions else None
    likely = office.jurisdiction.find_agency(top.agency) if top and top.probability >= SURE_ENOUGH else None
    asked = reading.question if text else None
    return Understood(
        agency=top.agency if top else None,
        understood=likely.name if likely else None,
        several=_list_several(office, text, reading, place.chosen if place else None),
        place=place_option(place.chosen) if place and place.chosen else None,
        place_options=tuple(place_option(m) for m in place.candidates) if place and not place.chosen else (),
        doubt=find_doubt(office, asked, [suggestion.agency for suggestion in reading.suggestions]),
    )


def _list_several(office: Office, text: str, reading: Reading, place: Municipality | None) -> tuple[str, ...]:
    """Names of the agencies of a text's several matters, when those are different ones."""
    if reading.is_command or not reading.suggestions or reading.kind not in TELLING:
        return ()
    names = dict.fromkeys(part.agency.name for part in propose_parts(office, text, place) if part.agency)
    return tuple(names) if len(names) > 1 else ()


def find_doubt(office: Office, question_id: str | None, agencies: Sequence[str]) -> Doubt | None:
    question = office.reader.find_question(question_id, agencies)
    return Doubt(question.ask, tuple(question.choices.items())) if question else None


def place_option(place: Municipality) -> PlaceOption:
    return PlaceOption(place.clave, place.nombre, place.distrito)
