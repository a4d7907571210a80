"""What a text to a citizen must be before it leaves: long enough, and saying what was done. Pure."""

import re
import unicodedata

TEXT_MIN = 20  # characters; «Ya quedó.» tells a citizen nothing (issue 2, agency inbox)
TEXT_MAX = 6000  # three or four messages of a chat; more belongs into a document
REASON_MIN = 10
QUESTION_MAX = 600  # one question, in one message of a chat
# Words of an office that say only that the paper moved. What is left without them must still say something.
HOLLOW = re.compile(
    r"\b(?:se )?(?:ha )?(?:turn(?:o|ado|ada)|canaliz(?:o|ado|ada)|remiti(?:o|do|da)|atendi(?:o|do|da)|"
    r"recibi(?:o|do|da)|registr(?:o|ado|ada)|tom(?:o|ado|amos) (?:nota|conocimiento)|"
    r"en (?:proceso|tramite|seguimiento|atencion|revision)|dar(?:a|emos)? (?:el )?seguimiento|"
    r"(?:para|con) (?:su|la) (?:debida |pronta |procedente )?(?:atencion|seguimiento)(?: procedente)?)\b"
)
FILLERS = frozenset(
    """a al area areas asunto buen buena buenas buenos caso ciudadana ciudadano con correspondiente correspondientes
    cordial de del departamento dependencia dia dias el en es esta este esto favor fue gracias ha han hola informa
    informamos informo la las le les lo los me momento no nos nuestra nuestro oficio para peticion por que queda
    reciba respuesta saludo saludos se señor señora ser será sera si sido solicitud sr sra su sus tarde tardes ya y
    usted uste un una unidad""".split()
)
SAYS_SOMETHING = 5  # words besides office formulas and fillers


def tidy(text: str) -> str:
    """Line ends as the channels want them, no NUL (PostgreSQL refuses it), nothing around it."""
    return text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").strip()


def is_hollow(text: str) -> bool:
    """It says that the petition was moved, attended or is in process, and next to nothing else."""
    plain = _plain(text)
    if not HOLLOW.search(plain):
        return False
    left = [word for word in re.findall(r"[a-z0-9ñ]+", HOLLOW.sub(" ", plain)) if word not in FILLERS]
    return len(left) < SAYS_SOMETHING


def _plain(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.lower().replace("ñ", "\0"))
    return "".join(c for c in bare if not unicodedata.combining(c)).replace("\0", "ñ")
