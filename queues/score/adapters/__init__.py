"""Detectors that run elsewhere or take long: asked by the worker, after arrival, never in a request.

One file each. Which are used is the operator's choice, by the environment; no user names an address.
"""
