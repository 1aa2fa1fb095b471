"""How messages travel. Read by worker, scheduler and web; imports no Django, so the scheduler stays small.

Without BROKER_URL the broker is pgmq: tables of our own database, woken by LISTEN/NOTIFY. What it needs was
measured (docs/decisions/): room to prefetch, a short poll, no remote control, short queue names.
"""

from typing import Any

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from reviewapp import environment

_ENV = environment.read()
_TOO_LONG_SECONDS = 3600
_CONNECT_SECONDS = 2  # a request waits no longer for a doorbell

broker_transport_options: dict[str, Any]
if _ENV.broker_url:
    broker_url = _ENV.broker_url
    broker_transport_options = {"visibility_timeout": _TOO_LONG_SECONDS}
    if broker_url.startswith(("redis", "rediss")):
        broker_transport_options["socket_connect_timeout"] = _CONNECT_SECONDS
else:
    broker_url = "pgmq://localhost"  # only a name: conn_string says where
    broker_transport_options = {
        # As words: of a URL pgmq drops the parameters.
        "conn_string": make_conninfo("", **conninfo_to_dict(_ENV.database_url)),
        "init_extension": False,  # the schema is plain SQL, put there by `manage.py prepare`
        "use_notify": True,
        "notify_throttle_interval_ms": 50,
        "wait_time_seconds": 0,
        "polling_interval": 0.1,
        "visibility_timeout": _TOO_LONG_SECONDS,
        "pool_size": 4,
        "pool_timeout": _CONNECT_SECONDS,
    }
broker_connection_timeout = _CONNECT_SECONDS
broker_connection_retry_on_startup = True

# Short names: each pgmq queue is a table, and a name may have 47 characters.
task_default_queue = "score"
task_create_missing_queues = True
task_routes = {
    # Slow, and in a process of its own, which alone loads a model. Nobody hears it where ENCODER is not set.
    "queues.tasks.enrich": {"queue": "embed"},
    "queues.tasks.answer": {"queue": "embed"},
    "queues.tasks.export*": {"queue": "export"},
    "queues.tasks.deliver*": {"queue": "deliver"},
}

# A task that dies with its worker comes again; tasks read their row and do nothing when it is done.
task_acks_late = True
task_reject_on_worker_lost = True
task_ignore_result = True
result_backend = None
task_store_errors_even_if_ignored = False

accept_content = ["json"]
task_serializer = result_serializer = "json"
enable_utc = True
timezone = "UTC"

worker_prefetch_multiplier = 4
worker_enable_remote_control = False
worker_send_task_events = False
worker_hijack_root_logger = False
worker_soft_shutdown_timeout = 10

beat_scheduler = "celery.beat:Scheduler"  # in memory: seconds need no file that a kill could spoil
beat_max_loop_interval = 5
# A tick that nobody took before the next one is worthless: without `expires` they would pile up.
beat_schedule = {
    "sweep": {"task": "queues.tasks.sweep", "schedule": 15.0, "options": {"expires": 14}},
    "seal_audit": {"task": "queues.tasks.seal_audit", "schedule": 5.0, "options": {"expires": 4}},
    "beat_heart": {"task": "queues.tasks.beat_heart", "schedule": 10.0, "options": {"expires": 9}},
}
