"""`canaliza classify`: JSON Lines in, the same objects with what the mind reads in each `text` out."""

import json
from collections.abc import Iterator
from typing import Any, TextIO

from intake.errors import SettingsError
from intake.settings import Settings
from nlp.reader import Reader, load_reader
from nlp.reading import PlaceReading, Reading, Suggestion

SUGGESTED = 5


def open_reader(settings: Settings) -> Reader:
    """The reader with the model in place. Raises SettingsError when there is none that can be used."""
    try:
        return load_reader(settings.jurisdiction_dir, settings.model_folder)
    except (OSError, KeyError, ValueError) as error:
        raise SettingsError(f"no usable model in {settings.model_folder}: run `canaliza train`") from error


def run(settings: Settings, lines: TextIO, out: TextIO) -> int:
    """Exit code: 0, or 1 when a line could not be read (it comes out with `error`). Raises SettingsError."""
    reader = open_reader(settings)
    faults = 0
    for result in _results(reader, lines):
        faults += "error" in result
        out.write(json.dumps(result, ensure_ascii=False) + "\n")
        out.flush()
    return 1 if faults else 0


def _results(reader: Reader, lines: TextIO) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
            text = values["text"]
            if not isinstance(text, str):
                raise TypeError("text is not a string")
        except (ValueError, KeyError, TypeError) as error:
            yield {"error": f"line {number}: needs a JSON object with `text`: {error}"}
            continue
        yield {**values, **as_json(reader.read(text))}


def as_json(reading: Reading) -> dict[str, Any]:
    danger = reading.emergency
    return {
        "kind": reading.kind.value,
        "emergency": {"kind": danger.kind.value, "probability": round(danger.probability, 4)} if danger else None,
        "suggestions": [_suggestion(suggestion) for suggestion in reading.suggestions[:SUGGESTED]],
        "place": _place(reading.place),
    }


def _suggestion(suggestion: Suggestion) -> dict[str, Any]:
    return {
        "agency": suggestion.agency,
        "probability": round(suggestion.probability, 4),
        "because": [span.text for span in suggestion.because],
    }


def _place(place: PlaceReading | None) -> dict[str, Any] | None:
    if place is None:
        return None
    return {
        "clave": place.chosen.clave if place.chosen else None,
        "nombre": place.chosen.nombre if place.chosen else None,
        "candidates": [{"clave": m.clave, "nombre": m.nombre, "distrito": m.distrito} for m in place.candidates],
    }
