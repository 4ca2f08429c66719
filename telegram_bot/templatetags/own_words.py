"""`{% own_words "closed" number=12 as own %}`: the desk's own words where it has some (telegram_bot.speech.wording)."""

from django import template

from telegram_bot.models import TextKey
from telegram_bot.speech.wording import find_words

register = template.Library()


@register.simple_tag
def own_words(key: str, **values: object) -> str:
    return find_words(TextKey(key), **values)
