"""Django's commands, and `up`, which starts everything and needs no Django itself."""

import os
import sys

from django.core.management import execute_from_command_line

from reviewapp.embedded.borrow import borrowed_server
from reviewapp.up.__main__ import main as up


def main() -> None:
    if sys.argv[1:2] == ["up"]:
        sys.exit(up(sys.argv[2:]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviewapp.settings")
    with borrowed_server(sys.argv):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
