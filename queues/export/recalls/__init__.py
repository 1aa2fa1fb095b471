"""Withdrawing what was released: tombstones, erased texts, and whom it must reach."""
