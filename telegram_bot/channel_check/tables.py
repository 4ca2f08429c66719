"""The facts of the settings and of the database."""

import os
from datetime import timedelta

from django.conf import settings

from accounts import clock
from telegram_bot.channel_check.facts import DeskFacts, Setup
from telegram_bot.channel_state import find_channel_fault
from telegram_bot.connections import count_waiting_accounts
from telegram_bot.identity import current_bot_id, webhook_url
from telegram_bot.models import BotLease, CallState, OutgoingCall, Update, UpdateState
from telegram_bot.models.outgoing_call import UNDONE
from telegram_bot.outcomes.left_behind import calls_left_behind, count_without_token, updates_left_behind
from telegram_bot.receiving.intake import ALLOWED_UPDATES
from telegram_bot.receiving.webhook import CLOUD
from telegram_bot.speech.mini_app import mini_app_url
from telegram_bot.staff_group.chat import find_staff_chat_id
from telegram_bot.staff_group.membership import GROUP_UNREACHABLE
from telegram_bot.staff_group.removal import REMOVAL_REFUSED

_TOO_OLD = timedelta(minutes=5)


def read_setup() -> Setup:
    return Setup(
        has_token=bool(current_bot_id()),
        mode=settings.TELEGRAM_MODE,
        public_url=settings.PUBLIC_URL,
        webhook_url=webhook_url(),
        allowed_updates=tuple(ALLOWED_UPDATES),
        mini_app_url=mini_app_url(),
        api_url=settings.TELEGRAM_API_URL,
        has_own_server=settings.TELEGRAM_API_URL != CLOUD and not settings.USE_SIMULATOR,
        files_dir=str(settings.TELEGRAM_FILES_DIR or ""),
        has_files_dir=os.access(settings.TELEGRAM_FILES_DIR or "", os.R_OK | os.X_OK),
        download_mb=settings.TELEGRAM_DOWNLOAD_LIMIT // 2**20,
        staff_chat_id=find_staff_chat_id(),
    )


def read_desk() -> DeskFacts:
    now, bot_id = clock.now(), current_bot_id()
    lease = BotLease.objects.filter(bot_id=bot_id).first() or BotLease(bot_id=bot_id)
    updates = Update.objects.filter(bot_id=bot_id)
    calls = OutgoingCall.objects.filter(bot_id=bot_id, state__in=UNDONE, created_at__lt=now - _TOO_OLD)
    return DeskFacts(
        is_served=lease.held_until is not None and lease.held_until > now,
        channel_fault=find_channel_fault(lease) or "",
        channel_error=lease.channel_error,
        restored_at=lease.webhook_restored_at,
        restored=lease.webhook_restored,
        updates_waiting=updates.filter(state=UpdateState.RECEIVED, received_at__lt=now - _TOO_OLD).count(),
        updates_dead=updates.filter(state=UpdateState.DEAD).count(),
        calls_waiting=calls.count(),
        group_calls_waiting=_count_calls_of_a_mute_group(bot_id),
        removals_waiting=_count_refused_removals(bot_id),
        left_to_other_bots=_count_of_other_bots(),
        left_without_token=count_without_token(),
        accounts_waiting=count_waiting_accounts(),
    )


def _count_calls_of_a_mute_group(bot_id: int) -> int:
    """The first of them was refused and holds the others."""
    waiting = OutgoingCall.objects.filter(bot_id=bot_id, state__in=UNDONE, queue=find_staff_chat_id())
    return waiting.count() if waiting.filter(error_code=GROUP_UNREACHABLE).exists() else 0


def _count_refused_removals(bot_id: int) -> int:
    waiting = OutgoingCall.objects.filter(bot_id=bot_id, state=CallState.PENDING, queue=find_staff_chat_id())
    return waiting.filter(error_code=REMOVAL_REFUSED).count()


def _count_of_other_bots() -> int:
    """Nobody makes and handles these, unless another process serves that bot."""
    return calls_left_behind().count() + updates_left_behind().count()
