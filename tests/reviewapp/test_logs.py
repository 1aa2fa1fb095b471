"""A log line is one line, whatever is in it."""

import json
import logging

from reviewapp.logs import JsonLine, OneLine

RECORD = logging.LogRecord("queues", logging.WARNING, "", 0, "first\nsecond %s", ("\r\u2028",), None)


def test_plain_lines_keep_line_breaks_inside() -> None:
    assert OneLine("%(message)s").format(RECORD) == "first\\nsecond \\r\u2028"


def test_json_lines_are_ascii_and_read_back_whole() -> None:
    line = JsonLine().format(RECORD)

    assert line.isascii()
    assert json.loads(line)["message"] == "first\nsecond \r\u2028"
