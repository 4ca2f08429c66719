"""Every address of the desk."""

import importlib.util

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from config import health


def _exists(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("health/live", health.live),
    path("health/ready", health.ready),
]
if _exists("accounts.api.authentication"):
    from drf_spectacular.views import SpectacularAPIView

    from config.api_docs import ApiDocsView

    urlpatterns += [
        path("api/v1/schema/", SpectacularAPIView.as_view(), name="api-schema"),
        path("api/v1/docs/", ApiDocsView.as_view(url_name="api-schema"), name="api-docs"),
    ]
for prefix, module in (
    ("api/v1/", "accounts.api.urls"),
    ("api/v1/", "tickets.api.urls"),
    ("app/", "chat.urls"),
    ("telegram/", "telegram_bot.urls"),
):
    if _exists(module):
        urlpatterns.append(path(prefix, include(module)))
if settings.USE_SIMULATOR and _exists("telegram_bot.simulator_proxy"):
    urlpatterns.append(path("simulator/", include("telegram_bot.simulator_proxy")))
