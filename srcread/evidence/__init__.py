"""The evidence room: snippets run, their claims judged, the verdicts kept and weighed.

Reading (`read_evidence`, `standing`) is light and serves a build. Running lies in
`srcread.running.runner`, which only `confirm` imports: it brings subprocess and libcst.
"""

from srcread.evidence.files import evidence_path, read_evidence, record_run
from srcread.evidence.findings import check_evidence
from srcread.evidence.standing import standing

__all__ = ["check_evidence", "evidence_path", "read_evidence", "record_run", "standing"]
