"""`reprocast drift`: have data or errors moved since the champion was chosen? Proposes, never promotes."""

from pathlib import Path

from reprocast.commands.decisions.champion_files import reigning_folder, scored_folder
from reprocast.commands.decisions.drift_evidence import evidence
from reprocast.commands.decisions.ledger_files import read_ledger
from reprocast.commands.decisions.outputs import Outputs
from reprocast.commands.report import DRIFT
from reprocast.commands.report import report as render
from reprocast.deterministic import canonical_json
from reprocast.errors import NoInputError
from reprocast.evaluation.drift.looking import Champion, report
from reprocast.evaluation.drift.report import DriftReport
from reprocast.params.operations import OPERATIONS, Operations
from reprocast.params.reading import read
from reprocast.registry.reign import reign
from reprocast.stages.publish import write_file
from reprocast.tasks.loading import load_model
from reprocast.tracking.drift_run import record

PAGE = Path("reports/report.html")


def drift(root: Path) -> DriftReport:
    """Looks for drift in the project at `root`; writes reports/drift.json, the report, and MLflow metrics.

    Raises:
        NoInputError: there is no champion yet, or no validated panel.
        DataError: the champion's files are not whole, or it cannot forecast this panel.
        UnavailableError: the registry cannot be reached.
    """
    found = looked(root)
    write_file(root / DRIFT, canonical_json(found.model_dump(mode="json")))
    record(root, found)
    if (root / PAGE).is_file():
        render(root)
    return found


def looked(root: Path) -> DriftReport:
    """The same, and nothing is written; raises like `drift`."""
    now = reign(read_ledger(root))
    if now is None:
        raise NoInputError("drift: there is no champion yet; run `reprocast promote`")
    outputs, path = Outputs(root), root / OPERATIONS
    policy = (read(path, Operations) if path.exists() else Operations()).drift
    model = load_model(reigning_folder(root, now.champion))
    of = now.champion.refit_of
    scored = None if of is None else load_model(scored_folder(root, of))
    found, confirmed = evidence(model, outputs.panel(), now.since, now.confirmed, scored)
    champion = Champion(now.champion.model, now.champion.fingerprint, now.since)
    return report(champion, found, confirmed, policy, outputs.raw["end"])
