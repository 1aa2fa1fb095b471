"""adjudicate: a lead settles what the people did not."""
