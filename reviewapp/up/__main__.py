"""`python -m reviewapp.up`; `manage.py up` comes here too."""

import argparse
import os
import sys
from collections.abc import Sequence

from reviewapp.embedded.trouble import EmbeddedTrouble
from reviewapp.environment import Misconfigured
from reviewapp.up import supervisor
from reviewapp.up.console import complain
from reviewapp.up.trouble import UpTrouble


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="manage.py up", description="Start everything on this machine.")
    parser.add_argument("--demo", action="store_true", help="load the demo project and print its logins")
    parser.add_argument("--port", help="instead of REVIEWAPP_PORT (8000)")
    options = parser.parse_args(arguments)
    if options.port:
        os.environ["REVIEWAPP_PORT"] = options.port
    try:
        return supervisor.run(demo=options.demo)
    except (UpTrouble, EmbeddedTrouble, Misconfigured) as trouble:
        complain(str(trouble))
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
