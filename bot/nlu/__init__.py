"""Understanding one message: language, tokens, treatments, red flags, intent."""
