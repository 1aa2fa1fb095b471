"""What one test process writes, no other finds."""

import os

from django.conf import settings


def test_the_settings_name_the_folder_of_this_very_process() -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER")

    assert str(settings.ENV.var) == os.environ["REVIEWAPP_VAR"]
    assert worker is None or settings.ENV.var.name == worker
