"""What Telegram's words for a refusal mean."""

import pytest
from telegram.error import BadRequest

from telegram_bot.verdicts import Changed, Failed, judge


@pytest.mark.parametrize(
    "words",
    [
        "Bad Request: wrong file identifier/HTTP URL specified",
        "Bad Request: MEDIA_EMPTY",
        "Bad Request: FILE_REFERENCE_EXPIRED",
        "Bad Request: FILE_REFERENCE_0_INVALID",
        "Bad Request: invalid file_id",
        "Bad Request: wrong remote file identifier specified: Wrong padding length",
    ],
)
def test_an_id_whose_file_telegram_no_longer_has_is_sent_once_more_as_an_upload(words: str) -> None:
    assert judge(BadRequest(words)) == Changed(code="file_unknown", params={"@upload": True})


def test_a_message_that_is_gone_is_known_to_be_in_the_servers_own_words_too() -> None:
    verdict = judge(BadRequest("Bad Request: MESSAGE_ID_INVALID"))
    assert isinstance(verdict, Failed)
    assert verdict.code == "message_gone"
