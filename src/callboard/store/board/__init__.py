"""What readers of the board see: lists, rows put together, pages and their numbers."""
