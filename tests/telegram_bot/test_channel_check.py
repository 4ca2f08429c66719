"""Every line of the check, right and with its fault, made at the simulated Telegram or in the tables."""

import asyncio
import io
import json
import ssl
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.test import Client
from django.utils import translation
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts import clock
from accounts.models import User
from telegram_bot import bridge
from telegram_bot.bot_api import BotApi
from telegram_bot.channel_check import outside, tables
from telegram_bot.channel_check.checks import CHECKS, OF_THE_TABLES, SKEW_ALLOWED, run_checks
from telegram_bot.channel_check.facts import Facts, TelegramFacts
from telegram_bot.channel_check.findings import Finding, Level, read_findings
from telegram_bot.channel_check.looking import ChannelWatch, look_at_channel, recall_findings
from telegram_bot.channel_check.sentences import SENTENCES
from telegram_bot.customer_chat.menus import default_menus
from telegram_bot.files import FileRequest, fetch_file
from telegram_bot.models import BotLease, ChannelFault, Chat, OutgoingCall, Update
from telegram_bot.receiving.webhook import webhook_params
from telegram_bot.speech import mini_app
from telegram_bot.staff_group.membership import GROUP_UNREACHABLE
from telegram_bot.staff_group.removal import REMOVAL_REFUSED
from telegram_bot.verdicts import Failed, Verdict
from tests.support.bot_story import story_marks
from tests.support.desk import acting
from tests.support.inbox import Inbox
from tests.support.simulator import TOKEN, Simulator, wait_until
from tickets.models import Attachment, AttachmentState
from tickets.services.attachments import reserve_attachment

pytestmark = story_marks
BOT, ADAM, GROUP = int(TOKEN.partition(":")[0]), 4001, -1009000001


@pytest.fixture(scope="module")
def one_telegram() -> Iterator[Simulator]:
    with Simulator(token=TOKEN, desk_url="http://127.0.0.1") as telegram:
        yield telegram


