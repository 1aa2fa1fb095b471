"""The kinds of enrichment that come with the product; importing this registers them."""

from queues.score.enrichments import embed, index, reviewed

__all__ = ["embed", "index", "reviewed"]
