"""The live process: sockets at /ws/, and all of HTTP where one process serves both. Served by daphne."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
_http = get_asgi_application()  # before any import that needs the apps

from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings

from chat.routing import websocket_urlpatterns
from config.client_address import believe_proxies_asgi, parse_networks
from config.lasting_objects import put_aside

_protocols = {"http": _http, "websocket": URLRouter(websocket_urlpatterns)}
application = believe_proxies_asgi(ProtocolTypeRouter(_protocols), parse_networks(settings.TRUSTED_PROXIES))
put_aside()
