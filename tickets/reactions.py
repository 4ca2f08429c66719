"""The signs that people react with: those that Telegram takes (ReactionTypeEmoji), without variation selectors."""

_VARIATION = "\ufe0f"
_JOINED = """
❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤\u200d🔥 🌚 🌭 💯 🤣
⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨\u200d💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅
🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷\u200d♂ 🤷 🤷\u200d♀ 😡
"""
REACTIONS = frozenset(_JOINED.split())


def find_reaction(emoji: str) -> str | None:
    """The sign as it is stored, however it was typed; None where Telegram would not take it."""
    plain = emoji.replace(_VARIATION, "").strip()
    return plain if plain in REACTIONS else None
