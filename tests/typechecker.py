"""How strictly the test run checks signatures: a whole number may stand where a fraction is asked for."""

from beartype import BeartypeConf, beartype

checked = beartype(conf=BeartypeConf(is_pep484_tower=True))
