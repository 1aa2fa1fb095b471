"""monitor: does it work, and does it help?"""
