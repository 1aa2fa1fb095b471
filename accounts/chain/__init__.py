"""The sealed chain of the audit log: what shows that an event was changed, removed or slipped in.

Each project has a chain of its own, and so has the house (events without a project). `document` says what is
hashed, `sealing` puts committed events into their chain, `heads` keeps its newest place outside the database,
`verifying` walks it and finds the first broken place, `sentences` says it, `state` says how far all that is.
"""

HOUSE = 0  # the chain of events without a project; ids of projects begin at 1
