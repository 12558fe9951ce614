"""Secrets are kept out of cassettes: taken out by name, looked for by value before a file is written, and in files there are.

For who writes a cassette::

    known = known_secrets(os.environ, sent=requests)
    kept = [cleaned(one, names, sent_parameters(requests, names)).interaction for one in interactions]
    refuse(path, formats.dump(Cassette(kept)), known)
"""

from __future__ import annotations

from autogen_harness.cassettes.filtering.cleaning import Cleaned as Cleaned
from autogen_harness.cassettes.filtering.cleaning import cleaned as cleaned
from autogen_harness.cassettes.filtering.knowing import known_secrets as known_secrets
from autogen_harness.cassettes.filtering.knowing import sent_parameters as sent_parameters
from autogen_harness.cassettes.filtering.leaking import leaks as leaks
from autogen_harness.cassettes.filtering.leaking import refuse as refuse
from autogen_harness.cassettes.filtering.removed import Remark as Remark
from autogen_harness.cassettes.filtering.removed import Removed as Removed
from autogen_harness.secrecy.leak import Leak as Leak
