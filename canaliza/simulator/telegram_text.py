"""parse_mode: citizens' words inside HTML or Markdown make a whole send fail (CHANNELS §0.14); here as there.

Reads HTML and MarkdownV2 far enough to take the marks off, name the entities and refuse what does not parse.
"""

import html
import re
from typing import Any

from canaliza.simulator.telegram_refusal import Refused

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
}
TAG = re.compile(r"<(/?)([a-zA-Z0-9-]*)([^<>]*)(>?)")
HREF = re.compile(r"""href\s*=\s*["']?([^"'>]*)""")
RESERVED = frozenset(r"_*[]()~`>#+-=|{}.!")
MARKS = {
    "||": "spoiler",
    "__": "underline",
    "*": "bold",
    "_": "italic",
    "~": "strikethrough",
    "```": "pre",
    "`": "code",
}
MARK = re.compile(r"\\(.)|(```|\|\||__|[*_~`])|\[([^\]]*)\]\(([^)]*)\)|(.)", re.DOTALL)
LEGACY_MARKS = ("*", "_", "`")
Entity = dict[str, Any]


def parse_text(text: str, parse_mode: str) -> tuple[str, list[Entity]]:
    """The text as people see it, with its entities. Raises Refused."""
    text = text.replace("\x00", "")
    match parse_mode.lower():
        case "":
            return text.strip(), []
        case "html":
            return _html(text)
        case "markdownv2":
            return _markdown(text)
        case "markdown":
            return _legacy(text), []
        case _:
            raise Refused(400, "Bad Request: unsupported parse_mode")


def _html(text: str) -> tuple[str, list[Entity]]:
    plain, entities, open_tags, at = "", [], list[tuple[str, int, str]](), 0
    for found in TAG.finditer(text):
        plain += html.unescape(text[at : found.start()])
        at = found.end()
        closing, name, rest, end = found.groups()
        where = f"at byte offset {len(text[: found.start()].encode())}"
        if not end:
            raise Refused(400, f"Bad Request: can't parse entities: Unclosed start tag {where}")
        if name.lower() not in TAGS:
            raise Refused(400, f'Bad Request: can\'t parse entities: Unsupported start tag "{name}" {where}')
        if not closing:
            open_tags.append((name.lower(), _utf16(plain), rest))
            continue
        if not open_tags or open_tags[-1][0] != name.lower():
            raise Refused(400, f"Bad Request: can't parse entities: Unmatched end tag {where}")
        entities.append(_tag_entity(*open_tags.pop(), _utf16(plain)))
    if open_tags:
        tag = open_tags[-1][0]
        raise Refused(
            400, f"Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"{tag}\""
        )
    return _trimmed(plain + html.unescape(text[at:]), entities)


def _tag_entity(name: str, start: int, rest: str, end: int) -> Entity:
    entity: Entity = {"offset": start, "length": end - start, "type": TAGS[name]}
    link = HREF.search(rest)
    return {**entity, "url": html.unescape(link[1])} if name == "a" and link else entity


def _markdown(text: str) -> tuple[str, list[Entity]]:
    plain, entities, opened = "", [], list[tuple[str, int]]()
    for found in MARK.finditer(text):
        escaped, mark, label, url, char = found.groups()
        if mark:
            plain_end = _utf16(plain)
            if opened and opened[-1][0] == mark:
                start = opened.pop()[1]
                entities.append({"offset": start, "length": plain_end - start, "type": MARKS[mark]})
            else:
                opened.append((mark, plain_end))
        elif label is not None:
            entities.append({"offset": _utf16(plain), "length": _utf16(label), "type": "text_link", "url": url})
            plain += label
        elif char is not None and char in RESERVED:
            raise Refused(
                400,
                f"Bad Request: can't parse entities: Character '{char}' is reserved "
                "and must be escaped with the preceding '\\'",
            )
        else:
            plain += escaped or char or ""
    if opened:
        kind = MARKS[opened[-1][0]].capitalize()
        where = f"at byte offset {len(text.encode())}"
        raise Refused(400, f"Bad Request: can't parse entities: Can't find end of {kind} entity {where}")
    return _trimmed(plain, entities)


def _legacy(text: str) -> str:
    for mark in LEGACY_MARKS:
        if text.replace(f"\\{mark}", "").count(mark) % 2:
            where = f"at byte offset {len(text[: text.rfind(mark)].encode())}"
            raise Refused(400, f"Bad Request: can't parse entities: Can't find end of the entity starting {where}")
    return re.sub(r"(?<!\\)[*_`]", "", text).strip()


def _trimmed(plain: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    shift = _utf16(plain) - _utf16(plain.lstrip())
    moved = [{**entity, "offset": max(0, entity["offset"] - shift)} for entity in entities if entity["length"]]
    return plain.strip(), sorted(moved, key=lambda entity: int(entity["offset"]))


def _utf16(text: str) -> int:
    """Entity offsets count UTF-16 units (CHANNELS §0.13)."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
