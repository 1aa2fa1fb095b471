"""Pages of people: sign in and out, own settings, API keys, members of a project."""
