"""A policy as text, and on which line of it something stands."""

from typing import Any

import orjson


def text_of(document: object) -> str:
    """The document as people edit it."""
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()


def line_of(document: Any, pointer: str) -> int:
    """The line of `text_of(document)` where a pointer's value begins; of what is absent, its parent's."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    line = 1
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
