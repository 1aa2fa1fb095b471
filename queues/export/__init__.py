"""export: immutable releases of training and golden data, with their lineage."""
