"""The web processes' door. Each holds a pool of database connections, one per thread at most."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviewapp.settings")
os.environ.setdefault("DATABASE_POOL", "4")

application = get_wsgi_application()
