"""Telling people what they should know: who (recipients), what (composing), how (channels), and their inbox."""
