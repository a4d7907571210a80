"""Rules that staff write: drafted step by step, rehearsed, published, followed by a running office, gone back from."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.console import Console
from bot.messages import ChannelName
from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.errors import FormRefused, NotAllowed, NotFound, Stale
from intake.office import Office
from intake.rules import rulebook
from intake.rules.drafts import begin_draft, discard_draft, find_draft, get_draft, save_draft, undo_step
from intake.rules.editing import RuleRefused, move_rule, put_rule, remove_rule, switch_rule
from intake.rules.rehearsing import rehearse
from intake.rules.versions import get_version, go_back, list_versions, publish_draft
from intake.settings import Settings
from intake.tables.mind import SuggestionRow
from intake.tables.petitions import Petition
from intake.tables.rules import RuleDraft, RuleVersion
from intake.wiring import build_office
from nlp.reader import Reader
from routing.parsing import read_rules
from routing.rules import Rule
from tests.admin.keyword_reader import keyword_reader
from tests.talk import Talk

PASSWORD = "una frase muy larga"
REASON = "Acuerdo de la reunión de coordinación"
WATER, ROAD = "no hay agua en la colonia Reforma", "el camino a mi pueblo está lleno de hoyos"
TO_CITY = Rule("agua-al-municipio", "El agua es del municipio.", {"words": ("agua",)}, {"agency": "MUNICIPIO"})


@dataclass
class Desk:
    """The office, another process of it, and who may change rules in it."""

    office: Office
    other: Office
    member: Member

    def publishes(self, rule: Rule = TO_CITY) -> int:
        begin_draft(self.office, self.member, get_version(self.office, self.office.rules.version).text)
        put_rule(self.office, self.member, get_draft(self.office).number, rule, None)
        return self.publishes_draft()

    def publishes_draft(self) -> int:
        over = self.office.rules.version
        return publish_draft(self.office, self.member, get_draft(self.office).number, REASON, over)


@pytest.fixture
def desk(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(rulebook, "KEPT_S", -1.0)  # each question looks: no test waits five seconds
    reader = keyword_reader(Settings().jurisdiction_dir / "places")
    office, other = (_office(database_url, reader, tmp_path) for _ in range(2))
    with office.sessions.begin() as session:
        account = NewAccount("administra", "Ana Ruiz", Role.ADMINISTRATOR, PASSWORD, None)
        row = add_account(session, office.jurisdiction, account)
        member = Member(row.id, "administra", row.name, Role.ADMINISTRATOR, None, "")
    yield Desk(office, other, member)
    office.engine.dispose()
    other.engine.dispose()


def _office(url: str, reader: Reader, folder: Path) -> Office:
    values = {"database_url": url, "secret_key": "k" * 32, "files_url": f"file://{folder}/files", "quiet_s": 0}
    settings = Settings.model_validate({**values, "model_dir": str(folder / "model"), "rehearsed_petitions": 3})
    return build_office(settings, further={ChannelName.CONSOLE: Console()}, reader=reader)


def _suggested(office: Office) -> list[tuple[str, str | None, int | None]]:
    with office.sessions() as session:
        rows = session.scalars(select(SuggestionRow).order_by(SuggestionRow.id)).all()
        return [(row.rule, row.agency, row.rules_version) for row in rows]


def test_a_published_version_is_followed_by_a_running_office_and_gone_back_from(desk: Desk) -> None:
    Talk(desk.other, "c1").says(WATER)
    assert desk.publishes() == 1
    Talk(desk.other, "c2").says(WATER)
    assert go_back(desk.office, desk.member, 0, "No funcionó como se esperaba", 1) == 2
    Talk(desk.other, "c3").says(WATER)
    assert _suggested(desk.other) == [
        ("general", "SOAPA", 0),
        ("agua-al-municipio", "MUNICIPIO", 1),
        ("general", "SOAPA", 2),
    ]


def test_every_act_keeps_the_whole_text_author_reason_and_time(desk: Desk) -> None:
    desk.publishes()
    go_back(desk.office, desk.member, 0, "No funcionó como se esperaba", 1)
    go_back(desk.office, desk.member, 1, "Sí funcionaba, con aviso al municipio", 2)
    last, back, first, own = list_versions(desk.office)
    assert [(one.number, one.of_number) for one in (last, back, first, own)] == [(3, 1), (2, 0), (1, None), (0, None)]
    assert (first.author, first.reason) == ("Ana Ruiz", REASON)
    assert back.made_at is not None
    assert get_version(desk.office, 3).text == get_version(desk.office, 1).text
    assert "agua-al-municipio" in get_version(desk.office, 1).text
    assert get_version(desk.office, 2).text == get_version(desk.office, 0).text == desk.office.rulebook.own_text


def test_the_draft_is_edited_rule_by_rule_and_undone_step_by_step(desk: Desk) -> None:
    texts = [desk.office.rulebook.own_text]
    begin_draft(desk.office, desk.member, texts[0])
    acts: list[Callable[[int], object]] = [
        lambda was: put_rule(desk.office, desk.member, was, TO_CITY, None),
        lambda was: move_rule(desk.office, desk.member, was, 13, -1),
        lambda was: switch_rule(desk.office, desk.member, was, 12),
        lambda was: put_rule(desk.office, desk.member, was, replace(TO_CITY, reason="Otra razón"), 12),
        lambda was: remove_rule(desk.office, desk.member, was, 0),
    ]
    for act in acts:
        act(get_draft(desk.office).number)
        texts.append(get_draft(desk.office).text)
    assert len(set(texts)) == 6
    for text in reversed(texts[:-1]):
        undo_step(desk.office, desk.member, get_draft(desk.office).number)
        assert get_draft(desk.office).text == text
    assert not get_draft(desk.office).can_undo
    with pytest.raises(NotFound):
        undo_step(desk.office, desk.member, get_draft(desk.office).number)


def test_the_last_rule_stays_last_and_on(desk: Desk) -> None:
    was = begin_draft(desk.office, desk.member, desk.office.rulebook.own_text)
    last = len(desk.office.rules.rules) - 1
    for act in (
        lambda: move_rule(desk.office, desk.member, was, last, -1),
        lambda: move_rule(desk.office, desk.member, was, last - 1, 1),
        lambda: move_rule(desk.office, desk.member, was, 0, -1),
        lambda: switch_rule(desk.office, desk.member, was, last),
        lambda: remove_rule(desk.office, desk.member, was, last),
    ):
        with pytest.raises(FormRefused, match="last_rule"):
            act()
    with pytest.raises(RuleRefused) as raised:
        put_rule(desk.office, desk.member, was, replace(TO_CITY, id="general"), last)
    assert [fault.name for fault in raised.value.faults] == ["last_conditions"]


def test_a_text_with_faults_is_kept_and_is_not_published(desk: Desk) -> None:
    begin_draft(desk.office, desk.member, "rules:\n  - {id: a, reason: r, then: {agency: NADIE}}\n")
    draft = get_draft(desk.office)
    assert draft.rules is None
    assert [(fault.line, fault.rule, fault.name, fault.word) for fault in draft.faults] == [
        (2, "a", "no_agency", "NADIE")
    ]
    for act in (desk.publishes_draft, lambda: switch_rule(desk.office, desk.member, draft.number, 0)):
        with pytest.raises(FormRefused, match="faulty"):
            act()
    assert get_draft(desk.office).text == draft.text


def test_what_somebody_changed_meanwhile_is_refused(desk: Desk) -> None:
    was = begin_draft(desk.office, desk.member, desk.office.rulebook.own_text)
    save_draft(desk.other, desk.member, desk.office.rulebook.own_text + "# more\n", was)
    for act in (
        lambda: save_draft(desk.office, desk.member, "other", was),
        lambda: switch_rule(desk.office, desk.member, was, 0),
        lambda: undo_step(desk.office, desk.member, was),
        lambda: discard_draft(desk.office, desk.member, was),
        lambda: publish_draft(desk.office, desk.member, was, REASON, 0),
    ):
        with pytest.raises(Stale):
            act()
    desk.publishes_draft()
    with pytest.raises(Stale):
        go_back(desk.office, desk.member, 0, REASON, 0)


def test_publishing_ends_the_draft_and_needs_a_reason_and_a_change(desk: Desk) -> None:
    was = begin_draft(desk.office, desk.member, desk.office.rulebook.own_text)
    for reason, fault in (("corto", "no_reason"), (REASON, "no_change")):
        with pytest.raises(FormRefused, match=fault):
            publish_draft(desk.office, desk.member, was, reason, 0)
    put_rule(desk.office, desk.member, was, TO_CITY, None)
    desk.publishes_draft()
    assert find_draft(desk.office) is None
    with pytest.raises(NotFound):
        save_draft(desk.office, desk.member, "x", was)


def test_a_draft_that_is_discarded_leaves_its_steps(desk: Desk) -> None:
    was = begin_draft(desk.office, desk.member, "mine")
    discard_draft(desk.office, desk.member, was)
    assert find_draft(desk.office) is None
    with desk.office.sessions() as session:
        assert session.scalars(select(RuleDraft.text).order_by(RuleDraft.number)).all() == ["mine", None]


def test_a_text_that_comes_over_a_draft_can_be_undone(desk: Desk) -> None:
    begin_draft(desk.office, desk.member, "mine")
    was = begin_draft(desk.office, desk.member, "imported")
    undo_step(desk.office, desk.member, was)
    assert get_draft(desk.office).text == "mine"


@pytest.mark.parametrize("role", [Role.OFFICER, Role.AUDITOR, Role.LIAISON])
def test_only_administrators_change_rules(desk: Desk, role: Role) -> None:
    member = replace(desk.member, role=role)
    was = begin_draft(desk.office, desk.member, desk.office.rulebook.own_text)
    for act in (
        lambda: begin_draft(desk.office, member, "x"),
        lambda: save_draft(desk.office, member, "x", was),
        lambda: undo_step(desk.office, member, was),
        lambda: discard_draft(desk.office, member, was),
        lambda: switch_rule(desk.office, member, was, 0),
        lambda: publish_draft(desk.office, member, was, REASON, 0),
        lambda: go_back(desk.office, member, 0, REASON, 0),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_rehearsal_names_what_would_change_and_changes_nothing(desk: Desk) -> None:
    for number, text in enumerate((WATER, WATER, ROAD, WATER)):
        Talk(desk.office, f"c{number}").says(text)
    with desk.office.sessions() as session:
        folios = list(session.scalars(select(Petition.folio).order_by(Petition.id)))
    before = _suggested(desk.office)
    text = desk.office.rulebook.own_text.replace(
        "  - id: general",
        "  - id: agua\n    reason: r\n    when: {words: agua}"
        "\n    then: {agency: MUNICIPIO, sensitive: true}\n\n  - id: general",
    )
    found = rehearse(desk.office, desk.office.rules, read_rules(text, desk.office.rulebook.vocabulary))
    assert (found.wanted, found.petitions, found.changed) == (3, 3, 2)
    assert [change.folio for change in found.changes] == [folios[3], folios[1]]
    first = found.changes[0]
    assert (first.before.agency, first.after.agency, first.after.is_sensitive) == ("SOAPA", "MUNICIPIO", True)
    counts = {one.rule: (one.before, one.after) for one in found.counts}
    assert (counts["agua"], counts["general"]) == ((0, 2), (3, 1))
    assert _suggested(desk.office) == before


def test_a_rehearsal_of_the_rules_in_force_repeats_every_suggestion(desk: Desk) -> None:
    for number, text in enumerate(("mi marido me quiere matar", "un policía me pidió mordida", f"{WATER}, Huajuapan")):
        Talk(desk.office, f"c{number}").says(text)
    found = rehearse(desk.office, desk.office.rules, desk.office.rules)
    assert found.changes == ()
    assert found.petitions == 3
    stored = [rule for rule, _, _ in _suggested(desk.office)]
    assert {one.rule: one.after for one in found.counts if one.after} == {rule: stored.count(rule) for rule in stored}


def test_a_version_that_names_what_is_no_more_stops_nobody(desk: Desk) -> None:
    desk.publishes()
    with desk.office.sessions.begin() as session:
        row = session.get_one(RuleVersion, 1)
        gone = row.text.replace("agency: MUNICIPIO}", "agency: DISUELTA}")
        session.add(RuleVersion(number=2, text=gone, reason=REASON, made_at=row.made_at, made_by=row.made_by))
    assert gone != row.text
    Talk(desk.office, "c1").says(WATER)
    assert _suggested(desk.office) == [("agua-al-municipio", "MUNICIPIO", 1)]
    assert desk.office.rulebook.unusable == (2,)
    assert get_version(desk.office, 2).rules is None
    with pytest.raises(FormRefused, match="faulty"):
        go_back(desk.office, desk.member, 2, REASON, 1)
