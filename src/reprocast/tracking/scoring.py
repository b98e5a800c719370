"""What `reprocast serve` runs: MLflow's own scoring server; importing it loads the model that is served."""

from mlflow.pyfunc.scoring_server.app import app as mlflow_app

from reprocast.tracking.client_faults import with_reasons

app = with_reasons(mlflow_app)
