"""Two simulated weeks of production: the market, the forge, and the machine that runs the workflows."""
