"""The webhook: where Telegram brings updates in production."""

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from telegram_bot.identity import PROBE_HEADER, SECRET_HEADER, current_bot_id, webhook_route
from telegram_bot.receiving.intake import LARGEST_UPDATE, MalformedUpdate, read_update, store_updates

_LONGEST_PROBE = 64


@csrf_exempt
@require_POST
def receive_update(request: HttpRequest, route: str) -> HttpResponse:
    """Store the update and answer 200: nothing is handled here, so that no update can block its chat at Telegram.

    Telegram repeats whatever is not answered by 2xx (Bot API, setWebhook), so a database failure answers 503.
    """
    if not constant_time_compare(route, webhook_route()):
        return HttpResponse(status=404)
    secret = request.headers.get(SECRET_HEADER, "")
    if not constant_time_compare(secret, settings.TELEGRAM_WEBHOOK_SECRET):
        return HttpResponse(status=403)
    if probe := request.headers.get(PROBE_HEADER, ""):  # the desk itself, looking whether its address leads here
        return HttpResponse(probe[:_LONGEST_PROBE], content_type="text/plain")
    try:
        length = int(request.headers.get("Content-Length") or 0)
    except ValueError:
        return HttpResponse(status=400)
    if length > LARGEST_UPDATE:
        return HttpResponse(status=413)
    try:
        store_updates(current_bot_id(), [read_update(request.read(LARGEST_UPDATE))])
    except MalformedUpdate:
        return HttpResponse(status=400)
    except DatabaseError:
        return HttpResponse(status=503, headers={"Retry-After": "2"})
    return HttpResponse(status=200)
