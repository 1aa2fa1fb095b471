"""web: pages: a file per stage; check, call one action or query, render."""
