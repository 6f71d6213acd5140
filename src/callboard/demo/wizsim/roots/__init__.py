"""Where a call enters: root queries and write calls, and the connections they answer with."""
