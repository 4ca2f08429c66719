"""Is the way to Telegram and back in order? One list of checks for the command, the admin, /health and run_bot.

`facts` are gathered first (`asking` from Telegram, `tables` from the database); each check is a pure function over
them (`checks`), and a finding is a code that is worded in the reader's language (`findings`).
"""
