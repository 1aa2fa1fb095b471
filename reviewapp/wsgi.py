"""The web processes' door. Each holds a pool of database connections, one per thread at most.

Loaded once, before the server forks: all that the processes have in common is in memory once.
"""

import gc
import os

import django
from django.urls import get_resolver

from reviewapp.utf8_request import Utf8Handler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviewapp.settings")
os.environ.setdefault("DATABASE_POOL", "4")
os.environ.setdefault("STATEMENT_SECONDS", "30")

django.setup(set_prefix=False)
application = Utf8Handler()

len(get_resolver().url_patterns)  # loads every view now, not with the first request
gc.collect()
gc.freeze()  # the collector leaves these objects alone, so their pages stay shared after the fork
