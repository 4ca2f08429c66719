"""The demo: people with fixed Telegram ids, categories, and tickets with a history."""
