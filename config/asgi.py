"""The live process: sockets at /ws/, and all of HTTP where one process serves both. Served by daphne."""

import importlib
import importlib.util
import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings

from config.client_address import believe_proxies_asgi, parse_networks

_http = get_asgi_application()  # before any import that needs the apps
_protocols = {"http": _http}
if importlib.util.find_spec("chat.routing"):
    routing = importlib.import_module("chat.routing")
    _protocols["websocket"] = URLRouter(routing.websocket_urlpatterns)

application = believe_proxies_asgi(ProtocolTypeRouter(_protocols), parse_networks(settings.TRUSTED_PROXIES))
