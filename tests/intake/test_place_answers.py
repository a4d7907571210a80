"""What only tells where a petition is says nothing of whose it is."""

from sqlalchemy import select

from intake.office import Office
from intake.tables.incoming import Message
from intake.tables.petitions import Matter
from intake.thinking.messages import petition_text
from tests.talk import Talk

WISH = "quisiera un bastón de cuatro patas porque ya no puedo caminar bien"
WHERE = "soy de aquí de Villa de Zaachila, ahí por el panteón"


def test_the_answer_to_the_place_is_kept_and_not_read_as_the_matter(office: Office) -> None:
    talk = Talk(office, "console-place")
    talk.says(WISH)
    talk.says(WHERE)
    (petition,) = talk.petitions()
    with office.sessions() as session:
        assert session.scalars(select(Matter.text)).all() == [WISH]
        assert session.scalars(select(Message.is_place).order_by(Message.id)).all() == [False, True]
        assert petition_text(session, petition.id) == f"{WISH}\n{WHERE}"
    assert petition.municipality == "20565"
