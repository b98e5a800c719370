"""Great Expectations, imported in the one place where its reporting home is off and its warnings are kept in.

The import takes about 3 s, so only the stage that validates imports this.
"""

import os
import warnings

os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read once, when the library is imported

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it imports modules of the standard library that are on their way out
    import great_expectations as gx
    from great_expectations.core.expectation_validation_result import (
        ExpectationSuiteValidationResult,
        ExpectationValidationResult,
    )
    from great_expectations.core.run_identifier import RunIdentifier
    from great_expectations.data_context.types.base import ProgressBarsConfig
    from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
    from great_expectations.expectations.core.expect_column_pair_values_a_to_be_greater_than_b import (
        ExpectColumnPairValuesAToBeGreaterThanB,
    )
    from great_expectations.expectations.core.expect_column_to_exist import ExpectColumnToExist
    from great_expectations.expectations.core.expect_column_values_to_be_between import (
        ExpectColumnValuesToBeBetween,
    )
    from great_expectations.expectations.core.expect_column_values_to_be_in_type_list import (
        ExpectColumnValuesToBeInTypeList,
    )
    from great_expectations.expectations.core.expect_column_values_to_not_be_null import (
        ExpectColumnValuesToNotBeNull,
    )
    from great_expectations.expectations.expectation import BatchExpectation, Expectation
    from great_expectations.expectations.metadata_types import FailureSeverity
    from great_expectations.expectations.metrics.metric_provider import metric_value
    from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
    from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
    from great_expectations.render.view.view import DefaultJinjaPageView

__all__ = [
    "BatchExpectation",
    "DefaultJinjaPageView",
    "ExpectColumnPairValuesAToBeGreaterThanB",
    "ExpectColumnToExist",
    "ExpectColumnValuesToBeBetween",
    "ExpectColumnValuesToBeInTypeList",
    "ExpectColumnValuesToNotBeNull",
    "Expectation",
    "ExpectationSuiteValidationResult",
    "ExpectationValidationResult",
    "FailureSeverity",
    "PandasExecutionEngine",
    "ProgressBarsConfig",
    "RunIdentifier",
    "TableMetricProvider",
    "ValidationResultsPageRenderer",
    "gx",
    "metric_value",
]