@pytest.fixture
def telegram(
    one_telegram: Simulator, settings: Settings, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> Simulator:
    """A desk in order, as far as Telegram knows: webhook, commands, menu button, a group of the staff."""
    one_telegram.reset()
    settings.TELEGRAM_API_URL, settings.TELEGRAM_BOT_TOKEN = one_telegram.url, TOKEN
    settings.PUBLIC_URL, settings.TELEGRAM_MODE, settings.TELEGRAM_STAFF_CHAT_ID = live_server.url, "webhook", GROUP
    settings.USE_SIMULATOR = True  # takes the Mini App's plain http
    one_telegram.create_chat(GROUP, title="Staff", is_forum=True)
    ask(one_telegram, "setWebhook", **webhook_params())
    for method, params in default_menus():
        ask(one_telegram, method, **params)
    BotLease.objects.create(bot_id=BOT, held_until=clock.now() + timedelta(minutes=1))
    return one_telegram


def ask(telegram: Simulator, method: str, **params: Any) -> Any:
    answer = httpx.post(f"{telegram.url}/bot{telegram.token}/{method}", json=params).json()
    assert answer["ok"], answer
    return answer["result"]


def faults_of(findings: list[Finding]) -> set[str]:
    return {finding.code for finding in findings if finding.level is Level.FAULT}


def find(code: str, findings: list[Finding]) -> Finding:
    return next(finding for finding in findings if finding.code == code)


# of polling, of other faults, of an address that is not https
NOT_HERE = {
    "no_token", "left_without_token", "clock_behind",
    "token", "staff_kind", "webhook_in_the_way", "files_folder", "webhook_secret", "certificate", "certificate_name",
    "certificate_expired", "certificate_chain", "certificate_end",
}  # fmt: skip


def test_a_desk_in_order_has_no_fault_and_says_so_line_by_line(telegram: Simulator) -> None:
    findings = look_at_channel(probe=ADAM)
    assert not faults_of(findings), [finding.what for finding in findings if finding.level is Level.FAULT]
    assert {finding.code for finding in findings} == set(SENTENCES) - NOT_HERE
    assert not telegram.transcript(ADAM)
    assert len(telegram.calls("sendMessage")) == len(telegram.calls("deleteMessage")) == 1


def test_a_staff_group_that_moved_is_looked_at_where_it_is(telegram: Simulator, settings: Settings) -> None:
    settings.TELEGRAM_STAFF_CHAT_ID = -55
    Chat.objects.create(bot_id=BOT, telegram_id=-55, type="supergroup", migrated_to=GROUP)
    assert not faults_of(look_at_channel())
    assert {call["params"]["chat_id"] for call in telegram.calls("getChat")} == {GROUP}


def fail_at(method: str, description: str, code: int = 400) -> Callable[[Simulator], None]:
    return lambda telegram: telegram.set_fault(  # type: ignore[return-value]
        "error", methods=[method], code=code, description=description
    )


def call(method: str, **params: Any) -> Callable[[Simulator], None]:
    return lambda telegram: ask(telegram, method, **params)


def lease(**values: Any) -> Callable[[Simulator], None]:
    return lambda _telegram: BotLease.objects.update(**values)  # type: ignore[return-value]


def a_failed_delivery(telegram: Simulator) -> None:
    ask(telegram, "setWebhook", **{**webhook_params(), "secret_token": "another"})
    telegram.say(1001, "Nobody takes it")
    wait_until(lambda: "last_error_message" in telegram.state()["webhook"])


def many_updates(telegram: Simulator) -> None:
    ask(telegram, "deleteWebhook")
    for number in range(100):
        telegram.inject({"message": {"message_id": number + 1, "date": 1, "chat": {"id": 1001, "type": "private"}}})


def an_update(**values: Any) -> None:
    defaults = {"bot_id": BOT, "update_id": 1, "content_hash": b"1", "raw": b"{}", "queue": 1, "kind": "message"}
    Update.objects.create(**{**defaults, "received_at": clock.now() - timedelta(minutes=6), **values})


def a_call_of_another_bot(_telegram: Simulator) -> None:
    now = clock.now()
    OutgoingCall.objects.create(bot_id=BOT + 1, method="sendMessage", next_attempt_at=now, created_at=now)


def a_late_call(_telegram: Simulator) -> None:
    long_ago = clock.now() - timedelta(minutes=6)
    OutgoingCall.objects.create(bot_id=BOT, method="sendMessage", next_attempt_at=long_ago, created_at=long_ago)


def a_refused_call(method: str, code: str) -> Callable[[Simulator], None]:
    """Into the staff's group."""

    def make(_telegram: Simulator) -> None:
        now = clock.now()
        values = {"bot_id": BOT, "queue": GROUP, "next_attempt_at": now, "created_at": now}
        OutgoingCall.objects.create(method=method, error_code=code, **values)

    return make


FAULTS: list[tuple[str, Callable[[Simulator], None]]] = [
    ("clock", lambda telegram: telegram.advance_clock(-45)),
    ("clock_behind", lambda telegram: telegram.advance_clock(45)),
    ("webhook_address", call("setWebhook", url="https://other.example.com/")),
    ("webhook_address", call("deleteWebhook")),
    ("update_kinds", call("getUpdates", allowed_updates=["message"], timeout=0)),
    ("webhook_delivery", a_failed_delivery),
    ("pending", many_updates),
    ("webhook_stable", lambda _telegram: BotLease.objects.update(webhook_restored=3, webhook_restored_at=clock.now())),
    ("served", lease(held_until=None)),
    ("channel", lease(channel_fault=ChannelFault.RIVAL)),
    ("menu_button", call("setChatMenuButton", menu_button={"type": "commands"})),
    ("commands", call("deleteMyCommands", scope={"type": "all_private_chats"}, language_code="ru")),
    ("staff_group", lambda telegram: telegram.change_chat(GROUP, state="gone")),
    ("staff_group", lambda telegram: telegram.change_chat(GROUP, state="kicked")),
    ("staff_kind", lambda telegram: telegram.change_chat(GROUP, type="channel", is_forum=False)),
    ("staff_forum", lambda telegram: telegram.change_chat(GROUP, is_forum=False)),
    ("staff_admin", lambda telegram: telegram.change_chat(GROUP, bot_is_admin=False)),
    ("staff_topics", lambda telegram: telegram.change_chat(GROUP, bot_manages_topics=False)),
    ("staff_removal", lambda telegram: telegram.change_chat(GROUP, bot_deletes_messages=False)),
    ("staff_waiting", a_refused_call("sendMessage", GROUP_UNREACHABLE)),
    ("staff_removals_waiting", a_refused_call("deleteMessages", REMOVAL_REFUSED)),
    ("inbox_waiting", lambda _telegram: an_update()),
    ("inbox_dead", lambda _telegram: an_update(state="dead")),
    ("outbox_late", a_late_call),
    ("other_bots", a_call_of_another_bot),
    ("other_bots", lambda _telegram: an_update(bot_id=BOT + 1, state="held")),
    ("probe", lambda telegram: telegram.block(ADAM)),
]  # type: ignore[assignment]


@pytest.mark.parametrize(("code", "break_it"), FAULTS, ids=[f"{code}-{n}" for n, (code, _break) in enumerate(FAULTS)])
def test_each_fault_is_found_and_its_cure_is_named(
    telegram: Simulator, code: str, break_it: Callable[[Simulator], None]
) -> None:
    if code == "update_kinds":
        ask(telegram, "deleteWebhook")
    break_it(telegram)
    findings = look_at_channel(probe=ADAM)
    assert code in faults_of(findings)
    fault = find(code, findings)
    assert fault.what
    assert fault.cure


@pytest.mark.parametrize(
    ("skew", "english", "russian"),
    [
        (660.4, "660 s ahead of Telegram's", "спешат относительно Telegram на 660 с"),
        (-660.4, "660 s behind Telegram's", "отстают от часов Telegram на 660 с"),
        (SKEW_ALLOWED, "agrees with Telegram's", "совпадают"),
        (-SKEW_ALLOWED, "agrees with Telegram's", "совпадают"),
    ],
)
def test_of_a_wrong_clock_it_is_said_which_way(db: None, skew: float, english: str, russian: str) -> None:
    facts = Facts(
        now=clock.now(), setup=tables.read_setup(), desk=tables.read_desk(), telegram=TelegramFacts(clock_skew=skew)
    )
    (found,) = [one for one in run_checks(facts) if one.code.startswith("clock")]
    for language, said in (("en", english), ("ru", russian)):
        with translation.override(language):
            assert said in found.what


def test_a_person_in_place_of_the_staffs_group_is_a_fault(telegram: Simulator, settings: Settings) -> None:
    settings.TELEGRAM_STAFF_CHAT_ID = ADAM
    findings = look_at_channel()
    assert faults_of(findings) == {"staff_kind"}
    assert str(ADAM) in find("staff_kind", findings).what
    assert not {"staff_group", "staff_forum", "staff_admin"} & {finding.code for finding in findings}


def test_a_mini_app_that_nobody_can_open_is_found(telegram: Simulator, settings: Settings) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:9"
    assert "mini_app_page" in faults_of(look_at_channel())
    settings.PUBLIC_URL = telegram.url  # answers, but is no desk
    assert "404" in find("mini_app_page", look_at_channel()).what
    settings.USE_SIMULATOR = False
    assert "mini_app_address" in faults_of(look_at_channel())
    assert mini_app.mini_app_url() is None


def test_the_webhook_is_tried_by_its_public_address(
    telegram: Simulator, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find("webhook_round_trip", look_at_channel()).level is Level.RIGHT
    assert not Update.objects.exists(), "nothing of it is stored"
    monkeypatch.setattr(outside, "SECRET_HEADER", "X-Lost-On-The-Way")
    assert "webhook_secret" in faults_of(look_at_channel())
    settings.PUBLIC_URL = telegram.url  # answers, but is no desk
    assert "404" in find("webhook_round_trip", look_at_channel()).what
    settings.PUBLIC_URL = "http://127.0.0.1:9"
    trip = find("webhook_round_trip", look_at_channel())
    assert trip.level is Level.NOTE, "Telegram may reach what this machine does not"
    a_failed_delivery(telegram)
    assert "webhook_round_trip" in faults_of(look_at_channel())


@pytest.mark.parametrize(
    ("name", "days", "is_known", "code", "level"),
    [
        ("localhost", 60, True, "certificate_end", Level.RIGHT),
        ("localhost", 5, True, "certificate_end", Level.FAULT),
        ("localhost", -1, True, "certificate_expired", Level.FAULT),
        ("other.example", 60, True, "certificate_name", Level.FAULT),
        ("localhost", 60, False, "certificate_chain", Level.FAULT),
    ],
)
async def test_the_certificate_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, days: int, is_known: bool, code: str, level: Level
) -> None:
    files = make_certificate(tmp_path, name, days)
    served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    served.load_cert_chain(*files)
    asked = ssl.create_default_context(cafile=files[0] if is_known else None)
    monkeypatch.setattr(outside.ssl, "create_default_context", lambda: asked)
    async with await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", ssl=served) as server:
        port = server.sockets[0].getsockname()[1]
        certificate = await outside._read_certificate(f"https://localhost:{port}")
    facts = TelegramFacts(certificate=certificate)
    setup, desk = await bridge.run(tables.read_setup), await bridge.run(tables.read_desk)
    found = find(code, run_checks(Facts(now=clock.now(), setup=setup, desk=desk, telegram=facts)))
    assert (found.level, "localhost" in found.what) == (level, True)
    assert bool(found.cure) == (level is Level.FAULT)


def make_certificate(folder: Path, name: str, days: int) -> tuple[Path, Path]:
    """Signed by itself, for this name, until so many days from now: its file and its key's."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    end = clock.now() + timedelta(days=days, hours=1)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(end - timedelta(days=90)).not_valid_after(end)
    signed = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    (folder / "cert.pem").write_bytes(signed.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(private)
    return folder / "cert.pem", folder / "key.pem"


def test_by_polling_a_webhook_is_in_the_way(telegram: Simulator, settings: Settings) -> None:
    settings.TELEGRAM_MODE = "polling"
    fault = find("webhook_in_the_way", look_at_channel())
    assert fault.level is Level.FAULT
    assert settings.PUBLIC_URL in fault.what
    ask(telegram, "deleteWebhook")
    assert not faults_of(look_at_channel())


@pytest.mark.parametrize(
    ("break_it", "fault"),
    [
        (fail_at("getMe", "Unauthorized", 401), "token"),
        (fail_at("getMe", "Bad Gateway", 502), "telegram"),
        (lambda telegram: telegram.set_fault("outage"), "telegram"),
    ],
)
def test_without_telegram_the_rest_is_looked_at_all_the_same(
    telegram: Simulator, break_it: Callable[[Simulator], None], fault: str
) -> None:
    break_it(telegram)
    findings = look_at_channel()
    assert faults_of(findings) == {fault}
    assert {"served", "mini_app_page"} <= {finding.code for finding in findings}


@pytest.mark.parametrize(
    ("method", "silent"),
    [
        ("getWebhookInfo", {"webhook_address", "update_kinds", "webhook_delivery", "pending"}),
        ("getChatMenuButton", {"menu_button"}),
        ("getMyCommands", {"commands"}),
        ("getChatMember", {"staff_group", "staff_forum", "staff_admin", "staff_topics", "staff_removal"}),
    ],
)
def test_one_question_without_an_answer_leaves_the_rest_known_and_is_named(
    telegram: Simulator, method: str, silent: set[str]
) -> None:
    whole = {finding.code for finding in look_at_channel()}
    telegram.set_fault("error", methods=[method], code=429, description="Too Many Requests: retry after 7")
    findings = look_at_channel()
    assert faults_of(findings) == {"unanswered"}
    assert method in find("unanswered", findings).what
    assert {finding.code for finding in findings} == whole - silent
    assert run_command()[0] == 1, "that Telegram does not answer at all is another matter"


def test_what_may_be_either_way_is_no_fault(telegram: Simulator, settings: Settings) -> None:
    assert find("topics", look_at_channel()).level is Level.NOTE
    telegram.set_abilities(has_topics_enabled=True)
    settings.USE_SIMULATOR = False
    findings = look_at_channel()
    assert find("topics", findings).level is Level.RIGHT
    assert find("files", findings).level is Level.NOTE
    assert find("files", findings).values == {"server": telegram.url, "megabytes": 20}


def test_a_server_with_its_own_disk_says_how_large_files_may_be(
    telegram: Simulator, settings: Settings, tmp_path: Path
) -> None:
    settings.USE_SIMULATOR, settings.TELEGRAM_DOWNLOAD_LIMIT = False, 2000 * 2**20
    settings.TELEGRAM_FILES_DIR = tmp_path
    findings = look_at_channel()
    assert (find("files", findings).level, find("files", findings).values["megabytes"]) == (Level.RIGHT, 2000)
    assert find("files_folder", findings).level is Level.RIGHT
    settings.TELEGRAM_FILES_DIR = tmp_path / "nowhere"
    assert "files_folder" in faults_of(look_at_channel())


def fetch(vera: User, sent: dict[str, Any]) -> tuple[str, Attachment]:
    """As the sender does for a getFile: why it failed, and the attachment."""

    async def ask_for_it() -> Verdict:
        api = BotApi()
        try:
            return await fetch_file(api, FileRequest(attachment_id=key, file_id=sent["document"]["file_id"]))
        finally:
            await api.close()

    key = uuid4()
    reserve_attachment(actor=acting(vera), attachment_id=key, name="a.txt", content_type="text/plain", size=21)
    verdict = asyncio.run(ask_for_it())
    return verdict.code if isinstance(verdict, Failed) else "", Attachment.objects.get(pk=key)


def test_files_of_a_server_with_its_own_disk_are_read_in_its_folder_only(
    telegram: Simulator, settings: Settings, vera: User, tmp_path: Path
) -> None:
    folder = telegram.data_dir / "files"
    large = telegram.send_document(1001, "large.txt", b"Words of the customer", size=21 * 2**20)
    assert fetch(vera, large)[0] == "file_too_big"
    telegram.set_server(local=True)
    for elsewhere in (None, tmp_path):
        settings.TELEGRAM_FILES_DIR = elsewhere
        assert fetch(vera, large)[0] == "files_elsewhere"
    settings.TELEGRAM_FILES_DIR = folder
    problem, stored = fetch(vera, large)
    assert (problem, stored.state, stored.size) == ("", AttachmentState.READY, 21)
    assert default_storage.open(stored.storage_key).read() == b"Words of the customer"
    settings.TELEGRAM_DOWNLOAD_LIMIT = 20
    assert fetch(vera, large)[0] == "file_too_large"
    [file] = (path for path in folder.rglob("*.txt") if path.read_bytes() == b"Words of the customer")
    file.rename(tmp_path / "secret")
    file.symlink_to(tmp_path / "secret")
    assert fetch(vera, large)[0] == "files_elsewhere", "a link out of the folder"
    file.unlink()
    assert fetch(vera, large)[0] == "files_elsewhere", "removed by the server"


def test_no_check_is_left_out_and_the_tables_alone_can_be_looked_at(telegram: Simulator) -> None:
    only_tables = run_checks(Facts(now=clock.now(), setup=tables.read_setup(), desk=tables.read_desk()))
    assert {finding.code for finding in only_tables} == OF_THE_TABLES
    assert len(CHECKS) == len(set(CHECKS))


# --- the command ---
def run_command(*arguments: str) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("check_channel", *arguments, stdout=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_the_commands_exit_code_and_json_are_for_scripts(telegram: Simulator) -> None:
    assert run_command()[0] == 0
    code, text = run_command("--json", "--language", "en", "--probe", str(ADAM))
    assert code == 0
    assert {"code", "level", "values", "what", "cure"} == set(json.loads(text)[0])
    assert json.loads(text)[-1]["code"] == "probe"
    BotLease.objects.update(held_until=None)
    code, text = run_command("--language", "en")
    assert code == 1
    assert "fault No run_bot works for this bot\n      Start manage.py run_bot." in text
    assert "Запустите manage.py run_bot" in run_command("--language", "ru")[1]
    telegram.set_fault("outage")
    assert run_command()[0] == 2


# --- the admin and /health ---
def test_administrators_see_the_page_in_their_language_and_others_do_not(
    telegram: Simulator, client: Client, adam: User, mila: User
) -> None:
    telegram.create_user(adam.telegram_id or 0)
    BotLease.objects.update(held_until=None)
    client.force_login(adam)
    listing = client.get("/admin/telegram_bot/botlease/", headers={"Accept-Language": "en"})
    assert "/admin/telegram_bot/botlease/check/" in listing.content.decode()
    page = client.get("/admin/telegram_bot/botlease/check/", headers={"Accept-Language": "en"}).content.decode()
    assert "1 thing has to be cured." in page
    assert page.index("No run_bot works for this bot") < page.index("The webhook leads to this desk")
    assert not telegram.calls("sendMessage")
    way_out = "/admin/telegram_bot/botlease/former/"
    assert way_out not in page, "nothing is left to a former bot"
    a_call_of_another_bot(telegram)
    assert way_out in client.get("/admin/telegram_bot/botlease/check/").content.decode()
    probed = client.post("/admin/telegram_bot/botlease/check/", headers={"Accept-Language": "ru"}).content.decode()
    assert "Для этого бота не работает ни один run_bot" in probed
    assert [one["params"]["chat_id"] for one in telegram.calls("sendMessage")] == [adam.telegram_id]
    client.force_login(mila)
    assert client.get("/admin/telegram_bot/botlease/check/").status_code == 403


async def test_run_bot_remembers_what_it_found_and_health_tells_it(telegram: Simulator, adam: User) -> None:
    telegram.change_chat(GROUP, bot_manages_topics=False)
    api = BotApi()
    try:
        await ChannelWatch(bot_id=BOT, api=api).look()
    finally:
        await api.close()
    from asgiref.sync import sync_to_async

    found = await sync_to_async(recall_findings)()
    assert faults_of(found) == {"staff_topics"}
    assert (await BotLease.objects.aget(bot_id=BOT)).username, "what getMe says of the bot is read again"


def test_health_tells_the_faults_and_forgets_what_is_old(inbox: Inbox, adam: User, settings: Settings) -> None:
    stored = Finding(code="staff_topics", level=Level.FAULT).as_json()
    unknown = {"code": "of_a_later_version", "level": "fault", "values": {}}
    BotLease.objects.create(
        bot_id=inbox.bot_id,
        held_until=clock.now() + timedelta(minutes=9),
        findings=[stored, unknown],
        looked_at=clock.now(),
    )
    inbox.says(adam, "/health")
    assert "may not manage topics" in inbox.told(adam)[-1]
    BotLease.objects.update(looked_at=clock.now() - timedelta(hours=1))
    inbox.says(adam, "/health")
    assert "The bot, its channel and the database answer" in inbox.told(adam)[-1]
    assert read_findings([unknown]) == []
