"""Git and DVC: what a commit holds, and what is kept of it."""
