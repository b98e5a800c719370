"""The only place that imports mlflow: live runs, sync with the outputs, models for MLflow."""
