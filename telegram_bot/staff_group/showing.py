"""How a message that is more than one short text comes into its topic.

What people sent to the bot is copied by Telegram itself. What they sent to a company's own account, which no bot may
copy out of, goes out anew by the ids of its files, as what it is; what came out of the app is uploaded.
"""

from dataclasses import replace
from uuid import UUID

from telegram_bot.answering.answers import await_album, draft_answer, files_of
from telegram_bot.answering.captions import own_caption
from telegram_bot.answering.file_messages import FILE_PARTS, file_method
from telegram_bot.answering.native_messages import NATIVE_METHODS
from telegram_bot.models import MessageLink, OutgoingCall
from telegram_bot.models.outgoing_call import UNDONE
from telegram_bot.outbox import CallDraft
from telegram_bot.staff_group.origins import find_copied, find_origin, number_of_item
from telegram_bot.staff_group.scene import Scene
from telegram_bot.staff_group.texts import introduce
from tickets.models import Attachment, AuthorRole, Message
from tickets.services.albums import AlbumItem, items_of


def is_written_there(scene: Scene, message: Message) -> bool:
    """Whether an agent wrote it in the group itself."""
    origin = find_origin(message)
    return origin is not None and origin.chat_id == scene.topic.chat_id


def reply_of(message: Message) -> dict[str, str]:
    return {"@reply_to": str(message.reply_to_id)} if message.reply_to_id is not None else {}


def copy(scene: Scene, message: Message, chat_id: int, place: int) -> CallDraft:
    """Telegram copies whatever it is, of any size, without a download. What waits of the same album goes along.

    place: Telegram's number of the message in that chat.
    """
    waiting = scene.lock_waiting()
    places = [place]
    if waiting is not None and waiting.params.get("@message") == str(message.pk) and "@places" in waiting.params:
        places = sorted({*waiting.params["@places"], place})
    else:
        scene.seal()
    parts = [[number_of_item(message, one), None] for one in places]
    params = {"@message": str(message.pk), "from_chat_id": chat_id, "@places": places, "@items": parts}
    params |= reply_of(message)
    draft = scene.call("copyMessages" if len(places) > 1 else "copyMessage", params, key=scene.key)
    return await_album(message, [draft])[0]


def send_anew(scene: Scene, message: Message) -> list[CallDraft]:
    """Its text and its files as they would go to a customer, and reporting to nobody.

    An album of a company's own account waits for what still comes of it, unless its words are too long to wait along.
    """
    scene.seal()
    items = {item.attachment: part_of_item(message, item.place) for item in items_of(message)}
    answer = draft_answer(message, chat_id=scene.topic.chat_id, header=introduce(message), numbers=items)
    drafts = [_report_to_nobody(scene, draft) for draft in answer]
    if len(drafts) > 1:
        return drafts
    return await_album(message, [replace(drafts[0], coalesce_key=scene.key if items else "")])


def part_of_item(message: Message, place: int) -> int:
    """Which part of the message an item of an album is in the group."""
    number = number_of_item(message, place)
    return number if find_copied(message) is not None else FILE_PARTS + number


def describe_only(scene: Scene, message: Message) -> CallDraft:
    """What has no file and is of a kind that no bot sends."""
    scene.seal()
    return scene.call("sendMessage", {"@message": str(message.pk), "@described": True, **reply_of(message)})


def send_natively(scene: Scene, message: Message) -> CallDraft | None:
    """A contact or a place of a customer, bare as a copy. None: it is none, or it bears words that these cannot."""
    method = NATIVE_METHODS.get(message.kind)
    has_words = message.text or message.content.keys() & {"quote", "external_reply"}
    if method is None or has_words or message.author_role != AuthorRole.CUSTOMER:
        return None
    scene.seal()
    return scene.call(method, {"@message": str(message.pk), "@native": True, **reply_of(message)})


def _report_to_nobody(scene: Scene, draft: CallDraft) -> CallDraft:
    return replace(draft, message=None, params={**draft.params, "@topic": str(scene.ticket.pk)})


def add_item(scene: Scene, message: Message, file: UUID) -> list[CallDraft]:
    """A further item of an album, which Telegram sent as a message of its own."""
    item = next((item for item in items_of(message) if item.attachment == file), None)
    attachment = message.attachments.filter(pk=file).first()
    if item is None or attachment is None:
        return []
    if (copied := find_copied(message)) is not None:
        return [copy(scene, message, copied.chat_id, item.place)]
    waiting = scene.lock_waiting()
    if _is_shown(scene, message, item):
        return []
    if waiting is not None and waiting.params.get("@message") == str(message.pk) and waiting.first_attempt_at is None:
        waiting.delete()
        return send_anew(scene, message)
    return _item_alone(scene, message, attachment)


def _is_shown(scene: Scene, message: Message, item: AlbumItem) -> bool:
    """Whether it went along with what had come before it, or is about to: all that was there then did."""
    about = {"bot_id": scene.topic.bot_id, "chat_id": scene.topic.chat_id, "message": message.pk}
    if MessageLink.objects.filter(**about, part=part_of_item(message, item.place)).exists():
        return True
    owed = OutgoingCall.objects.filter(bot_id=scene.topic.bot_id, queue=scene.topic.chat_id, state__in=UNDONE)
    calls = owed.filter(params__contains={"@message": str(message.pk)})
    return any(str(item.attachment) in (file for _part, file in files_of(call)) for call in calls)


def _item_alone(scene: Scene, message: Message, attachment: Attachment) -> list[CallDraft]:
    """With its own words below it, and what of them has no room there after it."""
    scene.seal()
    place = next(one.place for one in items_of(message) if one.attachment == attachment.pk)
    common = {"@message": str(message.pk), "@ticket": str(message.ticket_id), "@part": part_of_item(message, place)}
    params = {**common, "@attachment": str(attachment.pk), "@captions": True}
    rest = [{**common, "text": one.text, "entities": one.entities} for one in own_caption(message, attachment.pk, "")]
    drafts = [CallDraft(method=file_method(attachment), params=params, queue=scene.topic.chat_id, spare=1)]
    drafts += [CallDraft(method="sendMessage", params=words, queue=scene.topic.chat_id) for words in rest[1:]]
    return [_report_to_nobody(scene, draft) for draft in drafts]


def show_exchanged(scene: Scene, message: Message, file: UUID) -> list[CallDraft]:
    """Another file came in the place of the former: it is shown below, as an answer to what it replaced."""
    item = next((item for item in items_of(message) if item.attachment == file), None)
    attachment = message.attachments.filter(pk=file).first()
    reply = {"@reply_to": str(message.pk)}
    if (copied := find_copied(message)) is not None:
        scene.seal()
        drafts = [copy(scene, message, copied.chat_id, item.place if item else copied.telegram_message_id)]
    elif find_origin(message) is None:
        return send_anew(scene, message)
    elif item is not None and attachment is not None:
        drafts = _item_alone(scene, message, attachment)
    else:
        drafts = send_anew(scene, message)
    first = replace(drafts[0], delay=0, coalesce_key="", params={**drafts[0].params, **reply})
    return [first, *drafts[1:]]
