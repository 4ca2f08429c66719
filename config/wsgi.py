"""The web process: REST, admin, the Mini App's shell, Telegram's webhook. Served by granian in production."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings

from config.client_address import believe_proxies_wsgi, parse_networks
from config.lasting_objects import put_aside

application = believe_proxies_wsgi(get_wsgi_application(), parse_networks(settings.TRUSTED_PROXIES))
put_aside()
