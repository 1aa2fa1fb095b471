"""Selections: a lead sends past predictions to a queue at once, chosen to be unlike each other.

For a cold start, a golden set, or what no rule looks at. `asking` is for pages and the API, `choosing` says
which (pure), `candidates` reads what may be chosen, `run` is the job.
"""
