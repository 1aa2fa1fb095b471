"""The worker's Celery application. Its messages are doorbells: the work itself is a row."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviewapp.settings")
os.environ.setdefault("STATEMENT_SECONDS", "900")

app = Celery("reviewapp")
app.config_from_object("reviewapp.celery_config")
app.autodiscover_tasks(["queues"])
