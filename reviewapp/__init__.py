"""The wiring: settings, URLs, the job queue, the embedded database, the supervisor, health. No domain word."""
