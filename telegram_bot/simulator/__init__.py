"""A local Telegram: a Bot API server and a page that looks like a Telegram client.

It runs as its own process with its own files and imports nothing of the desk, so that stopping the desk never erases
"Telegram". The Bot API is served as tdlib/telegram-bot-api serves it: paths, parameters, answers and error texts.
"""
