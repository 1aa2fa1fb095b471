"""The worker's Celery application. Its messages are doorbells: the work itself is a row."""

import gc
import os

from celery import Celery
from celery.signals import worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviewapp.settings")
os.environ.setdefault("STATEMENT_SECONDS", "900")

app = Celery("reviewapp")
app.config_from_object("reviewapp.celery_config")
app.autodiscover_tasks(["queues"])


@worker_process_init.connect
def keep_what_is_loaded(**_told: object) -> None:
    """What was imported stays: no collection of garbage looks at it again, which takes 0.1 s each time."""
    gc.collect()
    gc.freeze()
