from dataclasses import replace

import pytest

from reprocast.evaluation.outcome import Outcome
from reprocast.evaluation.selection import Differences
from reprocast.evaluation.significance import Comparison
from reprocast.evaluation.skill_intervals import Skill
from reprocast.evaluation.verdict import result, verdict
from reprocast.evaluation.verdict_words import interval, listed, p_text


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
SKILLS = (Skill("gru", "har", 0.0086, -0.012, 0.031), Skill("gru", "naive", 0.196, 0.172, 0.215))
P_VALUES = {"gru": 1.0, "har": 0.4, "lstm": 0.2, "rnn": 0.01, "naive": 0.0}
COSTS = {
    "gru": {"parameters": 5185, "multiply_adds": 228_992, "optimiser_steps": 840},
    "lstm": {"parameters": 6433, "multiply_adds": 304_768, "optimiser_steps": 840},
    "rnn": {"parameters": 2689, "multiply_adds": 77_440, "optimiser_steps": 840},
    "har": {"parameters": 20, "multiply_adds": 48, "optimiser_steps": 0},
    "naive": {"parameters": 0, "multiply_adds": 0, "optimiser_steps": 0},
}


def outcome(**changes):
    tests = Differences(
        changes.pop("best_test", HAR),
        changes.pop("naive_test", NAIVE),
        changes.pop("pairs", ()),
        changes.pop("adjusted", ()),
    )
    said = Outcome(
        "gru", ("gru", "lstm", "rnn"), "har", "naive", "mae", 0.05, ERRORS, tests, least=90, skills=SKILLS,
        p_values=P_VALUES, costs=COSTS,
    )  # fmt: skip
    return replace(said, **changes)


def skill(value, low, high, against="har"):
    other = tuple(one for one in SKILLS if one.against != against)
    return (Skill("gru", against, value, low, high), *other)


def first(text):
    return text.split(". ")[0] + "."


def test_the_usual_case_reads_as_it_should():
    assert verdict(outcome(pairs=PAIRS, adjusted=(0.3, 0.3, 0.3))) == (
        "No winner: the GRU cannot be told from har, the best baseline, on 496 test "
        "origins; its MAE is 0.9 % "
        "lower (95 % interval 1.2 % higher to 3.1 % lower, p = 0.21), and about 900 more "
        "origins would be needed "
        "to tell. The GRU beats the naive forecast; its MAE is 19.6 % lower (95 % interval 17.2 to 21.5 %, "
        "p < 0.001). Not distinguishable as the best are GRU, har and LSTM (95 % "
        "confidence set; the other 2 are "
        "ruled out); har is the cheapest of them. The GRU has 5,185 parameters and takes "
        "228,992 multiply–adds a "
        "forecast, har 20 and 48. Both were chosen from 3 networks and 2 baselines on "
        "validation MAE, before the "
        "test was read."
    )


def test_a_network_that_beats_the_best_baseline_leads():
    test = comparison("gru", "har", -0.03, 0.002)
    text = verdict(
        outcome(best_test=test, skills=skill(0.052, 0.031, 0.07), p_values={"gru": 1.0, "har": 0.0})
    )
    assert first(text) == (
        "A network leads: the GRU beats har, the best baseline, on 496 test origins; its MAE is 5.2 % lower "
        "(95 % interval 3.1 to 7.0 %, p = 0.002)."
    )
    assert "needed" not in text
    assert "No network" not in text
    assert "The 95 % confidence set of the best models holds the GRU alone." in text


def test_a_network_does_not_lead_where_the_confidence_set_rules_it_out():
    """It beats the baseline that validation chose, but another model is better still."""
    test = comparison("gru", "har", -0.03, 0.002)
    text = verdict(outcome(best_test=test, p_values={"gru": 0.01, "rnn": 1.0, "har": 0.0}))
    assert text.startswith("The GRU beats har, the best baseline, on 496 test origins;")


def test_no_network_beats_the_baseline_is_said_first():
    errors = ERRORS | {"har": 0.55}
    test = comparison("gru", "har", 0.029, 0.0004)
    text = verdict(outcome(best_test=test, errors=errors, skills=skill(-0.053, -0.079, -0.026)))
    assert first(text) == (
        "No network beats the baseline: the GRU is worse than har, the best baseline, on "
        "496 test origins; its "
        "MAE is 5.3 % higher (95 % interval 2.6 to 7.9 %, p < 0.001)."
    )


