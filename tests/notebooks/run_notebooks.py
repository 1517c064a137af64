"""Executes the notebooks on stores that the built program makes, in a folder that goes again: every assertion in a cell is a test.

run_notebooks.py SOURCE_DIR PROGRAM. Ends with 77, which CTest takes for "skipped", where pandas, matplotlib or nbconvert are missing; but under CI
that is a failure."""

import importlib.util
import os
import pathlib
import subprocess
import sys
import tempfile

DEBIAN_PYTHON = "/usr/bin/python3"
NEEDED = {"pandas": "python3-pandas", "matplotlib": "python3-matplotlib", "nbconvert": "jupyter-nbconvert", "ipykernel": "python3-ipykernel"}


def main():
    source, program = pathlib.Path(sys.argv[1]), sys.argv[2]
    missing = [package for module, package in NEEDED.items() if importlib.util.find_spec(module) is None]
    if missing and sys.executable != DEBIAN_PYTHON and os.path.exists(DEBIAN_PYTHON):
        os.execv(DEBIAN_PYTHON, [DEBIAN_PYTHON, *sys.argv])  # the packages belong to it, whatever comes first in the PATH
    if missing:
        print("not installed:", ", ".join(missing))
        sys.exit(1 if os.environ.get("CI") == "true" else 77)
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ, HEADROOM=program, HEADROOM_STORES=folder, JUPYTER_RUNTIME_DIR=folder, IPYTHONDIR=folder)
        subprocess.run(["sh", "notebooks/make_stores.sh", folder], cwd=source, env=environment, check=True)
        notebooks = sorted((source / "notebooks").glob("*.ipynb"))
        assert len(notebooks) >= 2, notebooks
        for notebook in notebooks:
            subprocess.run([sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--output-dir", folder, str(notebook)], env=environment, check=True)
            print(notebook.name, "was executed, and every assertion in it holds")


main()
