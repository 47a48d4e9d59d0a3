"""dbt's documentation of the models as one html file, built from the published models' descriptions."""

from __future__ import annotations

import shutil
from pathlib import Path

from pipelines.settings import read_settings
from pipelines.transform import run_dbt
from pipelines.warehouse import Folders


def write_docs(folders: Folders) -> Path:
    """Generates the documentation; the path of the one file.

    Errors:  TransformFailed when dbt cannot read the project.
    """
    run_dbt(folders, ["docs", "generate", "--static"], {})
    target = folders.data / "reports" / "models.html"
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copyfile(folders.dbt / "target" / "static_index.html", target)
    return target


if __name__ == "__main__":
    print(write_docs(Folders(read_settings().data_dir)))
