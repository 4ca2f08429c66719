from telegram_bot.models.bot_lease import BotLease, ChannelFault
from telegram_bot.models.bot_text import BotText, TextKey
from telegram_bot.models.broadcast import Broadcast, BroadcastRecipient, BroadcastState, RecipientState
from telegram_bot.models.business import Approval, BusinessConnection, TicketChat
from telegram_bot.models.chat import Chat, Unreachable
from telegram_bot.models.erased_chat import ErasedChat
from telegram_bot.models.message_link import Direction, MessageLink
from telegram_bot.models.outgoing_call import CallState, OutgoingCall
from telegram_bot.models.staff_topic import StaffTopic
from telegram_bot.models.telegram_file import TelegramFile
from telegram_bot.models.ticket_card import TicketCard
from telegram_bot.models.ticket_topic import TicketTopic
from telegram_bot.models.update import Update, UpdateState

__all__ = [
    "Approval",
    "BotLease",
    "BotText",
    "Broadcast",
    "BroadcastRecipient",
    "BroadcastState",
    "BusinessConnection",
    "CallState",
    "ChannelFault",
    "Chat",
    "Direction",
    "ErasedChat",
    "MessageLink",
    "OutgoingCall",
    "RecipientState",
    "StaffTopic",
    "TelegramFile",
    "TextKey",
    "TicketCard",
    "TicketChat",
    "TicketTopic",
    "Unreachable",
    "Update",
    "UpdateState",
]
