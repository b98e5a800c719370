from dataclasses import replace

import pytest

from reprocast.evaluation.selection import Differences
from reprocast.evaluation.significance import Comparison
from reprocast.evaluation.verdict import Outcome, p_text, result, verdict


def comparison(a, b, difference, p_value, origins=496, needed=None):
    return Comparison(a, b, origins, difference, 0.01, 1.0, p_value, 8, "rectangular", needed)


NAIVE = comparison("gru", "naive", -0.14, 1e-6)
HAR = comparison("gru", "har", -0.005, 0.21, needed=1396)
PAIRS = (
    comparison("gru", "lstm", -0.01, 0.3),
    comparison("gru", "rnn", -0.02, 0.004),
    comparison("lstm", "rnn", -0.01, 0.02),
)
ERRORS = {"gru": 0.579, "lstm": 0.589, "rnn": 0.599, "har": 0.584, "naive": 0.72}


def outcome(**changes):
    tests = Differences(
        changes.pop("best_test", HAR),
        changes.pop("naive_test", NAIVE),
        changes.pop("pairs", ()),
        changes.pop("adjusted", ()),
    )
    said = Outcome("gru", ("gru", "lstm", "rnn"), "har", "naive", "mae", 0.05, ERRORS, tests)
    return replace(said, **changes)


def test_the_usual_case_reads_as_it_should():
    text = verdict(outcome(pairs=PAIRS, adjusted=(0.3, 0.3, 0.3)))
    assert text == (
        "The GRU has the best validation MAE of the 3 networks, har that of the 2 baselines. "
        "On 496 test origins it beats the naive forecast by 19.6 % (p < 0.001) and cannot be told from har "
        "(p = 0.21; about 900 more origins would be needed). "
        "GRU, LSTM and RNN cannot be told apart (smallest Holm-adjusted p = 0.30)."
    )


def test_a_backtest_says_how_many_folds_its_origins_come_from():
    text = verdict(outcome(folds=3))
    assert "On 496 test origins in 3 folds, refitted for each, it beats the naive forecast" in text


def test_beating_both_says_so_without_asking_for_more():
    text = verdict(outcome(best_test=comparison("gru", "har", -0.005, 0.012)))
    assert "it beats the naive forecast by 19.6 % (p < 0.001) and beats har by 0.9 % (p = 0.012)." in text
    assert "needed" not in text
    assert "No network" not in text


def test_a_worse_network_is_called_worse():
    errors = ERRORS | {"har": 0.55}
    text = verdict(outcome(best_test=comparison("gru", "har", 0.029, 0.0004), errors=errors))
    assert "(p < 0.001), but is worse than har by 5.3 % (p < 0.001)." in text
    assert "No network beats har: none has a smaller test MAE." in text


def test_a_tie_with_a_smaller_error_elsewhere_does_not_claim_that_none_beats():
    errors = ERRORS | {"har": 0.57, "rnn": 0.56}
    text = verdict(outcome(best_test=comparison("gru", "har", 0.009, 0.3, needed=2000), errors=errors))
    assert "cannot be told from har (p = 0.30" in text
    assert "No network" not in text


def test_no_network_beats_the_baseline_is_said_even_where_the_difference_is_not_significant():
    errors = ERRORS | {"har": 0.579}
    text = verdict(outcome(best_test=comparison("gru", "har", 0.0, 1.0), errors=errors))
    assert "cannot be told from har (p = 1.00). No network beats har: none has a smaller test MAE." in text


def test_where_naive_is_the_best_baseline_it_is_named_once():
    said = outcome(best="naive", best_test=comparison("gru", "naive", 0.1, 0.0002), naive_test=None)
    text = verdict(replace(said, errors=ERRORS | {"naive": 0.5}))
    assert "MAE of the 3 networks, the naive forecast that of the 2 baselines." in text
    assert "On 496 test origins it is worse than the naive forecast by 15.8 % (p < 0.001)." in text
    assert "No network beats the naive forecast: none has a smaller test MAE." in text


def test_without_a_naive_baseline_nothing_is_said_about_it():
    text = verdict(outcome(naive=None, naive_test=None))
    assert "naive" not in text
    assert "it cannot be told from har" in text


