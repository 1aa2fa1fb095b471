"""Changes of many items at once: asked for, done batch by batch, stopped, and undone once."""
