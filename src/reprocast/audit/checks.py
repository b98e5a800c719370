"""Every check, in the order of the pipeline: what moved first is found first."""

from reprocast.audit import (
    actions,
    answers,
    calendar,
    choosing,
    fitting,
    forecasting,
    learning,
    loading,
    pulling,
    scrambles,
    seeds,
    serving,
    spans,
)
from reprocast.audit.result import Check

CHECKS = (
    Check("source", "what the vintage holds after data.end does not show", pulling.after_the_end),
    Check("as of", "as of an instant, later rows, splits and dividends do not show", pulling.at_instants),
    Check("unfinished bar", "a bar shows only when it is over", pulling.in_session),
    Check("actions", "a later split leaves what networks see as it was", actions.common_factor),
    Check("calendar", "due times and calendar features depend on no value", calendar.known_ahead),
    Check(
        "scramble", "channels, windows, scalers and batches depend on nothing later", scrambles.after_instants
    ),
    Check("splits", "spans follow each other, purged and embargo apart; no window is lost", spans.in_order),
    Check("loader", "training sees training windows, each once an epoch, and no target", loading.each_once),
    Check("answers", "no input is the target by another name", answers.not_among_inputs),
    Check("baselines", "they learn from training windows only", fitting.from_training),
    Check("weights", "a network learns from training windows only", learning.learns_from_training),
    Check("early stopping", "it looks at validation, not at the test", learning.stops_on_validation),
    Check("forecasts", "up to an instant, nothing later moves them", forecasting.up_to_instants),
    Check("once", "each window is forecast once; none is dropped", forecasting.each_window_once),
    Check("seeds", "each seed's forecasts are its own network's; the mean is over all", seeds.each_its_own),
    Check("batches", "their size and order do not change a forecast", forecasting.alone_or_together),
    Check(
        "serving", "a forecast from what was there is the one that was scored", serving.from_what_was_there
    ),
    Check("selection", "test scores do not choose a model", choosing.before_the_test),
)
