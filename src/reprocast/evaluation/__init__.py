"""From forecast tables to scores, tests, a verdict, figures and a report."""
