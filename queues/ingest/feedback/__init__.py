"""Feedback of end users: checked, stored once, joined with the prediction that it is about."""
