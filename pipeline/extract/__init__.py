"""From the bytes of a page to an article and its facts, or to a refusal with its name."""
