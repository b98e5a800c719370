"""What `reprocast tune` does: searches that can be taken up again, and how they are told."""
