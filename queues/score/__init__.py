"""Score: how uncertain an output is (measures) and what safety findings came with it (detectors)."""
