"""The web server, here and in the container: two processes of four threads, loaded once before the fork."""

worker_class = "gthread"
workers = 2
threads = 4
preload_app = True
timeout = 60
graceful_timeout = 15
keepalive = 5
loglevel = "error"  # requests have their own log line
control_socket_disable = True
# gunicorn would believe what this machine says of the way a request came. Whether a proxy is believed is one
# setting (TRUST_PROXY), and Django's.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
