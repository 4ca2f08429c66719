"""Rows into what a viewer sees: the one builder behind REST answers, resumed events and live frames.

Plain dicts that hold nothing of one viewer: a frame is encoded once for each audience.
"""
