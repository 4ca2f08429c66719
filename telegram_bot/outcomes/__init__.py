"""What became of a call: told to the help desk, and tried again when somebody asks for it."""
