"""How what people saw was picked: the expressions of SQL, written once.

They stand in statements that join `routing` (queues_routing) and `item` (queues_item).
"""

from queues.route.effective_pi import effective_pi_sql

PI = effective_pi_sql("routing")  # the probability that this prediction was going to be reviewed
REASONS = "item.reasons"  # the rules that picked it, those of second looks among them
# How many predictions this item speaks for: its own, and those that say the same and are counted on it.
STANDS_FOR = "(1 + (SELECT count(*) FROM queues_attachment WHERE item_id = item.id))"

# A comparison says which of two outputs is better, not that one is right: it is no verdict on either.
IS_JUDGED = "item.other_id IS NULL"

# Drawn at random, whatever else picked it too; also within a condition of conditions.
IS_AUDIT = f"""jsonb_path_exists({REASONS}, '$.** ? (@.kind == "random_audit")')"""
RULES = f"jsonb_path_query_array({REASONS}, '$[*].rule')"  # their names; a quick key to group by
