"""How each person works: figures for that person and for leads, every look of a lead in the audit log."""
