"""What every update passes before its handler: who it is, whether they write too fast, and the line in the log."""
