"""Telegram's side of the inbox for tests: updates as Telegram words them, put in and handled at once."""

import json
from typing import Any
from uuid import UUID

from django.db.models.functions import Now

from accounts.models import User
from telegram_bot.bot_api import Request
from telegram_bot.delivery.recording import record_verdict
from telegram_bot.delivery.rendering import render_call
from telegram_bot.dispatcher import handle_next, list_waiting_queues
from telegram_bot.identity import current_bot_id
from telegram_bot.models import CallState, MessageLink, OutgoingCall, Update
from telegram_bot.outbox import claim
from telegram_bot.receiving.intake import read_update, store_updates
from telegram_bot.verdicts import Failed, Sent
from tickets.events.delivery import run_due_deliveries

JSON = dict[str, Any]


class Inbox:
    """Numbers updates and messages as Telegram does, each person in a private chat with the bot."""

    def __init__(self) -> None:
        self.bot_id = current_bot_id()
        self._update_id = 700_000
        self._message_id = 100

    # --- what arrives ----------------------------------------------------------------------------------------------
    def update(self, **content: Any) -> JSON:
        self._update_id += 1
        return {"update_id": self._update_id, **content}

    def message(self, user: User, text: str | None = None, **fields: Any) -> JSON:
        self._message_id += 1
        message = {
            "message_id": self._message_id,
            "date": 1_795_000_000,
            "from": self.account(user),
            "chat": {"id": user.telegram_id, "type": "private", "first_name": user.first_name},
            **({"text": text} if text is not None else {}),
            **fields,
        }
        if text and text.startswith("/"):
            length = len(text.split()[0])
            command = {"type": "bot_command", "offset": 0, "length": length}
            message["entities"] = [command, *fields.get("entities", [])]
        return message

    @staticmethod
    def account(user: User) -> JSON:
        code = {"id": user.telegram_id, "is_bot": False, "first_name": user.first_name}
        return {**code, "language_code": str(user.language)}

    def put(self, *updates: JSON) -> None:
        store_updates(self.bot_id, [read_update(json.dumps(update).encode()) for update in updates])

    def put_raw(self, *raws: bytes) -> None:
        store_updates(self.bot_id, [read_update(raw) for raw in raws])

    # --- people ----------------------------------------------------------------------------------------------------
    def says(self, user: User, text: str | None = None, **fields: Any) -> JSON:
        """The message arrives and is handled, with all that follows from it; the message."""
        message = self.message(user, text, **fields)
        self.put(self.update(message=message))
        self.work()
        return message

    def edits(self, user: User, message: JSON, text: str) -> None:
        self.put(self.update(edited_message={**message, "text": text, "edit_date": 1_795_000_100}))
        self.work()

    def presses(self, user: User, data: str, *, message_id: int = 5000) -> str:
        """The id of the press."""
        query = f"press-{self._update_id}"
        chat = {"id": user.telegram_id, "type": "private", "first_name": user.first_name}
        message = {"message_id": message_id, "date": 1_795_000_000, "chat": chat, "text": "choose"}
        content = {"id": query, "from": self.account(user), "chat_instance": "1", "data": data, "message": message}
        self.put(self.update(callback_query=content))
        self.work()
        return query

    # --- what the bot does -----------------------------------------------------------------------------------------
    def handle_all(self) -> None:
        while queues := list_waiting_queues(self.bot_id, besides=[]):
            for queue in queues:
                while handle_next(self.bot_id, queue):
                    pass

    def work(self) -> None:
        self.handle_all()
        run_due_deliveries("telegram")

    # --- what came of it -------------------------------------------------------------------------------------------
    def rows(self) -> list[Update]:
        return list(Update.objects.order_by("id"))

    def owed(self, user: User | None = None, method: str = "") -> list[OutgoingCall]:
        calls = OutgoingCall.objects.order_by("id")
        if user is not None:
            calls = calls.filter(queue=user.telegram_id)
        return list(calls.filter(method=method) if method else calls)

    def told(self, user: User) -> list[str]:
        """The texts of the bot's own notices to this person, oldest first; a card as it would be sent now."""
        shown = [_shown(call) for call in self.owed(user, "sendMessage")]
        return [params["text"] for params in shown if "text" in params]

    def last_buttons(self, user: User) -> dict[str, str]:
        """The callback buttons of the newest notice that has any: text -> data. Cards are no notices."""
        for call in reversed(self.owed(user, "sendMessage")):
            rows = call.params.get("reply_markup", {}).get("inline_keyboard", [])
            found = {one["text"]: one["callback_data"] for row in rows for one in row if "callback_data" in one}
            if found:
                return found
        return {}

    def deliver(self, user: User | None = None) -> list[Request]:
        """As if Telegram took all that is owed, to this person or to all; what it was asked for."""
        asked = []
        OutgoingCall.objects.filter(state=CallState.PENDING).update(next_attempt_at=Now())
        while calls := claim(self.bot_id, free=0, queued=100, not_now=[]):
            for call in calls:
                request = render_call(call)
                if isinstance(request, Request):
                    asked.append(request)
                    self._message_id += 1
                    names = ["message_thread_id"] if request.method == "createForumTopic" else ["message_id"]
                    result = {name: request.params.get(name, self._message_id) for name in names}
                    request = Sent(result=result, step=request.step)
                assert isinstance(request, Sent | Failed)
                record_verdict(call, request, others_succeed=True)
        return [one for one in asked if user is None or one.params["chat_id"] == user.telegram_id]

    def arrived(self, user: User, call: OutgoingCall, message_id: int) -> None:
        """As if Telegram had accepted the call under this message id."""
        OutgoingCall.objects.filter(pk=call.pk).update(state=CallState.SENT)
        MessageLink.objects.create(
            bot_id=self.bot_id,
            chat_id=user.telegram_id,
            telegram_message_id=message_id,
            message=_uuid(call.params.get("@message")),
            ticket=_uuid(call.params.get("@ticket")),
            part=call.params.get("@part", 0),
            direction="out",
        )


def _shown(call: OutgoingCall) -> JSON:
    """What the person will see; of a message of the conversation, nothing."""
    if "@ticket_card" not in call.params:
        return call.params
    request = render_call(call)
    return request.params if isinstance(request, Request) else {}


def _uuid(value: str | None) -> UUID | None:
    return UUID(value) if value else None
