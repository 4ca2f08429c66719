"""One message to many customers: who gets it, at what pace, what can be stopped, what is reported."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from accounts import clock
from accounts.errors import Conflict, InvalidInput, PermissionDenied
from accounts.models import Role, User
from telegram_bot.broadcasts import changing
from telegram_bot.broadcasts.audience import count_recipients, forecast, list_audience
from telegram_bot.broadcasts.changing import BroadcastDraft, send_preview, start_broadcast, write_broadcast
from telegram_bot.broadcasts.feeding import PORTION, feed_broadcasts
from telegram_bot.forgetting import forget_person
from telegram_bot.identity import current_bot_id
from telegram_bot.models import Broadcast, BroadcastState, CallState, Chat, OutgoingCall, RecipientState
from telegram_bot.outbox import claim, postpone
from telegram_bot.speech.callback_data import Action, build
from tests.support.bot_process import BotProcess, let_leases_run_out
from tests.support.desk import a_ticket_of, acting
from tests.support.inbox import Inbox
from tests.support.simulator import TOKEN, Simulator, wait_until
from tickets.models import Category

BOT = current_bot_id()


def with_chat(user: User) -> User:
    Chat.objects.create(bot_id=BOT, telegram_id=user.telegram_id, person=user)
    return user


def crowd(count: int) -> list[User]:
    return [with_chat(User.objects.create(first_name=f"C{n}", telegram_id=70_000 + n)) for n in range(count)]


def a_draft(mila: User, **more: object) -> Broadcast:
    draft = BroadcastDraft(title="News", text_ru="Мы открылись", text_en="We are open", **more)  # type: ignore[arg-type]
    return write_broadcast(actor=acting(mila), draft=draft)


def end_calls(state: CallState = CallState.SENT, error_code: str = "") -> None:
    undone = OutgoingCall.objects.filter(state__in=(CallState.PENDING, CallState.SENDING))
    undone.update(state=state, error_code=error_code, finished_at=clock.now())


# --- who gets it -----------------------------------------------------------------------------------------------------
def test_it_reaches_customers_whom_the_bot_may_write_to(db: None, vera: User, anna: User, mila: User) -> None:
    for person in (vera, anna):
        with_chat(person)
    User.objects.create(first_name="Never wrote", telegram_id=71_001)
    blocked = with_chat(User.objects.create(first_name="Blocked", telegram_id=71_002))
    blocked.telegram_chats.update(unreachable="blocked")
    with_chat(User.objects.create(first_name="Refuses", telegram_id=71_003, preferences={"news": False}))
    with_chat(User.objects.create(first_name="Banned", telegram_id=71_004, is_active=False))
    broadcast = a_draft(mila)
    assert list(list_audience(broadcast)) == [vera]
    plan = forecast(broadcast)
    assert (plan.total, plan.left_out) == (1, 3)


def test_it_is_chosen_by_language_activity_and_category(db: None, vera: User, mila: User) -> None:
    with_chat(vera)
    recent = with_chat(User.objects.create(first_name="R", telegram_id=72_001, language="en", last_seen_at=clock.now()))
    long_ago = clock.now() - timedelta(days=40)
    with_chat(User.objects.create(first_name="L", telegram_id=72_002, language="en", last_seen_at=long_ago))
    assert list(list_audience(a_draft(mila, language="en", active_within_days=30))) == [recent]
    category = Category.objects.create(name_en="Billing", name_ru="Оплата")
    ticket = a_ticket_of(vera)
    ticket.category = category
    ticket.save(update_fields=["category"])
    assert list(list_audience(a_draft(mila, category_id=category.pk))) == [vera]


def test_only_managers_write_and_start_one(db: None, vera: User, anna: User, mila: User) -> None:
    broadcast = a_draft(mila)
    for person in (vera, anna):
        for step in (changing.send_preview, start_broadcast, changing.pause_broadcast, changing.cancel_broadcast):
            with pytest.raises(PermissionDenied):
                step(actor=acting(person), broadcast_id=broadcast.pk)
        with pytest.raises(PermissionDenied):
            write_broadcast(actor=acting(person), draft=BroadcastDraft(title="x", text_ru="y"))


@pytest.mark.parametrize("texts", [{}, {"text_ru": "  "}, {"text_ru": "ё" * 4097}, {"text_en": "\x00"}])
def test_texts_that_cannot_be_sent_are_refused(db: None, mila: User, texts: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        write_broadcast(actor=acting(mila), draft=BroadcastDraft(title="News", **texts))


def test_nobody_to_reach_is_said(db: None, mila: User) -> None:
    broadcast = a_draft(mila)
    with pytest.raises(Conflict):
        start_broadcast(actor=acting(mila), broadcast_id=broadcast.pk)
    broadcast.refresh_from_db()
    assert broadcast.state == BroadcastState.DRAFT


# --- how it goes out -------------------------------------------------------------------------------------------------
def test_it_goes_out_in_portions_once_to_each_and_reports(db: None, mila: User) -> None:
    people = crowd(PORTION + 5)
    broadcast = a_draft(mila)
    assert start_broadcast(actor=acting(mila), broadcast_id=broadcast.pk) == len(people)
    with pytest.raises(Conflict):
        start_broadcast(actor=acting(mila), broadcast_id=broadcast.pk)
    assert feed_broadcasts(BOT) == PORTION
    assert feed_broadcasts(BOT) == 0, "the portion is still on its way"
    end_calls(CallState.FAILED, "blocked")
    assert feed_broadcasts(BOT) == 5
    end_calls()
    assert feed_broadcasts(BOT) == 0
    broadcast.refresh_from_db()
    assert broadcast.state == BroadcastState.DONE
    counts = count_recipients(broadcast)
    assert (counts[RecipientState.SENT], counts[RecipientState.BLOCKED]) == (5, PORTION)
    queues = list(OutgoingCall.objects.values_list("queue", flat=True))
    assert sorted(queues) == sorted(person.telegram_id for person in people)


def test_each_gets_it_in_their_language_or_the_only_one(db: None, mila: User) -> None:
    russian, english = crowd(2)
    User.objects.filter(pk=english.pk).update(language="en")
    start_broadcast(actor=acting(mila), broadcast_id=a_draft(mila).pk)
    only = write_broadcast(actor=acting(mila), draft=BroadcastDraft(title="One", text_en="Only English"))
    start_broadcast(actor=acting(mila), broadcast_id=only.pk)
    feed_broadcasts(BOT)
    texts = {queue: set() for queue in (russian.telegram_id, english.telegram_id)}
    for call in OutgoingCall.objects.all():
        texts[call.queue].add(call.params["text"])
    assert texts[russian.telegram_id] == {"Мы открылись", "Only English"}
    assert texts[english.telegram_id] == {"We are open", "Only English"}


def test_paused_it_stands_still_and_cancelled_it_ends(db: None, mila: User) -> None:
    crowd(PORTION * 2)
    broadcast, manager = a_draft(mila), acting(mila)
    start_broadcast(actor=manager, broadcast_id=broadcast.pk)
    feed_broadcasts(BOT)
    claim(BOT, free=0, queued=PORTION, not_now=())
    changing.pause_broadcast(actor=manager, broadcast_id=broadcast.pk)
    changing.pause_broadcast(actor=manager, broadcast_id=broadcast.pk)
    end_calls()
    assert feed_broadcasts(BOT) == 0
    assert count_recipients(broadcast)[RecipientState.SENT] == PORTION, "what was on its way is noted all the same"
    changing.resume_broadcast(actor=manager, broadcast_id=broadcast.pk)
    assert feed_broadcasts(BOT) == PORTION
    claim(BOT, free=0, queued=PORTION, not_now=())
    changing.cancel_broadcast(actor=manager, broadcast_id=broadcast.pk)
    end_calls()
    feed_broadcasts(BOT)
    assert count_recipients(broadcast)[RecipientState.SENT] == PORTION * 2
    with pytest.raises(Conflict):
        changing.resume_broadcast(actor=manager, broadcast_id=broadcast.pk)


def test_what_telegram_was_not_asked_for_is_taken_back(db: None, mila: User) -> None:
    """As where Telegram cannot be reached: a portion waits, and must not go out after all."""
    people = crowd(5)
    broadcast, manager = a_draft(mila), acting(mila)
    start_broadcast(actor=manager, broadcast_id=broadcast.pk)
    feed_broadcasts(BOT)
    begun, *tried = claim(BOT, free=0, queued=3, not_now=())
    for call, ambiguous in zip(tried, (False, True), strict=True):
        postpone(call, delay=9, error_code="timed_out", error_text="", counts=True, ambiguous=ambiguous)
    perhaps = tried[1]
    changing.pause_broadcast(actor=manager, broadcast_id=broadcast.pk)
    assert set(OutgoingCall.objects.all()) == {begun, perhaps}
    changing.resume_broadcast(actor=manager, broadcast_id=broadcast.pk)
    feed_broadcasts(BOT)
    assert OutgoingCall.objects.count() == len(people)
    changing.cancel_broadcast(actor=manager, broadcast_id=broadcast.pk)
    assert set(OutgoingCall.objects.all()) == {begun, perhaps}
    assert count_recipients(broadcast)[RecipientState.SKIPPED] == len(people) - 2


def test_one_button_ends_them_for_this_customer(inbox: Inbox, vera: User, mila: User) -> None:
    with_chat(vera)
    start_broadcast(actor=acting(mila), broadcast_id=a_draft(mila).pk)
    feed_broadcasts(BOT)
    inbox.presses(vera, inbox.last_buttons(vera)["No more such messages"])
    vera.refresh_from_db()
    assert vera.preferences["news"] is False
    assert not list_audience(a_draft(mila)).exists()


@pytest.mark.parametrize(
    ("language", "stop", "back"),
    [
        ("en", "No more such messages", "Send such messages again"),
        ("ru", "Больше не присылать", "Снова присылать"),
    ],
)
def test_the_button_that_ends_them_becomes_the_way_back(
    inbox: Inbox, vera: User, mila: User, language: str, stop: str, back: str
) -> None:
    User.objects.filter(pk=vera.pk).update(language=language)
    with_chat(vera)
    start_broadcast(actor=acting(mila), broadcast_id=a_draft(mila).pk)
    feed_broadcasts(BOT)
    press, before = inbox.last_buttons(vera)[stop], len(inbox.told(vera))
    for shown, wanted in ((back, False), (stop, True), (back, False)):
        inbox.presses(vera, press, message_id=77)
        vera.refresh_from_db()
        assert vera.preferences["news"] is wanted
        assert list_audience(a_draft(mila)).exists() is wanted
        changed = inbox.owed(vera, "editMessageReplyMarkup")[-1].params
        ((button,),) = changed["reply_markup"]["inline_keyboard"]
        assert (changed["message_id"], button["text"]) == (77, shown)
        press = button["callback_data"]
    assert len(inbox.told(vera)) == before, "the broadcast's own words stay, and nothing makes a sound"


def test_below_a_message_that_telegram_no_longer_gives_the_way_back_comes_by_itself(
    inbox: Inbox, vera: User, mila: User
) -> None:
    with_chat(vera)
    gone = {"message_id": 77, "date": 0, "chat": {"id": vera.telegram_id, "type": "private"}}
    query = {"id": "1", "from": inbox.account(vera), "chat_instance": "1", "message": gone}
    inbox.put(inbox.update(callback_query={**query, "data": build(Action.STOP_NEWS)}))
    inbox.work()
    assert not inbox.owed(vera, "editMessageReplyMarkup")
    inbox.presses(vera, inbox.last_buttons(vera)["Send such messages again"])
    vera.refresh_from_db()
    assert vera.preferences["news"] is True


def test_who_refuses_it_or_is_banned_after_its_start_does_not_get_it(db: None, mila: User) -> None:
    willing, refuses, banned = crowd(3)
    broadcast = a_draft(mila)
    start_broadcast(actor=acting(mila), broadcast_id=broadcast.pk)
    User.objects.filter(pk=refuses.pk).update(preferences={"news": False})
    User.objects.filter(pk=banned.pk).update(is_active=False)
    feed_broadcasts(BOT)
    assert [call.queue for call in OutgoingCall.objects.all()] == [willing.telegram_id]
    assert count_recipients(broadcast)[RecipientState.SKIPPED] == 2


def test_who_is_erased_while_it_goes_out_does_not_hold_it_up(inbox: Inbox, mila: User) -> None:
    first, second = crowd(2)
    broadcast = a_draft(mila)
    start_broadcast(actor=acting(mila), broadcast_id=broadcast.pk)
    feed_broadcasts(BOT)
    forget_person(first.pk)
    end_calls()
    feed_broadcasts(BOT)
    feed_broadcasts(BOT)
    broadcast.refresh_from_db()
    states = dict(broadcast.recipients.values_list("person", "state"))
    assert (broadcast.state, states) == (
        BroadcastState.DONE,
        {first.pk: RecipientState.SKIPPED, second.pk: RecipientState.SENT},
    )


def test_the_preview_goes_to_the_managers_own_chat(db: None, mila: User) -> None:
    broadcast = a_draft(mila)
    with pytest.raises(InvalidInput):
        send_preview(actor=acting(mila), broadcast_id=broadcast.pk)
    with_chat(mila)
    send_preview(actor=acting(mila), broadcast_id=broadcast.pk)
    calls = OutgoingCall.objects.order_by("pk")
    assert [(call.queue, call.params["text"]) for call in calls] == [
        (mila.telegram_id, "Мы открылись"),
        (mila.telegram_id, "We are open"),
    ]


# --- in the admin ----------------------------------------------------------------------------------------------------
def test_a_manager_writes_looks_and_starts(client: Client, mila: User, vera: User) -> None:
    with_chat(vera)
    client.force_login(mila)
    values = {"title": "News", "text_ru": "Мы открылись", "text_en": "", "language": "", "category": ""}
    page = client.post("/admin/telegram_bot/broadcast/add/", {**values, "active_within_days": ""}, follow=True)
    broadcast = Broadcast.objects.get()
    assert page.context["forecast"].total == 1
    address = f"/admin/telegram_bot/broadcast/{broadcast.pk}/change/"
    client.post(address, {"step": "start"})
    page = client.get(address)
    assert page.status_code == 200
    assert page.context["total"] == 1
    refused = client.post(address, {**values, "title": "Changed", "active_within_days": ""})
    assert refused.status_code == 403
    broadcast.refresh_from_db()
    assert (broadcast.title, broadcast.state) == ("News", BroadcastState.RUNNING)
    client.post(address, {"step": "pause"})
    broadcast.refresh_from_db()
    assert broadcast.state == BroadcastState.PAUSED
    recipients = f"/admin/telegram_bot/broadcastrecipient/?broadcast__id__exact={broadcast.pk}&state__exact=waiting"
    assert "Vera" in client.get(recipients).content.decode()


def test_nonsense_in_the_form_is_said_beside_its_field(client: Client, mila: User) -> None:
    client.force_login(mila)
    address = "/admin/telegram_bot/broadcast/add/"
    page = client.post(address, {"title": "", "text_ru": "x", "language": "xx", "active_within_days": "-1"})
    assert {"title", "language", "active_within_days"} <= set(page.context["adminform"].form.errors)
    for text in ("", "ё" * 5000):
        page = client.post(address, {"title": "News", "text_ru": text})
        assert "text_ru" in page.context["adminform"].form.errors
    assert not Broadcast.objects.exists()


def test_the_pages_are_closed_to_others(client: Client, anna: User, mila: User) -> None:
    broadcast = a_draft(mila)
    client.force_login(anna)
    address = f"/admin/telegram_bot/broadcast/{broadcast.pk}/change/"
    assert client.post(address, {"step": "start"}).status_code in (302, 403)
    broadcast.refresh_from_db()
    assert broadcast.state == BroadcastState.DRAFT


# --- over HTTP, with a kill in between -------------------------------------------------------------------------------
@pytest.mark.campaign
@pytest.mark.xdist_group("bot_process")
@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_it_goes_on_and_doubles_only_what_it_marks(settings: Settings, tmp_path: Path) -> None:
    with Simulator(token=TOKEN) as telegram:
        settings.TELEGRAM_BOT_TOKEN = telegram.token
        people = [with_chat(User.objects.create(first_name=f"C{n}", telegram_id=80_000 + n)) for n in range(60)]
        for person in people:
            telegram.create_user(person.telegram_id, first_name=person.first_name)
            telegram.say(person.telegram_id, "/start")
        manager = User.objects.create(first_name="Mila", role=Role.MANAGER)
        broadcast = a_draft(manager)
        start_broadcast(actor=acting(manager), broadcast_id=broadcast.pk)
        with BotProcess(telegram, tmp_path / "bot.log", TELEGRAM_MODE="polling") as bot:
            wait_until(lambda: count_recipients(broadcast)[RecipientState.SENT] > 5, seconds=90)
            bot.kill()
            let_leases_run_out()
            bot.start()
            wait_until(lambda: Broadcast.objects.get().state == BroadcastState.DONE, seconds=90)
        counts = count_recipients(broadcast)
        assert counts[RecipientState.SENT] == len(people)
        marked = set(broadcast.recipients.filter(ambiguous=True).values_list("person__telegram_id", flat=True))
        for person in people:
            seen = sum("Мы открылись" in m.get("text", "") for m in telegram.from_bot(person.telegram_id))
            assert seen == 1 or (seen > 1 and person.telegram_id in marked)
