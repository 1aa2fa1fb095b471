"""What `manage.py load_demo` does, step by step; each step keeps what an earlier run has made."""
