"""The texts that the Mini App's script puts together itself. All others stand in its templates.

Places are named in braces. A text that depends on a number has one form per plural category of `Intl.PluralRules`.
"""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat.staff_texts import staff_texts
from chat.text_forms import Text, plural
from tickets.models import AttachmentFailure, DeliveryReason, Priority, TicketStatus


def client_texts() -> dict[str, Text]:
    """All texts by key, in the active language."""
    return {
        **_status_texts(),
        **_chat_texts(),
        **_list_texts(),
        **staff_texts(),
        **_place_texts(),
        **_voice_texts(),
        **_photo_by_bot_texts(),
        **_error_texts(),
    }


def _status_texts() -> dict[str, Text]:
    return {
        "status_new": _("New"),
        "status_open": _("Open"),
        "status_pending": _("Waiting for customer"),
        "status_resolved": _("Resolved"),
        "status_closed": _("Closed"),
        # what the customer reads while the desk waits for an answer
        "status_pending_customer": TicketStatus.PENDING.said_to_customer,
        "status_new_customer": TicketStatus.NEW.said_to_customer,
        "status_open_customer": TicketStatus.OPEN.said_to_customer,
    }


def _chat_texts() -> dict[str, Text]:
    return {
        "typing_one": _("{name} is typing…"),
        "typing_note": _("{name} is writing a note…"),
        "typing_many": plural(lambda n: ngettext("{count} person is typing…", "{count} people are typing…", n)),
        "viewing": _("{name} is viewing this ticket"),
        "viewing_away": _("{name} has this ticket open, but looks elsewhere"),
        "online": _("online"),
        "rival": _("{name} is writing an answer…"),
        "conflict_title": _("{name} has answered meanwhile"),
        "you": _("You"),
        "support": _("Support"),
        "message_placeholder": _("Message"),
        "note_placeholder": _("Note"),
        "sending": _("Sending"),
        "queued_offline": _("Will be sent when you are online"),
        "uploading": _("Uploading {percent}%"),
        "sent": _("Sent"),
        "seen": _("Seen"),
        "failed": _("Not sent"),
        "delivery_queued": _("On its way to Telegram"),
        "delivery_sent": _("Delivered"),
        "delivery_failed": _("Not delivered to Telegram"),
        "delivery_blocked": _("Customer unreachable"),
        "delivery_ambiguous": _("Perhaps delivered twice: an answer of Telegram was lost"),
        **{f"file_{failure.value}": str(failure.label) for failure in AttachmentFailure},
        **{f"reason_{reason.value}": str(reason.label) for reason in DeliveryReason},
        "retried": _("It is being sent again."),
        "edited": _("edited"),
        "deleted": _("Message deleted"),
        "note_label": _("Note · only your team sees this"),
        "new_below": plural(lambda n: ngettext("{count} new message", "{count} new messages", n)),
        "jump_to_end": _("To the newest message"),
        "incoming": _("{name}: {text}"),
        "attachment": _("Attachment"),
        "photo": _("Photo"),
        "photo_from": _("Photo {name}"),
        "photo_unavailable": _("The photo could not be loaded"),
        "remove_file": _("Remove {name}"),
        "size_kb": _("{size} KB"),
        "size_mb": _("{size} MB"),
        "characters_over": plural(lambda n: ngettext("{count} character too many", "{count} characters too many", n)),
        "answering": _("Answer to {name}"),
        "earlier_message": _("An earlier message"),
        "editing": _("Editing the message"),
        "edit_left": _("Your change was not saved"),
        "copied": _("Copied"),
        "message_removed": _("The message is removed."),
        "remove_title": _("Remove the message for everyone?"),
        "remove_yes": _("Remove"),
        "reaction_of": plural(lambda n: ngettext("{emoji}, {count} person", "{emoji}, {count} people", n)),
        "photo_kind": _("Photo"),
        "video_kind": _("Video"),
        "voice_kind": _("Voice message"),
        "document_kind": _("File"),
        "sticker_kind": _("Sticker"),
        "location_kind": _("Location"),
        "contact_kind": _("Contact"),
        **_content_texts(),
    }


def _photo_by_bot_texts() -> dict[str, Text]:
    return {
        "photo_to_ticket": _("The chat with the bot opens. Send the photo there: it is added to ticket #{number}."),
        "photo_to_new": _(
            "The chat with the bot opens. Send the photo there with a few words: a ticket begins with it."
        ),
    }


def _content_texts() -> dict[str, Text]:
    return {
        "rating_of": _("{score} of 5"),
        "rating_thanks": _("Thank you!"),
        "video_note_kind": _("Round video"),
        "audio_kind": _("Audio"),
        "animation_kind": _("Animation"),
        "venue_kind": _("Place"),
        "poll_kind": _("Poll"),
        "dice_kind": _("Dice"),
        "story_kind": _("Story"),
        "other_kind": _("A message of another chat"),
        "in_another_chat": _("{name}, in another chat"),
        "unsupported_kind": _("This can only be seen in Telegram"),
        "automatic": _("Automatic message"),
        "forwarded": _("Forwarded message"),
        "forwarded_from": _("Forwarded from {name}"),
        "edited_after_answer": _("edited after the answer"),
        "spoiler": _("Hidden text: show it"),
        "file_pending": _("On its way from Telegram"),
        "file_failed": _("The file could not be fetched"),
        "play": _("Play"),
        "play_video": _("Play the video"),
        "pause": _("Stop playing"),
        "position_of": _("{now} of {all}"),
        "speed_of": _("Speed {speed}"),
        "media_failed": _("This cannot be played here. Try to download it."),
        "photo_count": _("{at} of {all}"),
        "reopen_hint": _("This is resolved. Write if it is not: the ticket opens again."),
        "closed_until": _("We are closed at the moment and back {moment}."),
        "closed_now": _("We are closed at the moment. Your message is kept, and we answer as soon as we are back."),
        "answer_minutes": plural(
            lambda n: ngettext(
                "We usually answer within {count} minute.", "We usually answer within {count} minutes.", n
            )
        ),
        "answer_hours": plural(
            lambda n: ngettext("We usually answer within {count} hour.", "We usually answer within {count} hours.", n)
        ),
        "answer_days": plural(
            lambda n: ngettext("We usually answer within {count} day.", "We usually answer within {count} days.", n)
        ),
    }


