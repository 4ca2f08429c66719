"""What a process has loaded stays with it: the garbage collector need not look through it again and again.

A full collection walks every object of Django, of the models and of the routes, and holds up whatever is under way: a
tenth of a second here, and the slowest of a hundred answers took as long. Put aside, they are walked no more.
"""

import gc
from importlib import import_module

from django.conf import settings


def put_aside() -> None:
    """Once, when everything is loaded: what is made from here on is collected as ever."""
    import_module(settings.ROOT_URLCONF)  # the first request would load it
    gc.collect()
    gc.freeze()
