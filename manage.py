"""Django's commands, and `up`, which starts everything."""

import os
import sys

from django.core.management import execute_from_command_line

from reviewapp.embedded.borrow import borrowed_server


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviewapp.settings")
    with borrowed_server(sys.argv):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
