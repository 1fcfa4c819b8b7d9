# SPDX-License-Identifier: Apache-2.0
"""`tenon serve`, as SageMaker starts it, but on this machine's loopback only."""

from .server import Server, folder_of


class ServedContainer(Server):
    """Everything is said by variables; `run_arguments` names the one that says what is served."""

    def __init__(self, target, variables=None, run_arguments="TENON_RUN_ARGS", words=""):
        more = {
            run_arguments: f"{target} --app-dir '{folder_of(target)}' {words}",
            "TENON_HOST": "127.0.0.1",
            "TENON_PORT": "0",
            **(variables or {}),
        }
        super().__init__(target, more_environment={k: v for k, v in more.items() if v is not None})

    def command(self, target, words):
        return ["serve"]
