"""What each side of a conversation shows of its reactions."""

from tickets.models import Message


def staff_reaction(message: Message) -> str | None:
    """The one that stands for the desk: a bot gives one, so it is that of the last who reacted."""
    signs = [str(one["emoji"]) for one in message.reactions if one["side"] == "staff"]
    return signs[-1] if signs else None
