"""Each check looks at the facts and says what it finds; None where it does not apply.

Nothing here asks anybody: what a check finds for given facts is always the same.
"""

from datetime import timedelta
from typing import Any

from telegram_bot.channel_check.facts import Facts
from telegram_bot.channel_check.findings import Finding, Level
from telegram_bot.channel_check.group_checks import GROUP_CHECKS
from telegram_bot.channel_check.judging import Check, answering, find

SKEW_ALLOWED = 30.0  # seconds; Telegram's own date has whole seconds, and the answer takes a while
PENDING_ALLOWED = 100
_DELIVERY_TROUBLE_LASTS = timedelta(hours=1)
_MEDDLING_LASTS = timedelta(days=1)
_RENEWED_BEFORE = timedelta(days=10)  # automatic renewal happens about 30 days before the end
_FORBIDDEN = 403
_CERTIFICATE_FAULTS = (
    ("hostname mismatch", "certificate_name"),
    ("ip address mismatch", "certificate_name"),
    ("expired", "certificate_expired"),
    ("issuer", "certificate_chain"),
    ("self-signed", "certificate_chain"),
)


def run_checks(facts: Facts) -> list[Finding]:
    """All findings, in the order in which faults should be cured."""
    found = [check(facts) for check in CHECKS]
    return [finding for finding in found if finding is not None]


# --- Telegram ---
def check_telegram(facts: Facts) -> Finding | None:
    if facts.telegram is None or facts.telegram.refusal == "token":
        return None
    values = {"username": facts.telegram.me.get("username", ""), "address": facts.setup.api_url}
    return find("telegram", not facts.telegram.refusal, **values)


def check_token(facts: Facts) -> Finding | None:
    """Where it is right, `telegram` says so."""
    is_refused = facts.telegram is not None and facts.telegram.refusal == "token"
    return find("token", is_right=False) if is_refused else None


def check_no_token(facts: Facts) -> Finding | None:
    return None if facts.setup.has_token else find("no_token", is_right=False)


def check_unanswered(facts: Facts) -> Finding | None:
    telegram = answering(facts)
    if telegram is None:
        return None
    return find("unanswered", not telegram.unanswered, methods="; ".join(telegram.unanswered))


def check_clock(facts: Facts) -> Finding | None:
    telegram = answering(facts)
    if telegram is None or telegram.clock_skew is None:
        return None
    code = "clock_behind" if telegram.clock_skew < -SKEW_ALLOWED else "clock"
    return find(code, abs(telegram.clock_skew) <= SKEW_ALLOWED, seconds=round(abs(telegram.clock_skew)))


# --- the way in ---
def _webhook(facts: Facts) -> dict[str, Any] | None:
    telegram = answering(facts)
    return telegram.webhook if telegram is not None else None


def check_webhook_address(facts: Facts) -> Finding | None:
    webhook = _webhook(facts)
    if webhook is None:
        return None
    url = webhook.get("url", "")
    if facts.setup.mode == "polling":
        return find("webhook_in_the_way", not url, url=url)
    return find("webhook_address", url == facts.setup.webhook_url, url=url or "—")


def check_update_kinds(facts: Facts) -> Finding | None:
    """By polling, Telegram learns the kinds with the first question."""
    webhook = _webhook(facts)
    if webhook is None or (facts.setup.mode == "polling" and not facts.desk.is_served):
        return None
    missing = sorted(set(facts.setup.allowed_updates) - set(webhook.get("allowed_updates", ())))
    return find("update_kinds", not missing, kinds=", ".join(missing))


def check_webhook_delivery(facts: Facts) -> Finding | None:
    webhook = _webhook(facts)
    if webhook is None or facts.setup.mode == "polling":
        return None
    error = webhook.get("last_error_message", "")
    ago = facts.now.timestamp() - webhook.get("last_error_date", 0)
    is_right = not error or ago > _DELIVERY_TROUBLE_LASTS.total_seconds()
    return find("webhook_delivery", is_right, error=error, minutes=0 if is_right else max(0, round(ago / 60)))


def check_pending(facts: Facts) -> Finding | None:
    webhook = _webhook(facts)
    if webhook is None:
        return None
    count = webhook.get("pending_update_count", 0)
    return find("pending", count < PENDING_ALLOWED, count=count)


def check_webhook_stable(facts: Facts) -> Finding | None:
    if facts.setup.mode == "polling":
        return None
    at = facts.desk.restored_at
    return find("webhook_stable", at is None or facts.now - at > _MEDDLING_LASTS, count=facts.desk.restored)


def check_webhook_round_trip(facts: Facts) -> Finding | None:
    """A machine may be unable to reach its own public address, while Telegram brings what it has: then it is a note."""
    trip = facts.telegram.round_trip if facts.telegram is not None else None
    if trip is None or facts.telegram is None:
        return None
    webhook = _webhook(facts)
    brings = webhook is not None and "last_error_message" not in webhook and not trip.status
    level = Level.NOTE if brings else Level.FAULT
    code = "webhook_secret" if trip.status == _FORBIDDEN else "webhook_round_trip"
    return find(code, not trip.error, otherwise=level, error=trip.error, milliseconds=trip.milliseconds)


