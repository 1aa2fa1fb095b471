"""How what people saw was picked: the expressions of SQL, written once.

They stand in statements that join `routing` (queues_routing) and `item` (queues_item).
"""

PI = "routing.pi"  # the probability that this prediction was going to be reviewed
REASONS = "routing.reasons"  # the rules that picked it
STANDS_FOR = "1"  # how many predictions this item speaks for, itself included

IS_AUDIT = f"""{REASONS} @> '[{{"kind": "random_audit"}}]'"""  # drawn at random, whatever else picked it too
RULES = f"jsonb_path_query_array({REASONS}, '$[*].rule')"  # their names; a quick key to group by
