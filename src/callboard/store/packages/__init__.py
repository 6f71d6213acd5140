"""What components consist of, and what is known of those packages."""
