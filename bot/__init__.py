"""Everything that imports rasa or faces a person: channels, understanding, transcript, console."""
