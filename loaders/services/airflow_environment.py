"""How our Airflow is set up: everything it is told, as environment variables.

Goes in: the settings, the warehouse's address, the folder of deliveries. Comes out: an
environment in which no Airflow setting of the caller's survives, nothing listens beyond
loopback, nothing is sent home, and the secrets are ours and stay in a file of the owner's.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from pathlib import Path

from sqlalchemy import make_url

from loaders.settings import PROJECT, Settings

LOOPBACK = "127.0.0.1"
METADATA_SCHEMA = "airflow"


def airflow_environment(
    settings: Settings, dsn: str, deliveries: Path, port: int
) -> dict[str, str]:
    """The environment of every Airflow process; all of them get the same."""
    chosen = _chosen_options(settings, dsn, port)
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AIRFLOW", "_AIRFLOW"))
    }
    for (section, option), value in chosen.items():
        environment[f"AIRFLOW__{section}__{option}".upper()] = value
    # A proxy for the outside must not carry what the processes say to each other.
    around_proxy = ",".join(
        filter(None, [environment.get("NO_PROXY", ""), LOOPBACK, "localhost"])
    )
    return environment | {
        "AIRFLOW_HOME": str(settings.airflow_folder),
        "ONECARD_HOME": str(settings.home),
        "ONECARD_DSN": dsn,
        "ONECARD_DELIVERIES": str(deliveries),
        "NO_PROXY": around_proxy,
        "no_proxy": around_proxy,
        "PYTHONUTF8": "1",
        "DO_NOT_TRACK": "1",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "GX_ANALYTICS_ENABLED": "false",
        "SCARF_ANALYTICS": "false",
    }


def task_log_folder(settings: Settings) -> Path:
    """Where Airflow keeps the log of every task."""
    return settings.log_folder / "airflow" / "tasks"


def _chosen_options(settings: Settings, dsn: str, port: int) -> dict[tuple[str, str], str]:
    here = f"http://{LOOPBACK}:{port}"
    metadata = _metadata_address(dsn)
    secret = _secrets(settings.airflow_folder)
    return {
        ("core", "executor"): "LocalExecutor",
        ("core", "parallelism"): "3",
        ("core", "dags_folder"): str(PROJECT / "dags"),
        ("core", "load_examples"): "False",
        ("core", "default_timezone"): "Asia/Shanghai",
        # The default asks the name service who we are.
        ("core", "hostname_callable"): "socket.gethostname",
        ("core", "fernet_key"): secret["fernet_key"],
        ("core", "simple_auth_manager_all_admins"): "True",
        ("core", "execution_api_server_url"): f"{here}/execution/",
        ("database", "sql_alchemy_conn"): metadata,
        ("database", "sql_alchemy_conn_async"): metadata,
        ("database", "load_default_connections"): "False",
        ("api", "host"): LOOPBACK,
        ("api", "port"): str(port),
        ("api", "base_url"): here,
        ("api", "workers"): "1",
        ("api", "expose_config"): "False",
        ("api", "secret_key"): secret["secret_key"],
        ("api_auth", "jwt_secret"): secret["jwt_secret"],
        ("logging", "base_log_folder"): str(task_log_folder(settings)),
        ("logging", "dag_processor_child_process_log_directory"): str(
            settings.log_folder / "airflow" / "dag-files"
        ),
        ("logging", "colored_console_log"): "False",
        # How late a worker may notice that its task has ended.
        ("workers", "min_heartbeat_interval"): "1",
        ("scheduler", "enable_health_check"): "False",
        ("scheduler", "scheduler_idle_sleep_time"): "0.3",
        ("dag_processor", "parsing_processes"): "1",
        ("dag_processor", "min_file_process_interval"): "60",
        ("usage_data_collection", "enabled"): "False",
    }


def _metadata_address(dsn: str) -> str:
    url = make_url(dsn).set(drivername="postgresql+psycopg")
    given = url.query.get("options", "")
    options = f"{given} -csearch_path={METADATA_SCHEMA}".strip()
    return url.update_query_dict({"options": options}).render_as_string(hide_password=False)


def _secrets(folder: Path) -> dict[str, str]:
    file = folder / "secrets.json"
    if not file.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = {
            "fernet_key": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "jwt_secret": secrets.token_urlsafe(48),
            "secret_key": secrets.token_urlsafe(48),
        }
        draft = folder / "secrets.draft"
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(made), "ascii")
        draft.replace(file)
    kept: dict[str, str] = json.loads(file.read_text("ascii"))
    return kept
