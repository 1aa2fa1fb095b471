"""The guards at work: what they are told, the walk past them, and the texts that they protect."""
