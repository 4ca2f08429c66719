from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.identifiers import new_id


class Role(models.TextChoices):
    """Ordered: each role may do all that the ones before it may."""

    CUSTOMER = "customer", _("Customer")
    AGENT = "agent", _("Agent")
    MANAGER = "manager", _("Manager")
    ADMIN = "admin", _("Administrator")

    @property
    def rank(self) -> int:
        return list(type(self)).index(self)

    def includes(self, lowest: "Role") -> bool:
        return self.rank >= lowest.rank


class Language(models.TextChoices):
    RUSSIAN = "ru", _("Russian")
    ENGLISH = "en", _("English")


class Availability(models.TextChoices):
    AVAILABLE = "available", _("Available")
    AWAY = "away", _("Away")


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(login=username)

    async def aget_by_natural_key(self, username: str | None) -> "User":
        return await self.aget(login=username)


class User(AbstractBaseUser):
    """A person. The numeric Telegram id is the only Telegram identity; names and usernames change hands."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    telegram_id = models.BigIntegerField(_("Telegram id"), unique=True, null=True, blank=True)
    username = models.CharField(_("Telegram username"), max_length=64, blank=True)
    phone = models.CharField(
        _("phone"), max_length=16, blank=True, help_text=_("Given in Telegram, which says whose it is.")
    )
    first_name = models.CharField(_("first name"), max_length=128, blank=True)
    last_name = models.CharField(_("last name"), max_length=128, blank=True)
    login = models.CharField(
        _("admin sign-in"),
        max_length=64,
        unique=True,
        null=True,
        blank=True,
        help_text=_("Only for people who sign in to the admin with a password."),
    )
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.CUSTOMER)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.RUSSIAN)
    availability = models.CharField(
        _("availability"), max_length=10, choices=Availability.choices, default=Availability.AVAILABLE
    )
    team = models.ForeignKey(
        "accounts.Team", models.SET_NULL, null=True, blank=True, related_name="members", verbose_name=_("team")
    )
    preferences = models.JSONField(_("preferences"), default=dict, blank=True)
    is_active = models.BooleanField(_("active"), default=True, help_text=_("Off: this person is banned."))
    ban_reason = models.CharField(
        _("reason of the ban"), max_length=200, blank=True, help_text=_("Colleagues read it; the person does not.")
    )
    banned_at = models.DateTimeField(_("banned"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)
    last_seen_at = models.DateTimeField(_("last seen"), null=True, blank=True)
    erased_at = models.DateTimeField(_("personal data erased"), null=True, editable=False)
    admin_sign_in = models.CharField(max_length=16, blank=True, editable=False)  # changed to end all admin sessions

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["first_name", "last_name", "id"]
        indexes = [
            models.Index(fields=["role", "team", "availability"], name="user_queue"),
            models.Index(fields=["erased_at"], name="user_erased", condition=models.Q(erased_at__isnull=False)),
            *(
                GinIndex(OpClass(Upper(name), name="gin_trgm_ops"), name=f"user_{name}")
                for name in ("first_name", "last_name", "username")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What others see: the Telegram name, else the sign-in, else the number."""
        full = f"{self.first_name} {self.last_name}".strip()
        return full or self.login or (f"#{self.telegram_id}" if self.telegram_id else "—")

    def has_role(self, lowest: Role) -> bool:
        return Role(self.role).includes(lowest)

    def has_usable_password(self) -> bool:
        """People who came by Telegram have none at all, which Django alone would call usable."""
        return bool(self.password) and super().has_usable_password()

    def get_session_auth_hash(self) -> str:
        """What a session of the admin must carry: it changes with the password and when everything is signed out."""
        return salted_hmac("accounts.session", self.password + self.admin_sign_in, algorithm="sha256").hexdigest()

    # What Django's admin asks. Agents work in the Mini App and are not staff here.
    @property
    def is_staff(self) -> bool:
        return self.is_active and self.has_role(Role.MANAGER)

    @property
    def is_superuser(self) -> bool:
        return self.is_active and self.has_role(Role.ADMIN)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Managers run the back office of `accounts` and `tickets`; the rest of the admin is the administrator's."""
        return self.is_superuser or (self.is_staff and perm.partition(".")[0] in {"accounts", "tickets"})

    def has_perms(self, perms: list[str], obj: Any = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:
        return self.has_perm(f"{app_label}.view")

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.first_name or self.name
