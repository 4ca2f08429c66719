"""What the bot says and the buttons below it, in the reader's language: nothing here knows a chat or a call."""
