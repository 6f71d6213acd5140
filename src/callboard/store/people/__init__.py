"""Who is signed in, with which token, and what was done."""
