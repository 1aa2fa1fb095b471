"""How many predictions are counted on an item because they say the same."""

from django.db.models import IntegerField
from django.db.models.expressions import RawSQL

from queues.newest import COUNT_LIMIT

# For a query on items. Counts no further than COUNT_LIMIT + 1, along the index of the foreign key.
ATTACHED = RawSQL(  # noqa: S611 - constant text; the ORM cannot count a slice within a query
    f"""(SELECT count(*) FROM (
      SELECT 1 FROM queues_attachment a WHERE a.item_id = queues_item.id LIMIT {COUNT_LIMIT + 1}) counted)""",
    (),
    output_field=IntegerField(),
)
