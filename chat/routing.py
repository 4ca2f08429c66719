"""The live part's one address."""

from typing import Any

from django.urls import path, re_path

from chat.consumers import LiveConsumer


async def refuse(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Any other address: the handshake is refused, as an unknown page is."""
    await receive()
    await send({"type": "websocket.close"})


websocket_urlpatterns = [path("ws/", LiveConsumer.as_asgi()), re_path("", refuse)]  # type: ignore[arg-type]
