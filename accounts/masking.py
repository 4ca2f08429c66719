"""Takes secrets out of text before it is logged or stored: tokens, initData, authorization headers, cookies."""

import re

_MASK = "***"
_PATTERNS = [
    # a bot's token (core.telegram.org/bots/api#authorizing-your-bot): keep the id, hide the key
    (re.compile(r"(?<!\d)(\d{6,12}):[A-Za-z0-9_-]{30,}"), rf"\1:{_MASK}"),
    # initData as a query string, plain or percent-encoded; it always carries auth_date and hash
    (re.compile(r"[\w%=&.+~-]*(?:auth_date)(?:=|%3D)[\w%=&.+~:-]*", re.IGNORECASE), f"initData={_MASK}"),
    (re.compile(r"(tgWebAppData(?:=|%3D))[^\s\"'&#]+", re.IGNORECASE), rf"\1{_MASK}"),
    (re.compile(r"(\bBearer\s+)[\w.~+/=-]+", re.IGNORECASE), rf"\1{_MASK}"),
    (
        re.compile(r"(\b(?:authorization|cookie|set-cookie)\\?[\"']?\s*[:=]\s*\\?[\"']?)[^\"'\\\n]+", re.I),
        rf"\1{_MASK}",
    ),
    (re.compile(r"([?&](?:token|ticket|init_data|code)=)[^\s&\"'#]+", re.IGNORECASE), rf"\1{_MASK}"),
    (
        re.compile(
            r"(\\?[\"'](?:init_data|access|refresh|token|files_token|socket_ticket|ticket_token|password|secret)\\?[\"']"
            r"\s*:\s*\\?[\"'])[^\"'\\]+",
            re.IGNORECASE,
        ),
        rf"\1{_MASK}",
    ),
    # a phone, as Telegram's updates and our own values name it
    (re.compile(r"(\bphone(?:_number)?\\?[\"']?\s*[:=]\s*\\?[\"']?)\+?\d[\d ()-]{4,}\d", re.IGNORECASE), rf"\1{_MASK}"),
    # a password inside a URL: postgres://user:password@host
    (re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s:/@\"']*:)[^\s/@\"']+(@)", re.IGNORECASE), rf"\1{_MASK}\2"),
    # a signed token of ours, wherever it stands (RFC 7519: three base64url parts, the first begins with {" )
    (re.compile(r"\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}"), _MASK),
]


def mask_secrets(text: str) -> str:
    """The same text with every secret that can be recognised replaced by three stars."""
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text
