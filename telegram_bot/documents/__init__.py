"""What is made only when it is sent, so that no table holds it: one's own data, the picture of the desk's work."""