def check_certificate(facts: Facts) -> Finding | None:
    certificate = facts.telegram.certificate if facts.telegram is not None else None
    if certificate is None:
        return None
    code = next((code for words, code in _CERTIFICATE_FAULTS if words in certificate.error.lower()), "certificate")
    return find(code, not certificate.error, error=certificate.error, host=certificate.host)


def check_certificate_end(facts: Facts) -> Finding | None:
    certificate = facts.telegram.certificate if facts.telegram is not None else None
    if certificate is None or certificate.ends_at is None:
        return None
    left = certificate.ends_at - facts.now
    return find("certificate_end", left > _RENEWED_BEFORE, days=max(0, left.days), host=certificate.host)


# --- what people see ---
def check_mini_app_address(facts: Facts) -> Finding | None:
    return find("mini_app_address", facts.setup.mini_app_url is not None) if facts.telegram is not None else None


def check_mini_app_page(facts: Facts) -> Finding | None:
    telegram = facts.telegram
    if telegram is None or facts.setup.mini_app_url is None:
        return None
    error = telegram.shell_error or (f"HTTP {telegram.shell_status}" if telegram.shell_status != 200 else "—")
    return find("mini_app_page", telegram.is_shell, error="" if telegram.is_shell else error)


def check_menu_button(facts: Facts) -> Finding | None:
    telegram = answering(facts)
    if telegram is None or telegram.menu_button is None or facts.setup.mini_app_url is None:
        return None
    url = telegram.menu_button.get("web_app", {}).get("url", "")
    return find("menu_button", url.startswith(f"{facts.setup.public_url}/app/"))


def check_commands(facts: Facts) -> Finding | None:
    telegram = answering(facts)
    if telegram is None or telegram.commands is None:
        return None
    wrong = [one.language or "*" for one in telegram.commands if one.given != one.wanted]
    return find("commands", not wrong, languages=", ".join(wrong))


# --- what the bot can do ---
def check_files(facts: Facts) -> Finding | None:
    if facts.telegram is None:
        return None
    setup = facts.setup
    values = {"server": setup.api_url, "megabytes": setup.download_mb}
    return find("files", bool(setup.files_dir) or not setup.has_own_server, otherwise=Level.NOTE, **values)


def check_files_folder(facts: Facts) -> Finding | None:
    setup = facts.setup
    if facts.telegram is None or not setup.files_dir:
        return None
    return find("files_folder", setup.has_files_dir, folder=setup.files_dir)


def check_topics(facts: Facts) -> Finding | None:
    telegram = answering(facts)
    if telegram is None:
        return None
    return find("topics", bool(telegram.me.get("has_topics_enabled")), otherwise=Level.NOTE)


# --- the desk ---
def check_served(facts: Facts) -> Finding | None:
    return find("served", facts.desk.is_served)


def check_channel(facts: Facts) -> Finding | None:
    fault = facts.desk.channel_fault
    return find("channel", not fault, fault=fault, error=facts.desk.channel_error)


def check_inbox_waiting(facts: Facts) -> Finding | None:
    return find("inbox_waiting", not facts.desk.updates_waiting, count=facts.desk.updates_waiting)


def check_inbox_dead(facts: Facts) -> Finding | None:
    return find("inbox_dead", not facts.desk.updates_dead, count=facts.desk.updates_dead)


def check_outbox_late(facts: Facts) -> Finding | None:
    return find("outbox_late", not facts.desk.calls_waiting, count=facts.desk.calls_waiting)


def check_other_bots(facts: Facts) -> Finding | None:
    """Without a token nobody knows which bot is a former one: all that waits is counted, and nothing of it ended."""
    if not facts.setup.has_token:
        count = facts.desk.left_without_token
        return find("left_without_token", not count, count=count)
    count = facts.desk.left_to_other_bots
    return find("other_bots", not count, count=count)


def check_accounts_waiting(facts: Facts) -> Finding | None:
    """Strangers may ask as well: no fault of the desk's."""
    count = facts.desk.accounts_waiting
    return find("accounts_waiting", not count, otherwise=Level.NOTE, count=count)


def check_probe(facts: Facts) -> Finding | None:
    telegram = answering(facts)
    if telegram is None or telegram.probe is None:
        return None
    probe = telegram.probe
    return find("probe", not probe.error, error=probe.error, milliseconds=probe.milliseconds)


CHECKS: tuple[Check, ...] = (
    check_no_token,
    check_token,
    check_telegram,
    check_unanswered,
    check_clock,
    check_webhook_address,
    check_update_kinds,
    check_webhook_delivery,
    check_webhook_round_trip,
    check_certificate,
    check_certificate_end,
    check_webhook_stable,
    check_pending,
    check_served,
    check_channel,
    check_mini_app_address,
    check_mini_app_page,
    check_menu_button,
    check_commands,
    *GROUP_CHECKS,
    check_inbox_waiting,
    check_inbox_dead,
    check_outbox_late,
    check_other_bots,
    check_accounts_waiting,
    check_files,
    check_files_folder,
    check_topics,
    check_probe,
)
OF_THE_TABLES = frozenset(
    {
        "served",
        "channel",
        "webhook_stable",
        "staff_waiting",
        "staff_removals_waiting",
        "inbox_waiting",
        "inbox_dead",
        "outbox_late",
        "other_bots",
        "accounts_waiting",
    }
)