def _list_texts() -> dict[str, Text]:
    return {
        "draft": _("Draft:"),
        "unsent": _("Not sent:"),
        "unsent_in": _("Your message in {ticket} was not sent."),
        "reload_waits": _("The page comes anew once your files are up."),
        "unsent_new": _("Your new ticket was not sent."),
        "closed_with_nothing": _("This ticket is closed."),
        "closed_with_words": _("This ticket is closed. What you have written goes into a new one."),
        "closed_with_files": _("This ticket is closed. The files that you have picked go into a new one."),
        "closed_with_both": _("This ticket is closed. What you have written and picked goes into a new one."),
        "ticket_number": _("#{number}"),
        "unread": plural(lambda n: ngettext("{count} unread message", "{count} unread messages", n)),
        "tickets_unread": plural(lambda n: ngettext("{count} unread ticket", "{count} unread tickets", n)),
        "nobody": _("Nobody yet"),
        "assigned_you": _("Yours"),
        "took": _("The ticket is yours"),
        "assign_title": _("Who answers"),
        "away": _("Away"),
        "assigned_to": _("The ticket is with {name}"),
        "freed": _("The ticket has nobody now"),
        "saved": _("Saved"),
        "no_category": _("No category"),
        "undone": _("Taken back"),
        "faster": _("{name} was faster. Look at what has changed."),
        "faster_set": _("{name} set it to “{value}” {ago}."),
        "faster_merged": _("{name} merged it into {value} {ago}."),
        "faster_cleared": _("{name} cleared it {ago}."),
        "desk_itself": _("The desk"),
        "status_set": _("Status: {status}"),
        "status_title": _("Status of the ticket"),
        "send_and": _("Send, and set the ticket to"),
        "send_and_hint": _("Held down, it sends and sets a status"),
        "created": _("Your ticket has been created"),
        "draft_restored": _("Draft restored"),
        "draft_without_files": _("Draft restored, without its files: pick them again."),
        "already_created": _("This ticket had already been created"),
        "already_created_less": _("This ticket had already been created. What you changed stands below: send it too."),
        "category_meant": _("It is about “{name}”."),
        "empty_mine": _("No tickets are assigned to you. Take one from “Unassigned”."),
        "empty_unassigned": _("Every ticket has somebody. Well done."),
        "empty_waiting": _("Nobody waits for an answer."),
        "empty_all": _("There are no tickets yet."),
        **{f"priority_{priority.value}": str(priority.label) for priority in Priority},
        "news": plural(lambda n: ngettext("{count} new", "{count} new", n)),
        "offline": _("No connection. What you send will go out later."),
        "list_as_of": _("No connection: as of {when}"),
        "connecting": _("Connecting…"),
    }


def _place_texts() -> dict[str, Text]:
    return {"live_location_kind": _("Live location"), "place_as_of": _("as of {time}")}


def _voice_texts() -> dict[str, Text]:
    return {
        "voice_recording": _("Recording. Stop to listen to it before it is sent."),
        "voice_recorded": _("Recorded, {time}. Listen, delete or send it."),
        "voice_dropped": _("The recording was deleted."),
        "voice_longest": _("A voice message has at most {count} minutes."),
        "voice_refused": _("The microphone is not allowed. Allow it in the settings of Telegram or of the browser."),
        "voice_no_microphone": _("No microphone was found."),
        "voice_failed": _("The recording did not work. Please try again."),
    }


def _error_texts() -> dict[str, Text]:
    return {
        "message_wanted": _("Looking for the message…"),
        "message_not_found": _("This message was not found."),
        "error_not_copied": _("Copying does not work here. Select it and copy it by hand."),
        "error_network": _("No answer. Check the connection."),
        "incomplete": _("A part of this page has not loaded"),
        "error_unexpected": _("Something went wrong here. Try again in a moment."),
        "error_stale": _("A colleague has answered meanwhile. Yours was not sent."),
        "error_photo_lost": _(
            "The photo was lost when the page was closed. Delete this and pick it again, or send the text."
        ),
        "error_ticket_closed": _("This ticket is closed. A new one can say it."),
        "error_closed_for_staff": _("This ticket is closed. Once it is open again, this can be sent."),
        "error_saved_file_gone": _("A file of the saved reply is gone. Retry sends the rest."),
        "error_file_too_large": _("“{name}” is too large: files may have up to {size}."),
        "file_not_sent": _("“{name}” was not sent. {why}"),
        "send_file_again": _("Try to send {name} again"),
        "error_file_empty": _("“{name}” is empty."),
        "error_file_refused": _("“{name}” is a program: programs cannot be sent."),
        "error_too_many_files": plural(
            lambda n: ngettext("No more than {count} file per message.", "No more than {count} files per message.", n)
        ),
        "error_required_subject": _("Say in a few words what it is about."),
        "error_required_text": _("Describe what happened."),
        "error_required_category": _("Choose what it is about."),
    }