def test_no_network_beats_the_baseline_is_said_even_where_the_difference_is_not_significant():
    said = outcome(
        best_test=comparison("gru", "har", 0.0, 1.0),
        errors=ERRORS | {"har": 0.579},
        skills=skill(0.0, -0.02, 0.02),
    )
    assert first(verdict(said)) == (
        "No network beats the baseline: the GRU cannot be told from har, the best "
        "baseline, on 496 test origins; "
        "its MAE is the same (95 % interval 2.0 % higher to 2.0 % lower, p = 1.00)."
    )


def test_that_none_beats_it_is_not_claimed_where_another_network_has_a_smaller_error():
    errors = ERRORS | {"har": 0.57, "rnn": 0.56}
    tied = verdict(outcome(best_test=comparison("gru", "har", 0.009, 0.3, needed=2000), errors=errors))
    assert tied.startswith("No winner: the GRU cannot be told from har")
    worse = verdict(outcome(best_test=comparison("gru", "har", 0.009, 0.01), errors=errors))
    assert worse.startswith("The baseline is not beaten: the GRU is worse than har")
    assert "No network" not in tied + worse


def test_where_naive_is_the_best_baseline_it_is_named_once():
    test = comparison("gru", "naive", 0.1, 0.0002)
    said = outcome(best="naive", best_test=test, naive_test=None, skills=skill(-0.158, -0.2, -0.1, "naive"))
    text = verdict(replace(said, errors=ERRORS | {"naive": 0.5}))
    assert first(text) == (
        "No network beats the baseline: the GRU is worse than the naive forecast, the "
        "best baseline, on 496 test "
        "origins; its MAE is 15.8 % higher (95 % interval 10.0 to 20.0 %, p < 0.001)."
    )
    assert "a forecast, the naive forecast 0 and 0." in text


def test_without_a_naive_baseline_nothing_is_said_about_it():
    said = outcome(naive=None, naive_test=None, errors={k: v for k, v in ERRORS.items() if k != "naive"})
    assert "naive" not in verdict(replace(said, p_values={"gru": 1.0, "har": 0.4}))
    assert "from har, the only baseline, on" in verdict(said)


def test_a_backtest_says_how_many_folds_its_origins_come_from_and_whether_it_was_refitted():
    assert "on 496 test origins in 3 folds, refitted for each; its" in verdict(outcome(folds=3))
    assert "on 496 test origins in 3 folds, fitted once; its" in verdict(outcome(folds=3, refit=False))


def test_with_one_cutoff_it_speaks_of_series():
    test, naive = (replace(one, origins=414) for one in (HAR, NAIVE))
    text = verdict(outcome(best_test=replace(test, origins_needed=710), naive_test=naive, unit="series"))
    assert "from har, the best baseline, across 414 series; its MAE" in text
    assert "about 300 more series would be needed to tell." in text
    assert "origin" not in text


@pytest.mark.parametrize(("unit", "said"), [("origin", "1 test origin is"), ("series", "4 series are")])
def test_too_few_are_admitted(unit, said):
    few = replace(HAR, p_value=None, statistic=None, error=None, origins=1 if unit == "origin" else 4)
    text = verdict(
        outcome(best_test=few, naive_test=replace(few, b="naive"), pairs=(few,), adjusted=(None,), unit=unit,
                skills=(Skill("gru", "har", 0.009, None, None),), p_values={})
    )  # fmt: skip
    assert text.startswith(
        f"Untested: {said} too few to tell the GRU from har, the best baseline (at least "
        "90); its MAE is 0.9 % lower."
    )
    assert not any(word in text for word in ("beats", "confidence", "p =", "interval"))


def test_few_origins_of_several_folds_are_admitted_as_well():
    few = replace(HAR, p_value=None, origins=12)
    text = verdict(outcome(best_test=few, naive_test=None, folds=4, p_values={}))
    assert text.startswith(
        "Untested: 12 test origins in 4 folds, refitted for each, are too few to tell the GRU"
    )


def test_a_confidence_set_of_all_rules_none_out_and_many_members_are_counted():
    every = verdict(outcome(p_values=dict.fromkeys(ERRORS, 0.5)))
    assert (
        "best are GRU, har, LSTM, naive and RNN (95 % confidence set; none is ruled out); naive is" in every
    )
    names = [f"m{n}" for n in range(8)]
    many = outcome(p_values=dict.fromkeys(names, 0.5), costs=None)
    assert "Not distinguishable as the best are 8 models (95 % confidence set" in verdict(many)


def test_a_cost_that_is_not_known_is_neither_told_nor_the_cheapest():
    costs = COSTS | {"har": {"parameters": None, "multiply_adds": None}}
    text = verdict(outcome(costs=costs))
    assert "multiply–adds a forecast" not in text
    assert "GRU is the cheapest of them" in text


