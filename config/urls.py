"""Every address of the desk."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView
from django.views.i18n import set_language
from drf_spectacular.views import SpectacularAPIView

from config import error_pages, health, metrics
from config.api_docs import ApiDocsView
from config.client_errors import ClientErrorsView

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(url="/simulator/" if settings.USE_SIMULATOR else "/app/")),
    path("app/", include("chat.urls")),
    path("admin/", include("accounts.admin.urls")),
    path("admin/", admin.site.urls),
    path("language/", set_language, name="set_language"),
    path("api/v1/", include("accounts.api.urls")),
    path("api/v1/", include("tickets.api.urls")),
    path("api/v1/client-errors/", ClientErrorsView.as_view(), name="client-errors"),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/v1/docs/", ApiDocsView.as_view(url_name="api-schema"), name="api-docs"),
    re_path("^api/", error_pages.unknown_address),
    path("telegram/", include("telegram_bot.urls")),
    path("health/live", health.live),
    path("health/ready", health.ready),
    path("metrics", metrics.metrics),
]
if settings.USE_SIMULATOR:
    urlpatterns.append(path("simulator/", include("telegram_bot.simulator_proxy")))

handler400 = "config.error_pages.bad_request"
handler403 = "config.error_pages.permission_denied"
handler404 = "config.error_pages.page_not_found"
handler500 = "config.error_pages.server_error"