def test_one_network_and_one_baseline():
    test = comparison("gru", "har", -0.005, 0.21)
    said = outcome(best_test=test, naive=None, naive_test=None)
    text = verdict(replace(said, networks=("gru",), errors={"gru": 0.579, "har": 0.584}))
    assert text.startswith("The GRU is the only network; har is the only baseline. On 496 test origins it ")
    text = verdict(replace(said, networks=("gru",), errors={"gru": 0.5, "har": 0.6, "drift": 1.0}))
    assert text.startswith("The GRU is the only network; har has the best validation MAE of the 2 baselines.")
    text = verdict(replace(said, errors={"gru": 0.5, "lstm": 1.0, "rnn": 1.0, "har": 0.6}))
    assert text.startswith("The GRU has the best validation MAE of the 3 networks; har is the only baseline.")


def test_real_differences_among_networks_are_listed_and_the_rest_is_not_claimed():
    one = verdict(outcome(pairs=PAIRS, adjusted=(0.3, 0.012, 0.06)))
    assert one.endswith(
        "Among the networks GRU beats RNN (p = 0.012, Holm-adjusted); the other pairs cannot be told apart."
    )
    two = verdict(outcome(pairs=PAIRS, adjusted=(0.3, 0.012, 0.04)))
    assert two.endswith(
        "Among the networks GRU beats RNN (p = 0.012, Holm-adjusted) and LSTM beats RNN "
        "(p = 0.040, Holm-adjusted); the other pair cannot be told apart."
    )
    every = verdict(outcome(pairs=(comparison("gru", "lstm", 0.2, 0.01),), adjusted=(0.01,)))
    assert every.endswith("Among the networks LSTM beats GRU (p = 0.010).")


def test_two_networks_need_no_adjustment():
    text = verdict(outcome(pairs=PAIRS[:1], adjusted=(0.3,), networks=("gru", "lstm")))
    assert text.endswith("GRU and LSTM cannot be told apart (p = 0.30).")


def test_too_few_origins_are_admitted():
    few = replace(HAR, p_value=None, statistic=None, error=None, origins=1)
    text = verdict(outcome(best_test=few, naive_test=None, pairs=(few,), adjusted=(None,)))
    assert "On 1 test origin it cannot be tested against har (too few origins)." in text
    assert "told apart" not in text


def test_names_are_those_of_the_params_except_the_three_cells():
    errors = {"deep_gru": 0.5, "har": 0.6}
    test = comparison("deep_gru", "har", -0.1, 0.01)
    said = outcome(chosen="deep_gru", networks=("deep_gru",), errors=errors, best_test=test, naive_test=None)
    assert verdict(said).startswith("deep_gru is the only network;")


@pytest.mark.parametrize(
    ("needed", "said"),
    [
        (497, "; about 1 more origin would be needed"),
        (503, "; about 7 more origins would be needed"),
        (1_234, "; about 740 more origins would be needed"),
        (60_000, "; about 60,000 more origins would be needed"),
        (400_000, "; more than 100,000 more origins would be needed"),
        (None, "; more than 100,000 more origins would be needed"),
        (400, ""),
    ],
)
def test_how_many_more_origins_is_told_to_two_digits(needed, said):
    text = verdict(outcome(best_test=comparison("gru", "har", -0.005, 0.21, needed=needed)))
    assert f"har (p = 0.21{said})" in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "p < 0.001"), (0.00099, "p < 0.001"), (0.001, "p = 0.001"), (0.0123, "p = 0.012"),
        (0.0496, "p = 0.050"), (0.0996, "p = 0.10"), (0.214, "p = 0.21"), (1.0, "p = 1.00"),
    ],
)  # fmt: skip
def test_p_values_are_written_as_they_are_read(value, text):
    assert p_text(value) == text


def test_a_result_depends_on_sign_and_level():
    assert result(comparison("a", "b", -1, 0.01), 0.01, 0.05) == "beats"
    assert result(comparison("a", "b", 1, 0.01), 0.01, 0.05) == "worse"
    assert result(comparison("a", "b", -1, 0.01), 0.01, 0.005) == "tied"
    assert result(comparison("a", "b", -1, None), None, 0.05) == "untested"
