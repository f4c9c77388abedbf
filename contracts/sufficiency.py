"""Whether enough was seen to call a contract kept."""

from collections.abc import Collection, Mapping

from contracts.clauses.ids import body_clause
from contracts.contract import Contract
from contracts.ledger import Ledger, Verdict


def too_little(
    contract: Contract,
    ledger: Ledger,
    verdicts: Mapping[str, Verdict],
    unsettled: Collection[str],
    min_verified: int,
) -> str:
    """Say why too little was seen to call the contract kept; empty where enough was.

    `verdicts` are those on the clauses that were selected, `unsettled` the clauses that were broken once and
    could not be looked at again, `min_verified` percent of all that can still fail must be verified.
    """
    if not verdicts:
        return "no clause was selected, so nothing was judged"
    pagination = contract.fragment.pagination
    if pagination:
        of_items = body_clause(contract.fragment.success.status, pagination.items, "").rstrip(":")
        is_about_items = any(clause.startswith(of_items) for clause in verdicts)
        seen = (clause for clause in contract.clauses if clause.startswith(of_items))
        if is_about_items and not any(ledger.tally(clause).checked for clause in seen):
            return "no answer held an item, so nothing can be said of items"
    left = sorted(clause for clause in verdicts if clause in unsettled)
    if left:
        return f"{left[0]} was broken once, and the run ended before it could be looked at again"
    found = set(verdicts.values()) - {Verdict.RETIRED}
    if found == {Verdict.UNOBSERVED}:
        which = "selected and can still fail" if Verdict.RETIRED in verdicts.values() else "selected"
        return f"nothing that was {which} was seen, so nothing was judged"
    if Verdict.UNSTABLE in found <= {Verdict.UNSTABLE, Verdict.UNOBSERVED}:
        return "what was broken once was not so again, and nothing was found to be kept"
    verified, retired = map(list(verdicts.values()).count, (Verdict.VERIFIED, Verdict.RETIRED))
    total = len(verdicts) - retired
    if verified * 100 < min_verified * total:
        which = f"the {total} clauses that can still fail" if retired else f"{total} clauses"
        return f"{verified} of {which} were verified, less than {min_verified} percent"
    return ""
