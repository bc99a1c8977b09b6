"""`python -m bot serve`: the bot's web server, with our channels and nothing else open.

Stands around steps 1 to 9 of the message path: it holds the model and receives every message.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import warnings
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from sanic import Sanic
from sanic.exceptions import SanicException, ServiceUnavailable
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import health
from bot.channels.web_errors import ChatError, reply_error
from bot.model_files import NoModel, newest_model
from bot.run import PortTaken, check_port
from bot.settings import ROOT, SettingError, Settings
from knowledge.loader import shared

logger = logging.getLogger(__name__)
LARGEST_REQUEST = 4 * 1024 * 1024  # bytes; a webhook of WhatsApp may have 3 MB
SHUTDOWN_SECONDS = 10.0


def create_app(channels: Sequence[Any], settings: Settings) -> Sanic:
    """The server without an agent. Rasa's own root page, HTTP API and CORS are left out."""
    from rasa.core.channels.channel import register

    app = Sanic("polyclinic", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = LARGEST_REQUEST
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = SHUTDOWN_SECONDS
    app.config.KEEP_ALIVE_TIMEOUT = 75  # longer than a proxy in front keeps its side open
    app.config.ACCESS_LOG = False  # addresses of patients are not written down
    app.config.AUTO_EXTEND = False
    register(list(channels), app, route="/webhooks/")
    health.add_routes(app, settings)
    app.error_handler.add(Exception, answer_error)
    return app


def answer_error(request: Request, error: Exception) -> HTTPResponse:
    """What no channel answered: an unknown path, a broken request, a fault of ours."""
    if request.method == "NONE":  # Sanic could not read as much as its head
        return reply_error(ChatError(400, "invalid_usage", "This is no HTTP request."))
    if isinstance(error, SanicException) and error.status_code < 500:
        name = type(error).__name__
        return reply_error(ChatError(error.status_code, _snake(name), str(error)[:200]))
    if not isinstance(error, ServiceUnavailable):  # so Sanic calls it that a client went away
        logger.error("A request failed", exc_info=error)
    return reply_error(ChatError(500, "internal", "See the bot's log."))


def main(argv: list[str]) -> int:
    """Serve until stopped; exit code 2 and one line if that cannot begin."""
    parser = argparse.ArgumentParser(prog="python -m bot serve", description=__doc__)
    parser.add_argument("--model", type=Path, help="instead of the newest one in models/")
    model = parser.parse_args(argv).model
    try:
        settings = Settings.from_env()
        model = model or newest_model()
        if not model.is_file():
            raise NoModel(f"{model} does not exist.")
        check_port("PORT", settings.host, settings.port)
    except (SettingError, PortTaken, NoModel) as error:
        print(f"Cannot start: {error}", file=sys.stderr)
        return 2
    # endpoints.yml names it, so it must be there even if the setting has its default.
    os.environ["ACTIONS_URL"] = settings.actions_url
    model = model.resolve()
    os.chdir(ROOT)
    serve(settings, model)
    return 0


def serve(settings: Settings, model: Path) -> None:
    """Load the model and answer patients until SIGTERM or Ctrl-C."""
    quieten()
    from rasa.core.run import close_resources, create_http_input_channels, load_agent_on_start
    from rasa.core.utils import AvailableEndpoints, number_of_sanic_workers

    from bot.quick_events import quicken

    set_up_logging()
    quicken()
    endpoints = AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml"))
    channels = create_http_input_channels(None, str(ROOT / "credentials.yml"))
    app = create_app(channels, settings)
    app.register_listener(
        partial(load_agent_on_start, str(model), endpoints, None), "before_server_start"
    )
    app.register_listener(warm_up, "before_server_start")
    app.register_listener(close_resources, "after_server_stop")
    logger.info("Serving %s on http://%s:%s", model.name, settings.host, settings.port)
    app.run(
        host=settings.host,
        port=settings.port,
        workers=number_of_sanic_workers(endpoints.lock_store),
        motd=False,
        access_log=False,
    )


async def warm_up(app: Sanic, *_: Any) -> None:
    """Understand something in each language, so that no patient waits for what is made when first
    needed."""
    for language in shared().languages.values():
        await app.ctx.agent.parse_message(language.name)


def quieten() -> None:
    """Keep what Rasa's dependencies say about their own future out of the log of the bot."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    for category in (DeprecationWarning, PendingDeprecationWarning, FutureWarning, UserWarning):
        warnings.simplefilter("ignore", category)


def set_up_logging() -> None:
    """Warnings and worse, and our own notices; Rasa's debug lines hold what patients write."""
    quieten()  # some of Rasa's dependencies turn warnings on again when they are imported
    from rasa.utils.log_utils import configure_structlog

    level = os.environ.get("LOG_LEVEL", "INFO")
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    for name in ("bot", "rasa.core.run"):
        logging.getLogger(name).setLevel(level)
    configure_structlog(logging.WARNING)


def _snake(name: str) -> str:
    return "".join("_" + c.lower() if c.isupper() else c for c in name).strip("_")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
