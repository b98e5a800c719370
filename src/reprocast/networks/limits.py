"""What counts as what in diagnostics, and what is warned of; needs no torch."""

MEMORY = 0.01
"""Share of the largest ‖∂loss/∂h‖ down to which a lag counts as remembered."""
FADED = 1e-6
"""Share of the largest ‖∂loss/∂h‖ below which a gradient counts as gone."""
SATURATED = 0.01
"""A gate closer than this to 0 or 1 is saturated: σ' = σ (1 − σ) lets less than 1 % of a gradient through."""
CONSTANT = 1e-6
"""A unit that differs by no more than this between the windows, at every step, is dead."""

GROWN = 100.0
"""Norm of a Jacobian product above which gradients explode."""
CLIPPED = 0.5
"""Share of training's steps whose gradient was clipped, above which clipping is the rule."""
DEAD = 0.1
"""Share of a layer's units that may be dead."""
SHUT = 0.5
"""Share of a gate's values that may be saturated."""

LIMITS = {
    "memory": MEMORY,
    "faded": FADED,
    "saturated": SATURATED,
    "constant": CONSTANT,
    "warn_growth": GROWN,
    "warn_clipped": CLIPPED,
    "warn_dead": DEAD,
    "warn_saturated": SHUT,
}
"""By the name they have in results/diagnostics."""
