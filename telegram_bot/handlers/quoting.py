"""What an agent's answer shows of other words. Telegram quotes whatever stands in the agent's chat: a note, a
colleague, another customer; and it tells whose words are forwarded. Of that nothing is meant for the customer who is
answered."""

from dataclasses import replace

from telegram_bot.handlers.contents import Content
from telegram_bot.handlers.routing import Route
from telegram_bot.incoming import Incoming
from tickets.selectors.tickets import get_message_for

_OF_OTHERS = {"quote", "external_reply"}


def quote_only_answered(incoming: Incoming, content: Content, route: Route) -> Content:
    """The content of an answer without words that do not stand in the message that is answered, and without whose they
    are where it is forwarded; the route leads to no message that the customer may not see."""
    tells = content.forwarded_from is not None or _OF_OTHERS & content.data.keys()
    if not tells or not _answers_another(incoming, route):
        return content
    kept = {name: value for name, value in content.data.items() if name not in _OF_OTHERS}
    quote = content.data.get("quote", "")
    if quote and route.reply_to is not None:
        answered = get_message_for(incoming.actor, route.reply_to)
        if quote in answered.text and not answered.internal:
            kept["quote"] = quote
    return replace(content, data=kept, forwarded_from=None)


def _answers_another(incoming: Incoming, route: Route) -> bool:
    """In a company's own account both read the same chat; an agent with a question of their own is a customer there."""
    if not incoming.actor.is_staff or incoming.chat.is_business:
        return False
    return incoming.chat.is_of_staff or (route.ticket is not None and route.ticket.customer_id != incoming.person.pk)
