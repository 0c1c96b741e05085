"""Trains the two models that are shipped with Gondola, from drawn shelves alone.

Nothing here runs in production: the package needs torch, the product does not.
"""
