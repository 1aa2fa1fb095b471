"""The wiring: settings, URLs, jobs, the embedded database, the supervisor, health. No domain word."""
