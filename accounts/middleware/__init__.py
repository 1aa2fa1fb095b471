"""What happens around every request: an id and a line in the log; a closed door where nothing is declared."""
