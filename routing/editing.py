"""Changes one rule of a text and leaves the others as they are written, comments and all: configuration is compared."""

import json
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from routing.rules import CONDITIONS, OUTCOMES, Rule, Rules, listed

BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
NO_WORDS = frozenset("true false null yes no on off y n".split())  # some reader of YAML takes them for something else
LINE_MAX = 110
ITEM = re.compile(r"( *)- +\S")


def rewrite(text: str, rules: Rules, wanted: Sequence[int | Rule]) -> str:
    """The text with the rules `wanted`, in that order: numbers are rules of the text, counted from 0; the others new.

    `rules`: what the text says. A new rule stands with the comment of the one whose id it has.
    """
    meant = [rules.rules[one] if isinstance(one, int) else one for one in wanted]
    parts = _parts(text, rules)
    if parts is not None:
        edited = _joined(parts, rules, wanted)
        if _says(edited, meant):
            return edited
    return write(meant)


def write(rules: Sequence[Rule]) -> str:
    """A whole text of them."""
    return "rules:\n" + "\n".join(write_rule(rule) for rule in rules)


def write_rule(rule: Rule, indent: str = "  ") -> str:
    lines = [f"- id: {_scalar(rule.id)}", f"  reason: {_quoted(rule.reason)}"]
    if not rule.is_active:
        lines.append("  active: false")
    if rule.when:
        lines += _names("when", rule.when, CONDITIONS)
    lines += _names("then", rule.then, OUTCOMES)
    return "".join(f"{indent}{line}\n" for line in lines)


def _parts(text: str, rules: Rules) -> list[str] | None:
    """What stands before the rules, then each with the comments right above it; None for a list that is not one below
    the other."""
    lines = text.splitlines(keepends=True)
    starts = [rule.line - 1 for rule in rules.rules]
    matches = [ITEM.match(lines[start]) for start in starts]
    if any(match is None for match in matches) or len({match[1] for match in matches if match}) != 1:
        return None
    borders = [0, *(_with_comment(lines, start) for start in starts), len(lines)]
    if sorted(set(borders)) != borders:
        return None
    return ["".join(lines[one:other]) for one, other in pairwise(borders)]


def _with_comment(lines: Sequence[str], start: int) -> int:
    while start > 0 and lines[start - 1].lstrip().startswith("#"):
        start -= 1
    return start


def _joined(parts: Sequence[str], rules: Rules, wanted: Sequence[int | Rule]) -> str:
    head, blocks = parts[0], [part.rstrip() + "\n" for part in parts[1:]]
    match = ITEM.search(blocks[0])
    indent = match[1] if match else ""
    by_id = {rule.id: block for rule, block in zip(rules.rules, blocks, strict=True)}
    written = [
        blocks[one] if isinstance(one, int) else _comment(by_id.get(one.id, "")) + write_rule(one, indent)
        for one in wanted
    ]
    between = "\n" if any(part.rstrip() + "\n" != part for part in parts[1:-1]) else ""
    return head + between.join(written)


def _comment(block: str) -> str:
    lines = block.splitlines(keepends=True)
    return "".join(lines[: next((n for n, line in enumerate(lines) if not line.lstrip().startswith("#")), 0)])


def _says(text: str, meant: Sequence[Rule]) -> bool:
    """Whether it is read as those rules, whatever stands in its comments and long texts."""
    try:
        entries = YAML(typ="safe", pure=True).load(text)["rules"]
    except YAMLError:
        return False
    return len(entries) == len(meant) and all(map(_is_same, entries, meant))


def _is_same(entry: Mapping[str, Any], rule: Rule) -> bool:
    read = Rule(
        entry["id"],
        entry["reason"],
        {name: _as_key(name, value) for name, value in (entry.get("when") or {}).items()},
        entry["then"] or {},
        is_active=entry.get("active", True),
    )
    return read.says_as(rule)


def _as_key(name: str, value: Any) -> Any:
    if name.startswith("probability"):
        return float(value)
    return [str(one) for one in listed(value)] if name == "municipality" else value


def _names(name: str, part: Mapping[str, Any], order: Sequence[str]) -> list[str]:
    pairs = [f"{key}: {_value(part[key])}" for key in order if key in part]
    line = f"  {name}: {{{', '.join(pairs)}}}"
    return [line] if len(line) <= LINE_MAX or not pairs else [f"  {name}:", *(f"    {pair}" for pair in pairs)]


def _value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_scalar, value))}]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:g}"
    return str(value) if BARE.fullmatch(str(value)) and str(value).lower() not in NO_WORDS else _quoted(str(value))


def _quoted(text: str) -> str:
    """Without what YAML forbids in a text."""
    return json.dumps("".join(c if c.isprintable() else " " for c in text), ensure_ascii=False)
