"""What stands where a person's value stood: nothing where the column allows it, else what its readers bear. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Column, LargeBinary, String

GONE = "gone:"


def emptied(relation: str, column: Column[Any], row: Mapping[str, Any]) -> Any:
    """`row`: with the columns of the key."""
    value = row[column.name]
    special = SPECIAL.get((relation, column.name))
    if special:
        return special(row)
    if value is None or column.nullable:
        return None
    if isinstance(column.type, LargeBinary):
        return b""
    if isinstance(column.type, String):
        return ""
    return [] if isinstance(value, list) else {} if isinstance(value, dict) else 0


def _ranking(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Agencies and probabilities are the machine's, by which it is measured; the words that drove them are not."""
    return [{**one, "because": []} for one in row["ranking"] or []]


def _damage(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a contingency is counted by."""
    return (
        {name: row["damage"][name] for name in ("what", "is_hurt") if name in row["damage"]} if row["damage"] else None
    )


def _paper(row: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of a paper to whoever holds it and has it checked."""
    return {name: row["content"][name] for name in ("folio", "agency", "answered_on") if name in row["content"]}


def _office_paper(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row["content"][name] for name in ("folio", "issued_on") if name in row["content"]}


def _own(row: Mapping[str, Any]) -> str:
    return f"{GONE}{row['id']}"


SPECIAL: Mapping[tuple[str, str], Callable[[Mapping[str, Any]], Any]] = {
    ("suggestions", "ranking"): _ranking,
    ("petitions", "damage"): _damage,
    ("papers", "content"): _paper,
    ("office_papers", "content"): _office_paper,
    ("conversations", "address"): _own,
    ("aliases", "address"): _own,
    ("committed_words", "salt"): lambda row: "",
    ("system_requests", "key"): lambda row: f"{GONE}{row['petition_id']}",
}