def test_real_differences_among_networks_are_listed_and_the_rest_is_not_claimed():
    one = verdict(outcome(pairs=PAIRS, adjusted=(0.3, 0.012, 0.06)))
    assert "Pair by pair, GRU beats RNN (p = 0.012, Holm-adjusted). The GRU has" in one
    two = verdict(outcome(pairs=PAIRS, adjusted=(0.3, 0.012, 0.04)))
    assert "GRU beats RNN (p = 0.012, Holm-adjusted) and LSTM beats RNN (p = 0.040, Holm-adjusted)." in two
    only = verdict(outcome(pairs=(comparison("gru", "lstm", 0.2, 0.01),), adjusted=(0.01,)))
    assert "Pair by pair, LSTM beats GRU (p = 0.010)." in only
    many = verdict(outcome(pairs=PAIRS * 2, adjusted=(0.001,) * 5 + (0.9,)))
    assert "5 of the 6 pairs of networks differ (Holm-adjusted)." in many
    assert "Pair" not in verdict(outcome(pairs=PAIRS, adjusted=(0.3, 0.3, 0.3)))


@pytest.mark.parametrize(
    ("networks", "baselines", "ending"),
    [
        (
            ("gru", "lstm"),
            ("har", "naive"),
            "Both were chosen from 2 networks and 2 baselines on validation MAE,",
        ),
        (
            ("gru",),
            ("har", "naive"),
            "har was chosen from 2 baselines on validation MAE, before the test was read.",
        ),
        (
            ("gru", "lstm"),
            ("har",),
            "The GRU was chosen from 2 networks on validation MAE, before the test was read.",
        ),
        (("gru",), ("har",), "a forecast, har 20 and 48."),
    ],
)
def test_what_was_chosen_is_said_last(networks, baselines, ending):
    errors = {name: ERRORS[name] for name in (*networks, *baselines)}
    assert ending in verdict(outcome(networks=networks, errors=errors))[-105:]


def test_names_are_those_of_the_params_except_the_three_cells():
    errors = {"deep_gru": 0.5, "har": 0.6}
    test, p_values = comparison("deep_gru", "har", -0.1, 0.01), {"deep_gru": 0.01, "har": 1.0}
    said = outcome(chosen="deep_gru", networks=("deep_gru",), errors=errors, costs=None, naive_test=None,
                   best_test=test, p_values=p_values)  # fmt: skip
    assert verdict(said).startswith("deep_gru beats har, the only baseline, on 496 test origins;")


@pytest.mark.parametrize(
    ("needed", "said"),
    [
        (497, ", and about 1 more origin would be needed to tell."),
        (503, ", and about 7 more origins would be needed to tell."),
        (1_234, ", and about 740 more origins would be needed to tell."),
        (60_000, ", and about 60,000 more origins would be needed to tell."),
        (400_000, ", and more than 100,000 more origins would be needed to tell."),
        (None, ", and more than 100,000 more origins would be needed to tell."),
        (400, "."),
    ],
)
def test_how_many_more_origins_is_told_to_two_digits(needed, said):
    text = verdict(outcome(best_test=comparison("gru", "har", -0.005, 0.21, needed=needed)))
    assert f"p = 0.21){said} The GRU beats" in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "p < 0.001"), (0.00099, "p < 0.001"), (0.001, "p = 0.001"), (0.0123, "p = 0.012"),
        (0.0496, "p = 0.050"), (0.0996, "p = 0.10"), (0.214, "p = 0.21"), (1.0, "p = 1.00"),
    ],
)  # fmt: skip
def test_p_values_are_written_as_they_are_read(value, text):
    assert p_text(value) == text


@pytest.mark.parametrize(
    ("ends", "text"),
    [
        ((0.05, 0.03, 0.07), "3.0 to 7.0 %"), ((-0.05, -0.07, -0.03), "3.0 to 7.0 %"),
        ((0.01, -0.013, 0.034), "1.3 % higher to 3.4 % lower"),
        ((-0.01, -0.034, 0.0), "3.4 % higher to 0.0 % lower"),
    ],
)  # fmt: skip
def test_intervals_say_on_which_side_they_lie(ends, text):
    assert interval(*ends) == text


def test_lists_have_an_and():
    assert [listed(list("abc")[:n]) for n in (1, 2, 3)] == ["a", "a and b", "a, b and c"]


def test_a_result_depends_on_sign_and_level():
    assert result(comparison("a", "b", -1, 0.01), 0.01, 0.05) == "beats"
    assert result(comparison("a", "b", 1, 0.01), 0.01, 0.05) == "worse"
    assert result(comparison("a", "b", -1, 0.01), 0.01, 0.005) == "tied"
    assert result(comparison("a", "b", -1, None), None, 0.05) == "untested"
