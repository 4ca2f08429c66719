"""setWebhook, deleteWebhook, getWebhookInfo."""

from typing import Any
from urllib.parse import urlsplit

from telegram_bot.simulator.bot_api.parameters import Call
from telegram_bot.simulator.bot_api.polling import check_secret, remember_allowed, webhook_settings
from telegram_bot.simulator.database import JSON
from telegram_bot.simulator.errors import bad_request
from telegram_bot.simulator.world import World

PORTS = (443, 80, 88, 8443)
_NEAR = ("127.0.0.1", "localhost", "::1")
_TAKEN_BY_WEBHOOK = "Conflict: terminated by setWebhook request"


class Described:
    """A result with the sentence that the server adds to it."""

    def __init__(self, result: Any, description: str) -> None:
        self.result = result
        self.description = description


def set_webhook(world: World, call: Call) -> Described:
    url = call.text("url").strip()
    if not url:
        return delete_webhook(world, call)
    _check_url(url)
    settings = {
        "url": url,
        "max_connections": call.integer("max_connections", 40, low=1, high=100),
        "secret_token": check_secret(call.text("secret_token")),
        "has_custom_certificate": "certificate" in call.files,
    }
    remember_allowed(world, call)
    if call.flag("drop_pending_updates"):
        world.updates.drop_all()
    same = webhook_settings(world) == settings
    world.db.set("webhook", settings)
    world.poller.interrupt(_TAKEN_BY_WEBHOOK)
    world.updates.arrived.fire()
    return Described(True, "Webhook is already set" if same else "Webhook was set")


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    near = parts.hostname in _NEAR
    if parts.scheme != "https" and not (parts.scheme == "http" and near):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if not near and (parts.port or 443) not in PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def delete_webhook(world: World, call: Call) -> Described:
    was_set = bool(webhook_settings(world))
    world.db.set("webhook", None)
    world.db.set("webhook_trouble", None)
    if call.flag("drop_pending_updates"):
        world.updates.drop_all()
    return Described(True, "Webhook was deleted" if was_set else "Webhook is already deleted")


def get_webhook_info(world: World, _call: Call) -> JSON:
    world.updates.expire()
    settings = webhook_settings(world)
    info: JSON = {
        "url": settings.get("url", ""),
        "has_custom_certificate": settings.get("has_custom_certificate", False),
        "pending_update_count": world.updates.pending(),
    }
    if settings:
        info["max_connections"] = settings["max_connections"]
        info["ip_address"] = "127.0.0.1"
        info |= world.db.setting("webhook_trouble") or {}
    if allowed := world.db.setting("allowed_updates"):
        info["allowed_updates"] = allowed
    return info


METHODS: dict[str, Any] = {
    "setwebhook": set_webhook,
    "deletewebhook": delete_webhook,
    "getwebhookinfo": get_webhook_info,
}
