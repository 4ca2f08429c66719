"""How often one may knock: token buckets, one named function per door.

A bucket holds `burst` tokens and gains `per_second`; each knock takes one. They live in Redis, so that all processes
count together. While Redis is away each process counts alone with the same numbers: never open, never closed.
"""

import logging
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from functools import cache
from uuid import UUID

import redis
from django.conf import settings

from accounts.addresses import network_of
from accounts.errors import RateLimited
from accounts.quick_redis import Rest, quick_redis

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Limit:
    """burst: knocks at once; per_second: knocks in the long run."""

    name: str
    burst: int
    per_second: float


SIGN_IN = Limit(name="sign_in", burst=60, per_second=1)  # an office behind one address opens the desk at nine
INIT_DATA = Limit(name="init_data", burst=20, per_second=1 / 30)
REFRESH = Limit(name="refresh", burst=60, per_second=2)
API_PERSON = Limit(name="api_person", burst=200, per_second=25)
API_ADDRESS = Limit(name="api_address", burst=1500, per_second=250)
UPLOAD = Limit(name="upload", burst=40, per_second=1)
SOCKET_CONNECT = Limit(name="socket_connect", burst=1000, per_second=50)
BOT_MESSAGES = Limit(name="bot_messages", burst=20, per_second=0.5)
ALBUM = Limit(name="album", burst=1, per_second=1 / 600)
STRANGER = Limit(name="stranger", burst=1, per_second=1 / 3600)
LARGE_FILES = Limit(name="large_files", burst=1, per_second=1 / 600)
ADMIN_ADDRESS = Limit(name="admin_address", burst=30, per_second=0.2)
ADMIN_LOGIN = Limit(name="admin_login", burst=5, per_second=1 / 60)
ONE_TIME_LINK = Limit(name="one_time_link", burst=20, per_second=0.2)
TELEGRAM_LINK = Limit(name="telegram_link", burst=5, per_second=1 / 120)
CLIENT_ERRORS = Limit(name="client_errors", burst=30, per_second=0.1)  # an office behind one address


def sign_in(address: str) -> None:
    """A Mini App launch from this address. Raises RateLimited, as all of these do."""
    _take(SIGN_IN, network_of(address))


def init_data(digest: str) -> None:
    """The same launch signing in again and again."""
    _take(INIT_DATA, digest)


def refresh(address: str) -> None:
    _take(REFRESH, network_of(address))


def api_person(user_id: UUID) -> None:
    _take(API_PERSON, str(user_id))


def api_address(address: str) -> None:
    _take(API_ADDRESS, network_of(address))


def upload(user_id: UUID) -> None:
    _take(UPLOAD, str(user_id))


def socket_connect(address: str) -> None:
    _take(SOCKET_CONNECT, network_of(address))


def bot_messages(user_id: UUID, *, album: str = "") -> None:
    """Messages to the bot. What is over the limit is stored all the same, and answered once.

    album: Telegram's media_group_id, of which the first message counts and no other.
    """
    if album:
        try:
            _take(ALBUM, f"{user_id} {album}")
        except RateLimited:
            return
    _take(BOT_MESSAGES, str(user_id))


def stranger(telegram_id: int) -> None:
    """Telling somebody in the staff's group that they are no agent: once an hour is enough."""
    _take(STRANGER, str(telegram_id))


def former_group(chat_id: int) -> None:
    """Telling a group that was the staff's that it is no longer."""
    _take(STRANGER, f"group {chat_id}")


def nameless(chat_id: int, ticket: UUID) -> None:
    """Telling whoever writes in the staff's group as this channel, or as the group itself, that nobody knows them: once
    an hour in each ticket's topic.
    """
    _take(STRANGER, f"{chat_id} {ticket}")


def large_files(user_id: UUID) -> None:
    """Telling somebody who floods the bot that a file is too large for it: once in ten minutes is enough."""
    _take(LARGE_FILES, str(user_id))


def admin_login(address: str, login: str) -> None:
    """A password tried at the admin's door: few for one login from one network, more for the network as a whole."""
    network = network_of(address)
    _take(ADMIN_ADDRESS, network)
    _take(ADMIN_LOGIN, f"{network} {login.casefold()[:64]}")


def one_time_link(address: str) -> None:
    """A one-time link shown or used."""
    _take(ONE_TIME_LINK, network_of(address))


def telegram_link(user_id: UUID) -> None:
    """The code of a link to a Telegram account, shown by this account."""
    _take(TELEGRAM_LINK, str(user_id))


def client_errors(address: str) -> None:
    """An error that a browser tells of."""
    _take(CLIENT_ERRORS, network_of(address))


def _take(limit: Limit, identity: str) -> None:
    wait = _wait_in_redis(limit, identity)
    if wait is None:
        wait = _own_buckets.wait(limit, identity)
    if wait > 0:
        raise RateLimited(wait)


# --- Redis ----------------------------------------------------------------------------------------------------------
# Redis's own clock, because those of our machines may differ. The answer is the wait in milliseconds, 0 to go on.
_SCRIPT = """
local burst, rate = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local state = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = tonumber(state[1]) or burst
local elapsed = math.max(0, now - (tonumber(state[2]) or now))
tokens = math.min(burst, tokens + elapsed * rate)
local wait = 0
if tokens >= 1 then tokens = tokens - 1 else wait = (1 - tokens) / rate end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', string.format('%.6f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil((burst - tokens) / rate * 1000) + 1000)
return math.ceil(wait * 1000)
"""
_NAMESPACE = "limit"
_rest = Rest(2.0)


@cache
def _script(url: str) -> "redis.commands.core.Script":
    return quick_redis(url).register_script(_SCRIPT)


def _wait_in_redis(limit: Limit, identity: str) -> float | None:
    """Seconds to wait, or None where Redis does not answer."""
    if _rest.lasts:
        return None
    key = f"{settings.REDIS_PREFIX}:{_NAMESPACE}:{limit.name}:{identity}"
    try:
        return int(_script(settings.REDIS_URL)(keys=[key], args=[limit.burst, limit.per_second])) / 1000
    except redis.RedisError as error:
        log.warning("Rate limits are counted by this process alone: %s", type(error).__name__)
        _rest.begin()
        return None


# --- This process alone ---------------------------------------------------------------------------------------------
class OwnBuckets:
    """The same buckets in memory, the least recently used forgotten first."""

    def __init__(self, capacity: int = 20_000) -> None:
        self._capacity = capacity
        self._lock = threading.Lock()
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def wait(self, limit: Limit, identity: str) -> float:
        """Take a token; seconds to wait where there is none."""
        now = time.monotonic()
        with self._lock:
            tokens, at = self._buckets.pop((limit.name, identity), (float(limit.burst), now))
            tokens = min(float(limit.burst), tokens + (now - at) * limit.per_second)
            allowed = tokens >= 1
            self._buckets[limit.name, identity] = (tokens - 1 if allowed else tokens, now)
            if len(self._buckets) > self._capacity:
                self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - tokens) / limit.per_second


_own_buckets = OwnBuckets()
