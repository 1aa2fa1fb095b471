"""How fast it is: each script starts a stack of its own, measures one thing and prints what it measured.

    python -m tests.benchmarks.cycles            the full size; --smoke: tiny, and asserts only correctness
    make bench                                   all of them

stack.py       `manage.py up` in a temporary folder on a free port, and how much memory its programs use
seed.py        the project, its people and their keys by the real actions; many rows by SQL
texts.py       records as programs send them
driver.py      closed-loop callers on kept connections
report.py      one JSON line per figure and a line for people; the machine it was measured on
"""
