"""The command `reviewapp`: push records, pull releases. Speaks HTTP only and knows nothing of Django."""
