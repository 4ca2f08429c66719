"""Texts and their entities, counted in UTF-16 code units as Telegram counts them."""
