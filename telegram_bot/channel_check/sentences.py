"""The words of each finding, by its code; marked here, translated where they are said."""

from dataclasses import dataclass

from django.utils.translation import gettext_noop

_LOOK_AT_LOG = gettext_noop("Look at the log of run_bot.")
_SET_CLOCK = gettext_noop("Set the clock, best by NTP (timedatectl set-ntp true).")


@dataclass(frozen=True, kw_only=True)
class Sentences:
    """right: what is said where it is as it should be; wrong: where it is not, and cure what to do then."""

    right: str
    wrong: str = ""
    cure: str = ""


SENTENCES = {
    "telegram": Sentences(
        right=gettext_noop("The token belongs to @%(username)s"),
        wrong=gettext_noop("Telegram does not answer"),
        cure=gettext_noop("Is TELEGRAM_API_URL (%(address)s) reachable from this machine?"),
    ),
    "unanswered": Sentences(
        right=gettext_noop("Telegram answered all questions"),
        wrong=gettext_noop("Telegram left questions unanswered, so not all could be looked at: %(methods)s"),
        cure=gettext_noop("Look again in a minute."),
    ),
    "token": Sentences(
        right=gettext_noop("Telegram knows the token"),
        wrong=gettext_noop("Telegram does not know the token"),
        cure=gettext_noop("Ask @BotFather for the token and set TELEGRAM_BOT_TOKEN."),
    ),
    "no_token": Sentences(
        right=gettext_noop("A token is set"),
        wrong=gettext_noop("No token of a bot is set"),
        cure=gettext_noop("Ask @BotFather for the token and set TELEGRAM_BOT_TOKEN."),
    ),
    "clock": Sentences(
        right=gettext_noop("This machine's clock agrees with Telegram's"),
        wrong=gettext_noop("This machine's clock is %(seconds)d s ahead of Telegram's: people cannot sign in"),
        cure=_SET_CLOCK,
    ),
    "clock_behind": Sentences(
        right=gettext_noop("This machine's clock agrees with Telegram's"),
        wrong=gettext_noop("This machine's clock is %(seconds)d s behind Telegram's: people cannot sign in"),
        cure=_SET_CLOCK,
    ),
    "webhook_address": Sentences(
        right=gettext_noop("The webhook leads to this desk"),
        wrong=gettext_noop("The webhook does not lead to this desk: %(url)s"),
        cure=gettext_noop("Run manage.py set_webhook; a run_bot that works does it within minutes."),
    ),
    "webhook_in_the_way": Sentences(
        right=gettext_noop("No webhook is in the way of polling"),
        wrong=gettext_noop("A webhook is set, so nothing can be fetched: %(url)s"),
        cure=gettext_noop("Run manage.py set_webhook --delete, or set TELEGRAM_MODE=webhook."),
    ),
    "update_kinds": Sentences(
        right=gettext_noop("Telegram brings all kinds of updates that the desk handles"),
        wrong=gettext_noop("Telegram does not bring these kinds of updates: %(kinds)s"),
        cure=gettext_noop("Run manage.py set_webhook, or restart run_bot where it polls."),
    ),
    "webhook_delivery": Sentences(
        right=gettext_noop("Telegram brings updates without trouble"),
        wrong=gettext_noop("Telegram could not bring an update (%(minutes)d min ago): %(error)s"),
        cure=gettext_noop("Is PUBLIC_URL reachable from the internet, with a valid certificate and its whole chain?"),
    ),
    "webhook_round_trip": Sentences(
        right=gettext_noop("The webhook answers at its public address (%(milliseconds)d ms)"),
        wrong=gettext_noop("The webhook does not answer at its public address: %(error)s"),
        cure=gettext_noop(
            "Does PUBLIC_URL lead to the web process, with /telegram/webhook/ and POST let through? Where this machine"
            " alone cannot reach its own address, Telegram still may."
        ),
    ),
    "webhook_secret": Sentences(
        right=gettext_noop("The webhook's secret arrives"),
        wrong=gettext_noop("The webhook refuses its own secret (%(error)s)"),
        cure=gettext_noop(
            "Let the proxy pass the header X-Telegram-Bot-Api-Secret-Token, and give all processes the same"
            " TELEGRAM_WEBHOOK_SECRET."
        ),
    ),
    "certificate": Sentences(
        right=gettext_noop("The certificate of %(host)s is accepted"),
        wrong=gettext_noop("The certificate of %(host)s is not accepted: %(error)s"),
        cure=gettext_noop("Give the web server a certificate of a known authority, such as Let's Encrypt."),
    ),
    "certificate_name": Sentences(
        right=gettext_noop("The certificate of %(host)s is accepted"),
        wrong=gettext_noop("The certificate is not for %(host)s: %(error)s"),
        cure=gettext_noop("Get a certificate for the name in PUBLIC_URL, or set PUBLIC_URL to a name that it is for."),
    ),
    "certificate_expired": Sentences(
        right=gettext_noop("The certificate of %(host)s is accepted"),
        wrong=gettext_noop("The certificate of %(host)s has expired"),
        cure=gettext_noop("Renew it and reload the web server; see why that did not happen by itself."),
    ),
    "certificate_chain": Sentences(
        right=gettext_noop("The certificate of %(host)s is accepted"),
        wrong=gettext_noop("The certificate of %(host)s comes without its chain, or from nobody known: %(error)s"),
        cure=gettext_noop("Have the web server send the whole chain (fullchain.pem), from a known authority."),
    ),
    "certificate_end": Sentences(
        right=gettext_noop("The certificate of %(host)s holds for another %(days)d d"),
        wrong=gettext_noop("The certificate of %(host)s ends in %(days)d d"),
        cure=gettext_noop("Renew it: its automatic renewal should have happened by now."),
    ),
    "pending": Sentences(
        right=gettext_noop("Updates that wait at Telegram: %(count)d"),
        wrong=gettext_noop("Too many updates wait at Telegram: %(count)d"),
        cure=gettext_noop("Is run_bot running? Look at its log."),
    ),
    "mini_app_address": Sentences(
        right=gettext_noop("Telegram can open the Mini App's address"),
        wrong=gettext_noop("Telegram cannot open the Mini App: its address is not https"),
        cure=gettext_noop("Give PUBLIC_URL an https address: Telegram opens no other Mini App."),
    ),
    "mini_app_page": Sentences(
        right=gettext_noop("The Mini App's page answers at its public address"),
        wrong=gettext_noop("The Mini App's page does not answer at its public address: %(error)s"),
        cure=gettext_noop("Is the web process running, and does PUBLIC_URL lead to it with a valid certificate?"),
    ),
    "menu_button": Sentences(
        right=gettext_noop("The menu button opens the Mini App"),
        wrong=gettext_noop("The menu button does not open the Mini App"),
        cure=gettext_noop("Restart run_bot: it sets the menu button when it begins."),
    ),
    "commands": Sentences(
        right=gettext_noop("The bot's commands are registered"),
        wrong=gettext_noop("The bot's commands are not registered, or old: %(languages)s"),
        cure=gettext_noop("Restart run_bot: it registers the commands when it begins."),
    ),
    "staff_group": Sentences(
        right=gettext_noop("The bot is in the staff's group"),
        wrong=gettext_noop("The bot does not see the staff's group (%(chat)d)"),
        cure=gettext_noop("Add the bot to the group, and set TELEGRAM_STAFF_CHAT_ID to the group's number."),
    ),
    "staff_kind": Sentences(
        right=gettext_noop("The bot is in the staff's group"),
        wrong=gettext_noop("The staff's chat is no group (%(chat)d): whoever reads it reads every ticket"),
        cure=gettext_noop("Set TELEGRAM_STAFF_CHAT_ID to the number of a group, which is negative."),
    ),
    "staff_forum": Sentences(
        right=gettext_noop("The staff's group has topics"),
        wrong=gettext_noop("The staff's group has no topics"),
        cure=gettext_noop("Switch on Topics in the group's settings."),
    ),
    "staff_admin": Sentences(
        right=gettext_noop("The bot is an administrator of the staff's group"),
        wrong=gettext_noop(
            "The bot is no administrator of the staff's group, so it does not see what is written there"
        ),
        cure=gettext_noop("Make the bot an administrator of the group."),
    ),
    "staff_topics": Sentences(
        right=gettext_noop("The bot may manage topics in the staff's group"),
        wrong=gettext_noop("The bot may not manage topics in the staff's group"),
        cure=gettext_noop("Give the bot the right “Manage topics” in the group."),
    ),
    "staff_removal": Sentences(
        right=gettext_noop("The bot may delete messages in the staff's group"),
        wrong=gettext_noop(
            "The bot may not delete messages in the staff's group: what stands there of erased people remains"
        ),
        cure=gettext_noop("Give the bot the right “Delete messages” in the group."),
    ),
    "staff_waiting": Sentences(
        right=gettext_noop("The staff's group takes what the bot writes"),
        wrong=gettext_noop("The staff's group takes nothing from the bot; so much waits for it: %(count)d"),
        cure=gettext_noop(
            "Have the bot in the group, as an administrator or a member who may write. What waits comes by itself then,"
            " after two days no more."
        ),
    ),
    "staff_removals_waiting": Sentences(
        right=gettext_noop("Nothing is left in the staff's group that the bot is to delete"),
        wrong=gettext_noop("The bot is to delete messages or topics in the staff's group and may not: %(count)d"),
        cure=gettext_noop(
            "Give the bot the right “Delete messages” in the group. What is to go goes at once then, after two days no"
            " more: the group is told what somebody has to delete by hand."
        ),
    ),
    "files": Sentences(
        right=gettext_noop("Files by %(server)s: up to %(megabytes)d MB from customers, up to 50 MB to them"),
        wrong=gettext_noop(
            "The Bot API server is one of your own (%(server)s); files from customers are taken up to %(megabytes)d MB"
        ),
        cure=gettext_noop("For files up to 2000 MB start it with --local, and set TELEGRAM_FILES_DIR to its folder."),
    ),
    "files_folder": Sentences(
        right=gettext_noop("The Bot API server's files can be read in %(folder)s"),
        wrong=gettext_noop("The Bot API server's files cannot be read in %(folder)s"),
        cure=gettext_noop("Mount the server's folder there, under the same path, so that the desk may read it."),
    ),
    "topics": Sentences(
        right=gettext_noop("Topics in private chats are switched on for the bot"),
        wrong=gettext_noop("Topics in private chats are switched off for the bot"),
        cure=gettext_noop("Nothing needs them; @BotFather, Bot Settings, Threaded Mode switches them on."),
    ),
    "served": Sentences(
        right=gettext_noop("A run_bot works for this bot"),
        wrong=gettext_noop("No run_bot works for this bot"),
        cure=gettext_noop("Start manage.py run_bot."),
    ),
    "channel": Sentences(right=gettext_noop("run_bot reports no trouble with Telegram"), cure=_LOOK_AT_LOG),
    "webhook_stable": Sentences(
        right=gettext_noop("Nobody else changes the webhook"),
        wrong=gettext_noop("Somebody else changes the webhook; so often run_bot has set it again: %(count)d"),
        cure=gettext_noop("Stop the other program, or give it a bot of its own."),
    ),
    "inbox_waiting": Sentences(
        right=gettext_noop("No update waits too long to be handled"),
        wrong=gettext_noop("Updates that have waited too long: %(count)d"),
        cure=_LOOK_AT_LOG,
    ),
    "inbox_dead": Sentences(
        right=gettext_noop("No update was given up"),
        wrong=gettext_noop("Updates that were given up: %(count)d"),
        cure=gettext_noop("See the inbox in the admin."),
    ),
    "outbox_late": Sentences(
        right=gettext_noop("No call waits too long to be made"),
        wrong=gettext_noop("Calls that have waited too long: %(count)d"),
        cure=gettext_noop("See the outbox in the admin."),
    ),
    "other_bots": Sentences(
        right=gettext_noop("Nothing is left to a bot that the desk had before"),
        wrong=gettext_noop("Calls and updates that are left to a bot that the desk had before: %(count)d"),
        cure=gettext_noop(
            "Set its token again and let run_bot end them, or, where that bot is no more, run manage.py"
            " settle_former_bots. Restart every process after a change of the token: one with the former token goes on"
            " owing to the former bot."
        ),
    ),
    "left_without_token": Sentences(
        right=gettext_noop("Nothing waits for a bot"),
        wrong=gettext_noop("Calls and updates that wait for the bot whose token was set before: %(count)d"),
        cure=gettext_noop("Set its token again. Once another bot's is set, manage.py settle_former_bots can end them."),
    ),
    "accounts_waiting": Sentences(
        right=gettext_noop("No Telegram account waits to be approved as the company's own"),
        wrong=gettext_noop("Telegram accounts that were connected to the bot and wait to be approved: %(count)d"),
        cure=gettext_noop("Approve or refuse them in the admin, under connected accounts."),
    ),
    "probe": Sentences(
        right=gettext_noop("A message to the chat arrived and was deleted again, within %(milliseconds)d ms"),
        wrong=gettext_noop("A message to the chat did not arrive: %(error)s"),
        cure=gettext_noop("The person must have started the bot and not have blocked it."),
    ),
}
