"""What happens around every request: it gets an id and a log line, a closed door, and an end to its session."""
