"""What the bot does after it has understood: answers from the knowledge base. rasa-sdk only."""
