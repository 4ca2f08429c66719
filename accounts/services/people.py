"""Changes of people: who they are, what they may do, how they want to be spoken to."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.actors import Actor
from accounts.announcements import announce
from accounts.compiled_queries import CompiledQuery, Given
from accounts.errors import InvalidInput, NotFound
from accounts.models import Availability, Ban, Language, Role, Team, User
from accounts.permissions import Capability, require
from accounts.services.signing_out import sign_out_everywhere
from accounts.telegram_profile import TelegramProfile
from accounts.text_cleaning import clean_line, repair_text, shows_something

BAN_REASON_LIMIT = 200
_SHORTEST_PHONE, _LONGEST_PHONE = 7, 15  # digits (ITU-T E.164)
_SIGHT_PRECISION = timedelta(minutes=5)
_BY_TELEGRAM = CompiledQuery(lambda: User.objects.filter(telegram_id=Given("telegram")))


def remember_telegram_person(profile: TelegramProfile) -> User:
    """The person with this Telegram id, made a customer when new; names follow Telegram."""
    names = {
        "first_name": _clean_name(profile.first_name),
        "last_name": _clean_name(profile.last_name),
        "username": repair_text(profile.username)[:64],
    }
    language = _nearest_language(profile.language_code)
    new = {**names, "language": language, "last_seen_at": clock.now()}
    user = _BY_TELEGRAM.first(telegram=profile.telegram_id)
    if user is None:
        user, _created = User.objects.get_or_create(telegram_id=profile.telegram_id, defaults=new)
    if not names["first_name"] and shows_something(user.first_name):
        names = {"username": names["username"]}  # what they were called stays, whom a username reaches does not
    changed = [name for name, value in names.items() if getattr(user, name) != value]
    was_blank = bool(user.first_name) and not shows_something(user.first_name)
    if changed and (profile.first_name or was_blank):
        for name in changed:
            setattr(user, name, names[name])
        user.save(update_fields=[*changed, "updated_at"])
    _note_sight(user)
    return user


def _clean_name(given: str) -> str:
    """Empty where nobody would see it, so that something else stands for the name."""
    name = repair_text(given)[:128]
    return name if shows_something(name) else ""


def _note_sight(user: User) -> None:
    """When they were last here, to within five minutes: seldom enough to cost nothing."""
    now = clock.now()
    if user.last_seen_at is None or user.last_seen_at < now - _SIGHT_PRECISION:
        User.objects.filter(pk=user.pk).update(last_seen_at=now)
        user.last_seen_at = now


def _nearest_language(code: str) -> Language:
    """Russian for Russian and its neighbours' interfaces, English for everyone else who names a language."""
    base = code.lower().partition("-")[0]
    return Language.RUSSIAN if base in {"", "ru", "be", "uk", "kk", "ky", "uz", "tg"} else Language.ENGLISH


@transaction.atomic
def set_role(*, actor: Actor, user_id: UUID, role: Role) -> User:
    """Raises PermissionDenied, NotFound, InvalidInput (one's own role)."""
    require(actor, Capability.MANAGE_PEOPLE)
    if actor.user_id == user_id:
        raise InvalidInput.of("role", _("You cannot change your own role."))
    return _change(user_id, role=role)


@transaction.atomic
def set_team(*, actor: Actor, user_id: UUID, team_id: UUID | None) -> User:
    require(actor, Capability.MANAGE_PEOPLE)
    if team_id is not None and not Team.objects.filter(pk=team_id).exists():
        raise InvalidInput.of("team", _("There is no such team."))
    return _change(user_id, team_id=team_id)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What an administrator changes of a person. role None leaves it; `moves` says whether `team_id` counts."""

    role: Role | None = None
    moves: bool = False
    team_id: UUID | None = None


@transaction.atomic
def change_standing(*, actor: Actor, user_id: UUID, standing: Standing) -> User:
    """Role and team together, or neither. Raises as `set_role` and `set_team`."""
    require(actor, Capability.MANAGE_PEOPLE)
    if standing.moves:
        set_team(actor=actor, user_id=user_id, team_id=standing.team_id)
    if standing.role is not None:
        set_role(actor=actor, user_id=user_id, role=standing.role)
    user = User.objects.select_related("team").filter(pk=user_id).first()
    if user is None:
        raise NotFound
    return user


@transaction.atomic
def set_active(*, actor: Actor, user_id: UUID, is_active: bool, reason: str = "") -> User:
    """Ban a person (their sign-ins end at once) or let them in again. Of both is kept who, when and why.

    To ban somebody who is banned changes the reason only.
    Raises PermissionDenied, NotFound, InvalidInput (oneself; a reason that is too long).
    """
    require(actor, Capability.MANAGE_PEOPLE)
    if actor.user_id == user_id:
        raise InvalidInput.of("is_active", _("You cannot ban yourself."))
    text = clean_line(reason, field="ban_reason", limit=BAN_REASON_LIMIT) if reason.strip() else ""
    since = None if is_active else _keep_ban(actor, _lock(user_id), text)
    user = _change(user_id, is_active=is_active, ban_reason="" if is_active else text, banned_at=since)
    if is_active:
        ended = {"ended_at": clock.now(), "ended_by": actor.user_id, "end_reason": text}
        Ban.objects.filter(person=user, ended_at=None).update(**ended)
    else:
        sign_out_everywhere(user_id=user_id)
    return user


def _keep_ban(actor: Actor, person: User, reason: str) -> datetime:
    """Since when it holds."""
    begun = {"reason": reason, "began_at": clock.now(), "banned_by_id": actor.user_id}
    ban, _created = Ban.objects.update_or_create(
        person=person, ended_at=None, defaults={"reason": reason}, create_defaults=begun
    )
    return ban.began_at


@dataclass(frozen=True, kw_only=True)
class OwnChanges:
    """What a person changes of themselves; None leaves a thing as it is."""

    language: Language | None = None
    availability: Availability | None = None
    preferences: dict[str, bool] | None = None


@transaction.atomic
def change_oneself(*, actor: Actor, changes: OwnChanges) -> User:
    """Raises PermissionDenied (availability is for agents), NotFound (the desk itself has no such things)."""
    if changes.availability is not None:
        require(actor, Capability.WORK_TICKETS)
    values = {name: value for name, value in vars(changes).items() if value is not None}
    return _change(_self(actor), **values)


def normalise_phone(text: str) -> str:
    """As E.164 writes it, a plus and 7 to 15 digits; empty where it cannot be one."""
    digits = "".join(sign for sign in text if sign.isascii() and sign.isdecimal())
    return f"+{digits}" if _SHORTEST_PHONE <= len(digits) <= _LONGEST_PHONE else ""


@transaction.atomic
def keep_own_phone(*, actor: Actor, phone: str) -> User:
    """A phone of which Telegram says that it is this person's, as `normalise_phone` answers it. Raises NotFound."""
    return _change(_self(actor), phone=phone)


@transaction.atomic
def forget_own_phone(*, actor: Actor) -> User:
    """Raises NotFound."""
    return _change(_self(actor), phone="")


def _self(actor: Actor) -> UUID:
    if actor.user_id is None:
        raise NotFound
    return actor.user_id


def _lock(user_id: UUID) -> User:
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
    if user is None:
        raise NotFound
    return user


def _change(user_id: UUID, **values: object) -> User:
    user = _lock(user_id)
    for name, value in values.items():
        setattr(user, name, value)
    user.save(update_fields=[*values, "updated_at"])
    announce("person_changed", user=user.pk, fields=sorted(values))
    return user
