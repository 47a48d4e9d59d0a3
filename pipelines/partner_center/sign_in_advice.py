"""What to do about a sign-in that was refused, by the code in the answer of the sign-in service.

Source:  the list of AADSTS error codes in the documentation of Microsoft Entra.
"""

from __future__ import annotations

import re

_CODE = re.compile(r"AADSTS(\d+)")
_ADVICE = {
    "7000222": "The client secret has ended: make a new one at the app registration and set CLIENT_SECRET.",
    "7000215": "The client secret is wrong: set its value, which is shown once, and not its id.",
    "700016": "The app is not known in this tenant: check CLIENT_ID and TENANT_ID.",
    "90002": "There is no such tenant in this cloud: check TENANT_ID, and AUTHORITY_URL for a national cloud.",
    "900382": "App and tenant are of different clouds: set BASE_URL and AUTHORITY_URL of the tenant's cloud.",
    "500011": "The API is not known in this tenant: check AUDIENCE and the cloud, or give consent to the API there.",
    "65001": "Consent is missing: an administrator of the partner tenant grants it to the app.",
    "50076": "A second factor is asked for: give consent again, with a user who signs in with one.",
    "50079": "A second factor is asked for: give consent again, with a user who signs in with one.",
    "700082": "The refresh token was not used for too long: give consent again and store the new one.",
    "50173": "The user's password was changed, so the refresh token ended: give consent again and store the new one.",
    "50057": "The user's account is disabled: give consent again, with another user.",
}


def sign_in_advice(description: str, code: str | None, *, with_user: bool) -> str:
    """A sentence for the person who looks after the sign-in."""
    known = next((_ADVICE[one] for one in _CODE.findall(description) if one in _ADVICE), None)
    if known is not None:
        return known
    if code == "invalid_grant" and with_user:
        return "The refresh token is no longer accepted: give consent again and store the new one."
    return "Check tenant id, client id, client secret and, when one is set, the refresh token."
