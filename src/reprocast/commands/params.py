"""`reprocast params`: the checked, resolved parameters, or their JSON Schema."""

import json
from io import StringIO
from pathlib import Path

from ruamel.yaml import YAML

from reprocast.params.reading import read
from reprocast.params.root import Params


def resolved(path: Path) -> str:
    """The file with every default filled in, as YAML.

    Raises:
        NoInputError: no such file.
        ParamsError: what is wrong, a line for each fault.
    """
    stream = StringIO()
    yaml = YAML(typ="safe")
    yaml.default_flow_style = None
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.dump(json.loads(read(path, Params).model_dump_json()), stream)
    return stream.getvalue()


def schema_text() -> str:
    """The JSON Schema of params.yaml, for editors."""
    return json.dumps(Params.model_json_schema(), indent=1, ensure_ascii=False) + "\n"
