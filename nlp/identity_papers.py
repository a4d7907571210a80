"""Whether a caption, or a file's name, says that the file shows an identity paper. Language only; called by intake.

It takes too many for papers rather than too few: a person of the office can still open what was taken for one.
"""

import re

from nlp.normalise import plain_words

CAPTION_WORDS = 4
PAPER = (
    r"(?:ine|ife|curp|credencial(?: de elector| para votar)?|(?:mi|su|una|de) identificacion(?: oficial)?"
    r"|pasaporte|acta de nacimiento|cartilla militar|cedula profesional)"
)
SENT = re.compile(
    rf"\b(?:(?:mi|mis|su|sus|nuestra|nuestras)(?: \w+)? |(?:copias?|fotos?|imagen|escaneo|lados?)(?: \w+){{0,3}} "
    rf"|(?:mando|envio|adjunto|anexo|va|paso|dejo|muestro|aqui esta)(?: \w+){{0,3}} )?{PAPER}\b"
)
TOLD_OF = re.compile(
    r"\b(?:perdi|perdio|robaron|modulo|cita|citas|tramite|tramitar|sacar|renovar|reponer|piden|pidieron|pide|sin)\b"
)


def names_identity_paper(words: str) -> bool:
    """«Mi INE por los dos lados», «les mando copia de la credencial», «INE_frente.jpg»; not «el módulo del INE»."""
    said = " ".join(word for token in re.split(r"[\s_.,;:\-]+", words) for word in plain_words(token))
    found = SENT.search(said)
    if found is None:
        return False
    is_short = len(said.split()) <= CAPTION_WORDS
    is_sent = " " in found[0] and not re.fullmatch(PAPER, found[0])
    return (is_short or is_sent) and not TOLD_OF.search(said)
