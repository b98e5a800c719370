"""What the command line does, one file a command; files, environment and clock are touched here."""
