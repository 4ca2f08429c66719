from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


_UNTIL = _("00:00 is the end of the day.")


class WorkingTime(models.Model):
    """A time of the week in which the desk answers. Without any it answers around the clock."""

    weekday = models.PositiveSmallIntegerField(_("day"), choices=Weekday.choices)
    opens = models.TimeField(_("from"))
    closes = models.TimeField(_("until"), help_text=_UNTIL)

    class Meta:
        verbose_name = _("working time")
        verbose_name_plural = _("working hours")
        ordering = ["weekday", "opens"]
        constraints = [
            models.CheckConstraint(
                name="working_time_has_length", condition=Q(closes__gt=F("opens")) | Q(closes="00:00")
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


class SpecialDay(models.Model):
    """A holiday, or a day with other hours than its weekday."""

    date = models.DateField(_("date"), unique=True)
    name = models.CharField(_("name"), max_length=80, blank=True)
    opens = models.TimeField(_("from"), null=True, blank=True, help_text=_("Empty: closed all day."))
    closes = models.TimeField(_("until"), null=True, blank=True, help_text=_UNTIL)

    class Meta:
        verbose_name = _("special day")
        verbose_name_plural = _("holidays and special days")
        ordering = ["date"]
        constraints = [
            models.CheckConstraint(
                name="special_day_has_length",
                condition=Q(opens=None, closes=None)
                | (Q(opens__isnull=False, closes__isnull=False) & (Q(closes__gt=F("opens")) | Q(closes="00:00"))),
            )
        ]

    def __str__(self) -> str:
        return f"{self.date:%d.%m.%Y} {self.name}".strip()
