"""Route: which predictions people look at, in which queue and why; with what probability it was so."""
