"""What a test does through the simulated Telegram's control API: ask, act as a person, look."""

import io
from typing import Any

import httpx
from PIL import Image

JSON = dict[str, Any]


def picture(width: int = 64, height: int = 48, color: str = "teal") -> bytes:
    """A small JPEG."""
    content = io.BytesIO()
    Image.new("RGB", (width, height), color).save(content, "JPEG")
    return content.getvalue()


class Control:
    """Requests to a running simulator. People are named by their Telegram ids (1001-1005, 2001-2003, ...)."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=f"{url}/control", timeout=60, trust_env=False)

    # --- asking ----------------------------------------------------------------------------------------------------
    def get(self, path: str, **query: Any) -> Any:
        return self._answer(self._http.get(path, params=query))

    def post(self, path: str, **values: Any) -> Any:
        return self._answer(self._http.post(path, json=values))

    @staticmethod
    def _answer(response: httpx.Response) -> Any:
        assert response.is_success, f"{response.request.method} {response.request.url}: {response.text}"
        return response.json()

    # --- acting as a person ----------------------------------------------------------------------------------------
    def say(self, user_id: int, text: str, **more: Any) -> JSON:
        """Sends a text (also commands); `reply_to`, `chat_id`, `entities`, `forward_origin`. The last message sent."""
        return self.post(f"/users/{user_id}/messages", text=text, **more)[-1]

    def send_photo(self, user_id: int, content: bytes | None = None, *, caption: str = "", **more: Any) -> JSON:
        return self.send_files(user_id, "photo", [("photo.jpg", content or picture())], caption=caption, **more)[0]

    def send_album(self, user_id: int, count: int = 3, *, caption: str = "", **more: Any) -> list[JSON]:
        """Photos as one album: several messages with one `media_group_id`."""
        files = [(f"photo{number}.jpg", picture(64 + number)) for number in range(count)]
        return self.send_files(user_id, "photo", files, caption=caption, **more)

    def send_document(self, user_id: int, name: str, content: bytes, **more: Any) -> JSON:
        return self.send_files(user_id, "document", [(name, content)], **more)[0]

    def send_files(self, user_id: int, kind: str, files: list[tuple[str, bytes]], **more: Any) -> list[JSON]:
        """`size` claims a size other than the content's (a file too large to fetch)."""
        values = {name: str(value) for name, value in {"kind": kind, **more}.items() if value not in ("", None)}
        parts = [("file", (name, content)) for name, content in files]
        sent: list[JSON] = self._answer(self._http.post(f"/users/{user_id}/files", data=values, files=parts))
        return sent

    def send_content(self, user_id: int, content: JSON, **more: Any) -> JSON:
        """A message with any content as the Bot API shows it, e.g. `{"dice": {...}}`."""
        return self.post(f"/users/{user_id}/content", content=content, **more)

    def send_contact(self, user_id: int, **more: Any) -> JSON:
        return self.post(f"/users/{user_id}/content", kind="contact", **more)

    def send_location(self, user_id: int, **more: Any) -> JSON:
        return self.post(f"/users/{user_id}/content", kind="location", **more)

    def press(self, user_id: int, button_text: str | None = None, **more: Any) -> JSON:
        """Presses the newest inline button with this text; or `data=`, `message_id=`, `forged_data=`."""
        return self.post(f"/users/{user_id}/press", text=button_text, **more)

    def answer_to(self, pressed: JSON) -> JSON | None:
        """What the bot answered to a press, once it did: `{text, alert, url}`."""
        answer: JSON | None = self.get(f"/callbacks/{pressed['query']}")["answer"]
        return answer

    def react(self, user_id: int, message_id: int, emoji: str | None, **more: Any) -> None:
        """Here and below: `chat_id` of a group."""
        self.post(f"/users/{user_id}/react", message_id=message_id, emoji=emoji, **more)

    def edit(self, user_id: int, message_id: int, text: str, **more: Any) -> JSON:
        return self.post(f"/users/{user_id}/edit", message_id=message_id, text=text, **more)

    def exchange_file(self, user_id: int, message_id: int, content: bytes | None = None, **more: Any) -> JSON:
        """Another file in the place of that of an own message; `kind`: photo, document, video and so on."""
        values = {"message_id": str(message_id), "kind": "photo", **{name: str(value) for name, value in more.items()}}
        parts = [("file", ("other.jpg", content or picture(color="orange")))]
        sent: JSON = self._answer(self._http.post(f"/users/{user_id}/exchange", data=values, files=parts))
        return sent

    def move(self, user_id: int, message_id: int, **point: Any) -> JSON:
        """The next step of a live location: `latitude`, `longitude`; without `live_period` it ends there."""
        return self.post(f"/users/{user_id}/move", message_id=message_id, **point)

    def delete(self, user_id: int, message_id: int, **more: Any) -> None:
        self.post(f"/users/{user_id}/delete", message_id=message_id, **more)

    def change_topic(self, user_id: int, action: str, thread_id: int = 0, **more: Any) -> JSON:
        """`create`, `rename` (`name`), `close`, `reopen`, `delete`; `chat_id` of a group. The chat as it is then."""
        return self.post(f"/users/{user_id}/topic", action=action, thread_id=thread_id, **more)

    def block(self, user_id: int) -> None:
        self.post(f"/users/{user_id}/block")

    def unblock(self, user_id: int) -> None:
        self.post(f"/users/{user_id}/unblock")

    def mini_app(self, user_id: int, **more: Any) -> JSON:
        """`{url, init_data, theme}`; `button`, `url`, `start_param`, `theme`, `auth_date`, `overrides`, `source`."""
        return self.post(f"/users/{user_id}/mini-app", **more)

    def mini_app_url(self, user_id: int, **more: Any) -> str:
        return str(self.mini_app(user_id, **more)["url"])

    def init_data(self, user_id: int, **more: Any) -> str:
        return str(self.mini_app(user_id, **more)["init_data"])

    # --- a company's own account ---
    def connect_business(self, connection: str, user_id: int, **more: bool) -> JSON:
        """Connects this person's account to the bot, or changes that: `is_enabled`, `can_reply`."""
        return self.post("/business", id=connection, user_id=user_id, **more)

    def write_to_business(self, user_id: int, connection: str, text: str, **more: Any) -> JSON:
        """The customer writes to the account; `by_owner`: it writes to them, from its owner's own phone, or
        `automatic`, by itself. `content`: in place of the text, what else a message holds."""
        return self.post(f"/users/{user_id}/business", connection=connection, text=text, **more)

    def edit_in_business(self, user_id: int, message_id: int, text: str) -> JSON:
        return self.post(f"/users/{user_id}/business-edit", message_id=message_id, text=text)

    def delete_in_business(self, user_id: int, connection: str, *message_ids: int) -> JSON:
        return self.post(f"/users/{user_id}/business-delete", connection=connection, message_ids=message_ids)

    def business_transcript(self, user_id: int) -> list[JSON]:
        """What stands in the customer's chat with the account."""
        return [message for message in self.transcript(user_id) if "business_connection_id" in message]
