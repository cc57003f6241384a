"""Starts ministack with what it lacks: a real Trino behind Athena, a real PostgreSQL behind the Data API, and their rules."""

import logging

logging.basicConfig(level=logging.WARNING)

import athena  # noqa: E402
import data_api  # noqa: E402
import functions  # noqa: E402
import identity  # noqa: E402
import maps  # noqa: E402
import resources  # noqa: E402
import schedules  # noqa: E402
from ministack.app import main  # noqa: E402

resources.install()
athena.install()
data_api.install()
identity.install()
functions.install()
maps.install()
schedules.install()
main()
