"""Under rung `chat`: a reply, of which there is one at a time."""
