"""A policy as text, and on which line of it something stands."""

from typing import Any

import orjson

from accounts.json_pointer import unescaped

_FIRST = ("schema", "rules", "name", "kind", "queue")


def text_of(document: object) -> str:
    """The document as people edit it: what names a thing comes first."""
    document = _in_order(document)
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()


def line_of(document: Any, pointer: str) -> int:
    """The line of `text_of(document)` where a pointer's value begins; of what is absent, its parent's."""
    steps = [unescaped(step) for step in pointer.split("/")[1:]]
    document, line = _in_order(document), 1
    for step in steps:
        if isinstance(document, dict) and step in document:
            names = list(document)
            line += 1 + sum(_height(document[name]) for name in names[: names.index(step)])
            document = document[step]
        elif isinstance(document, list) and step.isdigit() and int(step) < len(document):
            line += 1 + sum(map(_height, document[: int(step)]))
            document = document[int(step)]
        else:
            break
    return line


def _height(value: Any) -> int:
    return text_of(value).count("\n") + 1 if isinstance(value, dict | list) else 1


def _in_order(value: Any) -> Any:
    """The database keeps no order of names."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: _FIRST.index(name) if name in _FIRST else len(_FIRST))
        return {name: _in_order(value[name]) for name in names}
    return [_in_order(one) for one in value] if isinstance(value, list) else value
