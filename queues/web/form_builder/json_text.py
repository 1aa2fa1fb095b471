"""The whole document of a form as JSON, typed or as a file."""

import json
from typing import Any

from django.utils.translation import gettext as _

from queues.errors import Fault, Invalid

FILE_MAX = 512 * 1024  # bytes


def text_of(content: bytes) -> str:
    """The text of a file; Invalid when it is too large or no UTF-8."""
    if len(content) > FILE_MAX:
        raise _no_document(_("The file is too large: a form has at most 512 KiB."))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _no_document(_("The file is not UTF-8 text. Save it as JSON in UTF-8.")) from error


def object_of(text: str) -> dict[str, Any]:
    """The document that a text is; Invalid, with where, when it is none."""
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        place = {"line": error.lineno, "column": error.colno}
        raise _no_document(_("This is not JSON: see line %(line)d, column %(column)d.") % place) from error
    except ValueError as error:  # a number of more digits than Python reads
        raise _no_document(_("This number is too large to be kept exactly.")) from error
    except RecursionError as error:
        raise _no_document(_("This JSON is nested too deep for a form.")) from error
    if not isinstance(found, dict):
        raise _no_document(_("A form is a JSON object: its fields stand between { and }."))
    return found


def _no_document(detail: str) -> Invalid:
    return Invalid(detail, [Fault("/document", "form.no_json", detail)])
