"""What a person changes in the draft with a form: one rule at a time, counted from 0. Called by the admin.

The last rule catches all: it stays last and on, and a new rule stands before it.
"""

from collections.abc import Sequence
from dataclasses import replace

from intake.accounts.staff import Member
from intake.errors import FormRefused, NotFound, Stale
from intake.office import Office
from intake.rules.drafts import DraftView, get_draft, save_draft
from routing.editing import rewrite
from routing.parsing import Fault, RulesError, read_rules
from routing.rules import Rule, Rules


class RuleRefused(FormRefused):
    """The rule cannot stand there; `faults` say why."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("faulty")
        self.faults = faults


def put_rule(office: Office, member: Member, was: int, rule: Rule, place: int | None) -> str:
    """In the place of the rule there; None: a new one, before the last. Its id.

    This and the following commit. Raise NotAllowed, NotFound, RuleRefused, FormRefused (faulty, last_rule), Stale.
    """
    draft, rules = _readable(office, was)
    items: list[int | Rule] = [*range(len(rules.rules))]
    if place is None:
        items.insert(len(items) - 1, rule)
    else:
        before = rules.rules[_known(rules, place)]
        items[place] = place if rule.says_as(before) else rule.kept_as(before)
    return _save(office, member, draft, rules, items, rule)


def move_rule(office: Office, member: Member, was: int, place: int, by: int) -> str:
    """`by`: -1 up, 1 down. The id of the rule that was moved."""
    draft, rules = _readable(office, was)
    other = place + by
    if not (0 <= other < len(rules.rules) - 1 and _known(rules, place) < len(rules.rules) - 1):
        raise FormRefused("last_rule")
    items: list[int | Rule] = [*range(len(rules.rules))]
    items[place], items[other] = items[other], items[place]
    return _save(office, member, draft, rules, items, rules.rules[place])


def switch_rule(office: Office, member: Member, was: int, place: int) -> Rule:
    """Off when it was on, on when it was off; as it is now."""
    draft, rules = _readable(office, was)
    rule = _not_last(rules, place)
    switched = replace(rule, is_active=not rule.is_active)
    items: list[int | Rule] = [*range(len(rules.rules))]
    items[place] = switched
    _save(office, member, draft, rules, items, switched)
    return switched


def remove_rule(office: Office, member: Member, was: int, place: int) -> str:
    draft, rules = _readable(office, was)
    rule = _not_last(rules, place)
    return _save(office, member, draft, rules, [n for n in range(len(rules.rules)) if n != place], rule)


def get_rule(draft: DraftView, place: int) -> Rule:
    """Raises NotFound, FormRefused while the draft has faults."""
    if draft.rules is None:
        raise FormRefused("faulty")
    return draft.rules.rules[_known(draft.rules, place)]


def _readable(office: Office, was: int) -> tuple[DraftView, Rules]:
    draft = get_draft(office)
    if draft.number != was:
        raise Stale("the draft was changed meanwhile")
    if draft.rules is None:
        raise FormRefused("faulty")
    return draft, draft.rules


def _save(
    office: Office, member: Member, draft: DraftView, rules: Rules, items: Sequence[int | Rule], rule: Rule
) -> str:
    text = rewrite(draft.text, rules, items)
    if text == draft.text:
        return rule.id
    try:
        read_rules(text, office.rulebook.vocabulary)
    except RulesError as error:
        raise RuleRefused(error.faults) from error
    save_draft(office, member, text, draft.number)
    return rule.id


def _not_last(rules: Rules, place: int) -> Rule:
    if _known(rules, place) == len(rules.rules) - 1:
        raise FormRefused("last_rule")
    return rules.rules[place]


def _known(rules: Rules, place: int) -> int:
    if not 0 <= place < len(rules.rules):
        raise NotFound(f"no rule {place} in the draft")
    return place
