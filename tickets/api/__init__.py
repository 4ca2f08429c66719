"""The REST door: views parse, call one service or selector, and answer with a picture."""
