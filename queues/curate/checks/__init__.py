"""Hidden checks: known answers among the work, who got which right, and what they learn from it."""
