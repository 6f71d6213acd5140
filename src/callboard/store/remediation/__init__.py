"""From seen to fixed: campaigns, messages, and how long findings wait."""
