"""The wiring: settings, URLs, jobs, the embedded database, the supervisor, health. No domain word."""

import os

# Before numpy is loaded. Our matrices are small: threads that wait for each other took four times the
# processor time of one (figures by person, 101 values), and there are processes enough for every core.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
