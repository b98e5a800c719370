"""What `reprocast new` writes: copies of this repository's files, kept equal by `make shipped`."""
