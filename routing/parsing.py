"""Rules as they are written (YAML): read whole, or refused with every fault, its line and its rule.

The jurisdiction's file is read at start, by the wiring; what staff write, by `intake.rulebook`. Knows no Spanish:
a fault has a name, and the page has the sentence.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from routing.decision import Next, plain
from routing.rules import AS_SUGGESTED, CONDITIONS, OUTCOMES, UNKNOWN, Rule, Rules, listed

TEXT_MAX = 50_000  # characters: some hundred rules; Oaxaca's 14 are 4,500
ID_MAX, REASON_MAX = 80, 300  # the columns where a suggestion keeps them
NAMED = re.compile(r"[a-z0-9][a-z0-9-]*")
WHOLE_WORDS = re.compile(r"\w|\w.*\w")  # what is looked for between the borders of words
QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'')
DASHES = re.compile(r"\s*(?:[-?]\s+){9}")
DEEP = 30  # brackets that a line leaves open: a reader of YAML takes many seconds for thousands
WORDS = {"id", "reason", "when", "then", "active"}
SENTENCES = {
    "yaml": "{word}",
    "too_long": "longer than {word} characters",
    "no_list": "the file must hold a list `rules:`",
    "not_rule": "a rule needs `id`, `reason` and `then`",
    "not_names": "`when` and `then` hold names with values",
    "unknown_word": "unknown word {word!r}",
    "bad_id": "an id has small letters, digits and hyphens, 80 at most",
    "bad_reason": "a reason is a text of at most 300 characters",
    "bad_active": "`active` is true or false",
    "no_agency": "no agency {word!r} in agencies.json",
    "bad_value": "{word} is no value of its condition",
    "bad_next": f"`next` is one of {', '.join(Next)}",
    "bad_sensitive": "`sensitive` is true or false",
    "bad_probability": "a probability lies between 0 and 1",
    "twice": "stands twice",
    "catches_all": "matches all, so no rule after it is ever reached",
    "last_conditions": "the last rule must match all (no `when`)",
    "last_inactive": "the last rule catches all and cannot be switched off",
}


@dataclass(frozen=True)
class Fault:
    """`name`: a key of SENTENCES. `rule`: its id, None where no rule can be told. `word`: what is wrong in it."""

    line: int
    name: str
    rule: str | None = None
    word: str = ""

    def __str__(self) -> str:
        sentence = SENTENCES[self.name].format(word=self.word)
        return f"{self.line}: rule {self.rule} {sentence}" if self.rule else f"{self.line}: {sentence}"


class RulesError(ValueError):
    """Nothing can be routed with them; the text names the first line and reason, `faults` all."""

    def __init__(self, faults: tuple[Fault, ...], source: str) -> None:
        super().__init__(f"{source}:{faults[0]}")
        self.faults = faults


@dataclass(frozen=True)
class Vocabulary:
    """What a condition may name. `orders`: of each agency; `regions`: of each municipality by its key."""

    orders: Mapping[str, str]
    kinds: frozenset[str]
    emergencies: frozenset[str]
    regions: Mapping[str, str]


def load_rules(path: Path, vocabulary: Vocabulary) -> Rules:
    """Raises RulesError, OSError."""
    return read_rules(path.read_text("utf-8"), vocabulary, source=str(path))


def read_rules(text: str, vocabulary: Vocabulary, *, version: int = 0, source: str = "rules") -> Rules:
    """Raises RulesError with all faults that were found, the first line first."""
    if len(text) > TEXT_MAX:
        raise RulesError((Fault(1, "too_long", word=str(TEXT_MAX)),), source)
    entries = _entries(text, source)
    lines = [entries.lc.item(n)[0] + 1 for n in range(len(entries))]
    faults = [fault for line, entry in zip(lines, entries, strict=True) for fault in _faults(line, entry, vocabulary)]
    if not faults:
        rules = tuple(map(_rule, lines, entries))
        faults = list(_order_faults(rules))
    if faults:
        raise RulesError(tuple(sorted(faults, key=lambda fault: fault.line)), source)
    return Rules(rules, version)


@lru_cache(maxsize=4)
def _entries(text: str, source: str) -> CommentedSeq:
    """Only to be read: the same text again gives the same list. Raises RulesError."""
    nested = next((n for n, line in enumerate(text.splitlines(), 1) if _is_nest(line)), None)
    if nested:
        raise RulesError((Fault(nested, "yaml", word="nested too deeply"),), source)
    try:
        document = YAML().load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise RulesError((Fault(line, "yaml", word=error.problem or "cannot be read"),), source) from error
    except (YAMLError, ValueError, RecursionError) as error:  # a forbidden character, a number too long, a nest
        raise RulesError((Fault(1, "yaml", word="cannot be read"),), source) from error
    entries = document.get("rules") if isinstance(document, CommentedMap) else None
    if not entries or not isinstance(entries, CommentedSeq):
        raise RulesError((Fault(1, "no_list"),), source)
    strange = [key for key in document if key != "rules"]
    if strange:
        raise RulesError((Fault(document.lc.key(strange[0])[0] + 1, "unknown_word", word=str(strange[0])),), source)
    return entries


def _is_nest(line: str) -> bool:
    bare = QUOTED.sub("", line)
    left_open = sum(bare.count(one) for one in "[{") - sum(bare.count(one) for one in "]}")
    return left_open > DEEP or DASHES.match(bare) is not None


def _rule(line: int, entry: CommentedMap) -> Rule:
    when = {name: _value(name, value) for name, value in (entry.get("when") or {}).items()}
    then = {name: _value(name, value) for name, value in (entry["then"] or {}).items()}
    return Rule(str(entry["id"]), str(entry["reason"]), when, then, line, bool(entry.get("active", True)))


def _value(name: str, value: Any) -> Any:
    """Without the reader's own types. YAML takes a municipality's key for a number."""
    if isinstance(value, bool):
        return value
    if name.startswith("probability"):
        return float(value)
    if isinstance(value, list):
        return tuple(str(one) for one in value)
    return str(value)


def _faults(line: int, entry: Any, vocabulary: Vocabulary) -> Iterator[Fault]:
    if not isinstance(entry, CommentedMap) or not {"id", "reason", "then"} <= set(entry):
        yield Fault(line, "not_rule")
        return
    name, when, then = str(entry["id"])[:ID_MAX], entry.get("when") or {}, entry["then"] or {}
    if not isinstance(when, Mapping) or not isinstance(then, Mapping):
        yield Fault(line, "not_names", name)
        return
    unknown = [*(set(when) - {*CONDITIONS}), *(set(then) - {*OUTCOMES}), *(set(entry) - WORDS)]
    yield from (Fault(_line(entry, word, line), "unknown_word", name, str(word)[:ID_MAX]) for word in unknown)
    yield from (Fault(line, fault, name) for fault in _own_faults(entry))
    yield from (
        Fault(_line(entry, word, line), fault, name, value)
        for word, part, check in (("when", when, _condition_fault), ("then", then, _outcome_fault))
        for key in part
        if key not in unknown
        for fault, value in check(key, part[key], vocabulary)
    )


def _own_faults(entry: Mapping[str, Any]) -> Iterator[str]:
    rule_id, reason = entry["id"], entry["reason"]
    if not isinstance(rule_id, str) or not NAMED.fullmatch(rule_id) or len(rule_id) > ID_MAX:
        yield "bad_id"
    if not isinstance(reason, str) or not reason.strip() or len(reason) > REASON_MAX:
        yield "bad_reason"
    if not isinstance(entry.get("active", True), bool):
        yield "bad_active"


def _condition_fault(name: str, value: Any, vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    if name.startswith("probability"):
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            yield "bad_probability", ""
    elif name == "model" or (name == "emergency" and isinstance(value, bool)):
        if not isinstance(value, bool) or (name == "emergency" and not value):
            yield "bad_value", name
    else:
        wrong = [one for one in listed(value) if not _is_known(name, one, vocabulary)] if listed(value) else [""]
        fault = "no_agency" if name == "agency" else "bad_value"
        yield from ((fault, _shown(one) if fault == "no_agency" else f"{name}: {_shown(one)}") for one in wrong[:1])


def _is_known(name: str, value: Any, vocabulary: Vocabulary) -> bool:
    if name == "municipality":
        return str(value) in vocabulary.regions or value == UNKNOWN
    if not isinstance(value, str):
        return False
    if name == "words":
        return WHOLE_WORDS.fullmatch(plain(value)) is not None
    known: Mapping[str, Any] = {
        "kind": vocabulary.kinds,
        "emergency": vocabulary.emergencies,
        "agency": vocabulary.orders,
        "order": set(vocabulary.orders.values()),
        "region": set(vocabulary.regions.values()),
    }
    return value in known[name]


def _outcome_fault(name: str, value: Any, vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    if name == "next" and value not in list(Next):
        yield "bad_next", ""
    if name == "sensitive" and not isinstance(value, bool):
        yield "bad_sensitive", ""
    if name == "agency" and not (isinstance(value, str) and (value == AS_SUGGESTED or value in vocabulary.orders)):
        yield "no_agency", _shown(value)
    if name == "copies":
        missing = [key for key in listed(value) if not isinstance(key, str) or key not in vocabulary.orders]
        yield from (("no_agency", _shown(key)) for key in missing[:1])


def _order_faults(rules: tuple[Rule, ...]) -> Iterator[Fault]:
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            yield Fault(rule.line, "twice", rule.id)
        seen.add(rule.id)
    for rule in rules[:-1]:
        if not rule.when and rule.is_active:
            yield Fault(rule.line, "catches_all", rule.id)
    if rules[-1].when:
        yield Fault(rules[-1].line, "last_conditions", rules[-1].id)
    if not rules[-1].is_active:
        yield Fault(rules[-1].line, "last_inactive", rules[-1].id)


def _line(entry: CommentedMap, key: Any, otherwise: int) -> int:
    """Where a word of the rule stands; the rule's own line when it stands deeper."""
    try:
        return int(entry.lc.key(key)[0]) + 1
    except (KeyError, TypeError, AttributeError):
        return otherwise


def _shown(value: Any) -> str:
    """A nest of lists is not written out: it may be endless."""
    return str(value)[:ID_MAX] if isinstance(value, str | int | float) else type(value).__name__
