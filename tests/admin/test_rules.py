"""«Reglas»: an administrator changes them in the browser, sees what would change, publishes and goes back."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from intake.office import Office
from intake.rules.drafts import find_draft, get_draft
from intake.tables.mind import SuggestionRow
from tests.admin.conftest import says
from tests.staff import Browser

PAGE, DRAFT = "/reglas", "/reglas/borrador"
REASON = "Acuerdo de la reunión de coordinación"
WATER = "no hay agua en la colonia Reforma desde hace ocho días"
NEW = {
    "clave": "agua-al-municipio",
    "motivo": "El agua de las colonias es del municipio.",
    "palabras": "agua\nno hay pipa",
    "dependencia": "MUNICIPIO",
}


def _step(office: Office) -> int:
    return get_draft(office).number


def _begins(office: Office, browser: Browser) -> int:
    browser.sends(DRAFT, version=0)
    return _step(office)


def _proof(page: str) -> str:
    found = re.search(r'name="ensayo" value="([^"]+)"', page)
    assert found
    return found[1]


def _ids(office: Office) -> list[str]:
    rules = get_draft(office).rules
    return [rule.id for rule in rules.rules] if rules else []


def test_a_rule_is_added_rehearsed_published_and_gone_back_from(
    office: Office, browser: Callable[[str], Browser]
) -> None:
    folio, administrator = says(office, "c1", WATER).folio, browser("administra")
    _begins(office, administrator)
    assert administrator.sends(f"{DRAFT}/nueva", borrador=_step(office), **NEW) == DRAFT
    assert _ids(office)[-2:] == ["agua-al-municipio", "general"]
    page = administrator.opens(f"{DRAFT}/ensayo")
    assert "1 de las últimas 1 peticiones cambiaría; aquí está." in page
    assert f'href="/peticiones/{folio}"' in page
    assert "<code>agua-al-municipio</code> es nueva." in page
    fields = {"ensayo": _proof(page), "motivo": REASON}
    assert administrator.sends(f"{DRAFT}/publicar", **fields) == PAGE
    assert "rige la versión 1" in administrator.opens(PAGE)
    says(office, "c2", WATER)
    assert administrator.sends(f"{PAGE}/versiones/0/volver", vigente=1, motivo="No funcionó como se esperaba") == PAGE
    page = browser("audita").opens(PAGE)
    assert "Versión 2" in page
    assert "Vuelve a las reglas de la instalación." in page
    assert REASON in page
    assert "Persona administra" in page
    with office.sessions() as session:
        rows = session.execute(select(SuggestionRow.rule, SuggestionRow.rules_version)).all()
    assert [tuple(row) for row in rows] == [("general", 0), ("agua-al-municipio", 1)]


def test_the_rules_are_read_in_words(browser: Callable[[str], Browser]) -> None:
    page = browser("audita").opens(PAGE)
    assert "hay peligro de <b>violencia o menor en riesgo o suicidio</b>" in page
    assert "la seguridad es menor que 35 %" in page
    assert "ninguna otra coincidió" in page
    assert "Reglas de la instalación (versión 0)" in page
    assert "Revise esto" not in page
    assert f'action="{PAGE}' not in page


def test_every_own_rule_comes_back_from_its_form_as_it_was(office: Office, browser: Callable[[str], Browser]) -> None:
    administrator = browser("administra")
    was = _begins(office, administrator)
    for number in range(1, len(office.rules.rules) + 1):
        page = administrator.opens(f"{DRAFT}/{number}")
        administrator.sends(f"{DRAFT}/{number}", **_fields(page))

    assert _step(office) == was  # nothing was changed, so nothing was written


def _fields(page: str) -> dict[str, str | int | list[str]]:
    """What a browser would send of the form that the page shows."""
    form = page[page.index('<form method="post" action="/reglas/borrador/') :].split("</form>")[0]
    fields: dict[str, str | int | list[str]] = {}
    for tag in re.findall(r"<input [^>]*>", form):
        kind, name, value = (_attribute(tag, word) for word in ("type", "name", "value"))
        if kind == "checkbox":
            if " checked" in tag:
                fields[name] = [*_listed(fields.get(name)), value]
        elif name != "csrf":
            fields[name] = value
    for name, text in re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>([^<]*)</textarea>', form):
        fields[name] = text
    for name, options in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.findall(r'<option value="([^"]*)" selected>', options)
        fields[name] = chosen[0]
    return fields


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf' {name}="([^"]*)"', tag)
    return found[1].replace("&amp;", "&").replace("&#34;", '"') if found else ""


def _listed(value: object) -> list[str]:
    return value if isinstance(value, list) else []


def test_rules_are_moved_switched_off_removed_and_undone(office: Office, browser: Callable[[str], Browser]) -> None:
    administrator = browser("administra")
    own = (_begins(office, administrator), _ids(office))[1]
    administrator.sends(f"{DRAFT}/2/mover", borrador=_step(office), hacia="arriba")
    assert _ids(office)[:2] == [own[1], own[0]]
    administrator.sends(f"{DRAFT}/1/apagar", borrador=_step(office))
    assert "apagada" in administrator.opens(DRAFT)
    administrator.sends(f"{DRAFT}/3/quitar", borrador=_step(office))
    assert own[2] not in _ids(office)
    for _ in range(3):
        administrator.sends(f"{DRAFT}/deshacer", borrador=_step(office))
    assert _ids(office) == own
    assert "atrapa todo" in administrator.sends(f"{DRAFT}/{len(own)}/quitar", 422, borrador=_step(office))
    administrator.sends(f"{DRAFT}/descartar", borrador=_step(office))
    assert find_draft(office) is None


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"clave": "General"}, "minúsculas sin acento"),
        ({"clave": "general"}, "esa clave ya la tiene otra regla"),
        ({"motivo": " "}, "falta el motivo"),
        ({"palabras": "", "region": ""}, "ese valor no se conoce (region: )"),
        ({"municipios": "Macondo"}, "Revise los municipios"),
        ({"menor": "mucho"}, "un número de 0 a 100"),
        ({"dependencia": "NADIE"}, "no hay una dependencia «NADIE»"),
        ({"siguiente": "nunca"}, "«next» es triage"),
    ],
)
def test_a_rule_that_lacks_something_loses_nothing(
    office: Office, browser: Callable[[str], Browser], fields: dict[str, str], sentence: str
) -> None:
    administrator = browser("administra")
    was = _begins(office, administrator)
    typed = NEW | {"region": "Costa"} | fields
    page = administrator.sends(f"{DRAFT}/nueva", 422, borrador=was, **typed)
    assert sentence in page
    assert f"{typed['palabras']}</textarea>" in page
    assert ('value="Costa" checked' in page) == (typed["region"] == "Costa")
    assert _step(office) == was


def test_a_rule_without_a_condition_is_only_the_last_one(office: Office, browser: Callable[[str], Browser]) -> None:
    administrator = browser("administra")
    was = _begins(office, administrator)
    page = administrator.sends(f"{DRAFT}/nueva", 422, borrador=was, **(NEW | {"palabras": ""}))
    assert "no tiene condiciones" in page


def test_a_text_with_errors_is_kept_and_each_is_named(office: Office, browser: Callable[[str], Browser]) -> None:
    administrator = browser("administra")
    was = _begins(office, administrator)
    text = get_draft(office).text.replace("agency: BUSQUEDA, copies", "agency: NADIE, copies")
    page = administrator.sends(f"{DRAFT}/texto", 422, borrador=was, texto=text)
    assert "Línea 16, regla «emergencia-desaparicion»: no hay una dependencia «NADIE»." in page
    assert "Su texto quedó guardado" in page
    assert get_draft(office).text == text
    assert "Errores del borrador" in administrator.opens(DRAFT)
    assert "El borrador tiene errores" in administrator.client.get(f"{DRAFT}/ensayo").text
    page = administrator.sends(f"{DRAFT}/texto", 409, borrador=was, texto=f"{text}# mío")
    assert "# mío" in page
    assert "Otra persona cambió el borrador" in page


def test_a_version_goes_out_as_a_file_and_comes_back_as_a_draft(
    office: Office, browser: Callable[[str], Browser]
) -> None:
    administrator = browser("administra")
    answer = browser("audita").client.get(f"{PAGE}/versiones/0/archivo")
    assert 'filename="reglas-oaxaca-v0.yaml"' in answer.headers["content-disposition"]
    assert answer.text == office.rulebook.own_text
    assert _uploads(administrator, answer.content) == (303, DRAFT)
    assert get_draft(office).text == answer.text
    assert _uploads(administrator, b"rules: [\xff")[0] == 422
    assert _uploads(administrator, b"")[0] == 422
    assert _uploads(administrator, b"rules:\n  - {id: a}\n") == (303, DRAFT)
    assert "cada regla lleva" in administrator.opens(DRAFT)
    assert administrator.client.get(f"{DRAFT}/archivo").text == "rules:\n  - {id: a}\n"


def _uploads(browser: Browser, content: bytes) -> tuple[int, str]:
    answer = browser.client.post(
        f"{PAGE}/importar", data={"csrf": browser.token()}, files={"archivo": ("reglas.yaml", content)}
    )
    return answer.status_code, answer.headers.get("location", "")


def test_what_never_decides_and_what_conflicts_is_named(office: Office, browser: Callable[[str], Browser]) -> None:
    administrator = browser("administra")
    _begins(office, administrator)
    twin = {"clave": "otra-medicina", "motivo": "x", "sugerida": "IMSS_BIENESTAR", "dependencia": "SALUD"}
    administrator.sends(f"{DRAFT}/nueva", borrador=_step(office), **twin)
    page = administrator.opens(DRAFT)
    assert "<code>otra-medicina</code>: todos sus casos los decide antes medicinas." in page
    coast = {"clave": "costa", "motivo": "x", "region": "Costa", "dependencia": "SALUD", "reservada": "true"}
    administrator.sends(f"{DRAFT}/nueva", borrador=_step(office), **coast)
    page = administrator.opens(DRAFT)
    found = page[page.index("«costa» propondría otra dependencia") :].split("</li>")[0]
    assert "<code>agua-fuera-de-la-capital</code>, <code>medicinas</code>" in found
    assert "Por ejemplo:" in found


def test_publishing_needs_the_rehearsal_of_that_very_draft_and_a_reason(
    office: Office, browser: Callable[[str], Browser]
) -> None:
    administrator = browser("administra")
    _begins(office, administrator)
    administrator.sends(f"{DRAFT}/nueva", borrador=_step(office), **NEW)
    proof = _proof(administrator.opens(f"{DRAFT}/ensayo"))
    publish = f"{DRAFT}/publicar"
    assert "Revise primero este ensayo" in administrator.sends(publish, 422, ensayo="x", motivo=REASON)
    assert "al menos 10 caracteres" in administrator.sends(publish, 422, ensayo=proof, motivo="corto")
    administrator.sends(f"{DRAFT}/1/apagar", borrador=_step(office))
    page = administrator.sends(publish, 409, ensayo=proof, motivo=REASON)
    assert f'value="{REASON}"' in page
    assert office.rules.version == 0
    administrator.sends(publish, ensayo=_proof(page), motivo=REASON)
    assert office.rules.version == 1
    page = administrator.opens(f"{PAGE}/versiones/0/ensayo")
    assert "<code>agua-al-municipio</code> ya no está." in page


def test_two_who_edit_at_once_see_each_other(office: Office, browser: Callable[[str], Browser]) -> None:
    administrator = browser("administra")
    was = _begins(office, administrator)
    administrator.sends(f"{DRAFT}/1/apagar", borrador=was)
    page = administrator.sends(f"{DRAFT}/nueva", 409, borrador=was, **NEW)
    assert 'value="agua-al-municipio"' in page
    assert administrator.sends(f"{DRAFT}/nueva", **_fields(page)) == DRAFT
    assert "Otra persona cambió" in administrator.sends(f"{DRAFT}/2/mover", 409, borrador=was)
    assert _ids(office)[-2] == "agua-al-municipio"


def test_without_a_draft_one_is_told_so(browser: Callable[[str], Browser]) -> None:
    administrator = browser("administra")
    for path in (DRAFT, f"{DRAFT}/ensayo"):
        assert administrator.client.get(path).headers["location"] == PAGE
    assert "No hay borrador" in administrator.opens(PAGE)
    administrator.opens(f"{PAGE}/versiones/7", 404)
    administrator.opens(f"{DRAFT}/3", 404)


def test_auditors_read_and_officers_and_liaisons_do_not(browser: Callable[[str], Browser]) -> None:
    for name in ("oficial", "enlace-soapa"):
        browser(name).opens(PAGE, 403)
    auditor = browser("audita")
    auditor.opens(f"{PAGE}/versiones/0")
    auditor.opens(DRAFT, 403)
    for path in (DRAFT, f"{DRAFT}/publicar", f"{PAGE}/versiones/0/volver", f"{PAGE}/importar"):
        auditor.sends(path, 403)
