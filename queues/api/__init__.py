"""api: endpoints for programs: a file per stage; check, call one action or query, render."""
