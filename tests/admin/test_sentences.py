"""«Textos»: the administrator changes what the program says; a second person confirms what is said in danger."""

from collections.abc import Callable

from bot.texts import load_catalogue
from intake.configuration.in_force import Subject
from intake.configuration.sentences import list_sentences
from intake.configuration.versions import Change, publish_many
from intake.office import Office
from tests.admin.test_administration import ADMIN
from tests.staff import Browser

PAGE = "/textos"
REASON = "Lo pidió la coordinación"
HELLO = "Buen día. ¿En qué le ayudamos? Cuéntenos qué pasa."


def test_a_sentence_is_found_written_published_and_gone_back_from(
    office: Office, browser: Callable[[str], Browser]
) -> None:
    own, administrator = office.texts("greeting"), browser("administra")
    assert 'href="/textos/greeting"' in administrator.opens(f"{PAGE}?palabras=podemos+ayudarle")
    page = administrator.sends(f"{PAGE}/greeting/publicar", 422, texto="Cuéntanos tú.", motivo=REASON, vigente=0)
    assert "Dice «tú»" in page
    assert "Sigue aquí su borrador" in page
    administrator.sends(f"{PAGE}/greeting/publicar", texto=HELLO, motivo=REASON, vigente=0)
    assert office.texts("greeting") == HELLO
    page = administrator.sends(f"{PAGE}/greeting/publicar", 422, texto="Otra.", motivo=REASON, vigente=0)
    assert "Alguien cambió este texto" in page
    administrator.sends(f"{PAGE}/greeting/volver/0", motivo=REASON, vigente=1)
    assert office.texts("greeting") == own
    page = browser("audita").opens(f"{PAGE}/greeting")
    assert "Vuelve al texto de la instalación." in page
    assert "Persona administra" in page
    assert 'name="texto"' not in page


def test_an_old_version_that_breaks_todays_rules_is_not_gone_back_to(
    office: Office, browser: Callable[[str], Browser]
) -> None:
    for text in ("Cuéntanos tú, {nadie}.", HELLO):
        change = Change(Subject.SENTENCE, "greeting", {"text": text, "confirmed": True})
        publish_many(office, None, [change], REASON)
    page = browser("administra").sends(f"{PAGE}/greeting/volver/1", 422, motivo=REASON, vigente=2)
    assert "no cumple las reglas de hoy" in page
    assert "Dice «tú»" in page
    assert ">Cuéntanos tú, {nadie}.</textarea>" in page
    assert office.texts("greeting") == HELLO


def test_what_is_being_written_is_kept_and_shown_as_on_the_phone(browser: Callable[[str], Browser]) -> None:
    administrator = browser("administra")
    sent = {"csrf": administrator.token(), "texto": "Gracias, {folio}.\n<b>ya</b>"}
    part = administrator.client.post(f"{PAGE}/petition.added/borrador", data=sent, headers={"HX-Request": "true"})
    assert "Gracias, JG-2026-004K7Q-3." in part.text
    assert "&lt;b&gt;ya" in part.text
    assert "phone-telegram" in part.text
    assert "Gracias, {folio}." in administrator.opens(f"{PAGE}/petition.added")
    administrator.sends("/borradores/sentence/petition.added/descartar")
    assert "Sigue aquí su borrador" not in administrator.opens(f"{PAGE}/petition.added")


def test_two_people_publish_what_is_said_in_danger(office: Office, browser: Callable[[str], Browser]) -> None:
    key, administrator, officer = "emergency.incendio", browser("administra"), browser("oficial")
    new = "Salga de ahí. Llame al {line_emergency}."
    administrator.sends(f"{PAGE}/{key}/publicar", texto=new, motivo=REASON, vigente=0)
    assert "Esperan a una segunda persona" in officer.opens(PAGE)
    both = officer.opens(f"{PAGE}/{key}").split("t-segunda")[2].split("</section>")[0]
    assert (
        both.index("Rige ahora") < both.index(office.texts.sentence(key)) < both.index("Se propone") < both.index(new)
    )
    assert "Quien propuso" in administrator.sends(f"{PAGE}/{key}/veredicto/1", 422, acuerdo="true")
    officer.sends(f"{PAGE}/{key}/veredicto/1", acuerdo="true")
    assert office.texts(key) == "Salga de ahí. Llame al 911."
    assert "Lo confirmó Persona oficial" in administrator.opens(f"{PAGE}/{key}")


def test_what_is_to_be_confirmed_is_marked_until_it_is(office: Office, browser: Callable[[str], Browser]) -> None:
    administrator = browser("administra")
    administrator.sends(f"{PAGE}/greeting/publicar", texto=HELLO, motivo=REASON, vigente=0, pendiente="true")
    assert "flag-unconfirmed" in administrator.opens(f"{PAGE}?palabras=Buen")
    administrator.sends(f"{PAGE}/greeting/confirmar", vigente=1)
    assert "flag-unconfirmed" not in administrator.opens(f"{PAGE}?palabras=Buen")
    assert office.texts("greeting") == HELLO


def test_every_variable_is_explained_and_has_an_example(office: Office) -> None:
    keys = load_catalogue(ADMIN / "texts" / "es_MX.po").keys()
    names = {name for view in list_sentences(office) for name in view.variables}
    always = set(office.texts.always())
    assert {f"words.var_{name}" for name in names | always} <= keys
    assert {f"words.sample_{name}" for name in names - always} <= keys
