"""agree: do the people agree? then the item is settled, else it is disputed."""
