"""Which currency stands beside an amount: a code, or a sign that only one currency has."""

from __future__ import annotations

import re

# Minor digits where they are not two. The list of codes is that of ISO 4217 without the words ALL, TOP and TRY in
# running text: those count only directly beside an amount.
MINOR_DIGITS = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV"), 0
    ),
    **dict.fromkeys(("XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
_LISTED = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY "
    "COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK HTG HUF IDR "
    "ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN "
    "MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS "
    "SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW ZWL"
)
CODES = frozenset(_LISTED.split()) | set(MINOR_DIGITS)
_WORDS = frozenset({"ALL", "TOP", "TRY"})
# Signs, each with every currency that writes it so.
SIGNS: dict[str, frozenset[str]] = {
    "€": frozenset({"EUR"}),
    "£": frozenset({"GBP"}),
    "₹": frozenset({"INR"}),
    "₩": frozenset({"KRW"}),
    "¥": frozenset({"JPY", "CNY"}),
    "$": frozenset({"USD", "CAD", "AUD", "NZD", "HKD", "SGD", "TWD", "MXN"}),
    "US$": frozenset({"USD"}),
    "CA$": frozenset({"CAD"}),
    "A$": frozenset({"AUD"}),
    "NZ$": frozenset({"NZD"}),
    "HK$": frozenset({"HKD"}),
    "S$": frozenset({"SGD"}),
    "NT$": frozenset({"TWD"}),
    "R$": frozenset({"BRL"}),
}
_CODE = re.compile(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])")
MARK = (
    rf"(?<![A-Za-z])(?:(?:{'|'.join(sorted(CODES))})(?![A-Za-z])|"
    rf"{'|'.join(re.escape(sign) for sign in sorted(SIGNS, key=len, reverse=True))})"
)


def minor_digits(currency: str) -> int:
    """Decimals that amounts of the currency have."""
    return MINOR_DIGITS.get(currency, 2)


def codes_in(text: str) -> frozenset[str]:
    """Codes that a text names anywhere."""
    return frozenset(_CODE.findall(text)) & (CODES - _WORDS)


def currency_of(marks: frozenset[str], named: frozenset[str]) -> str | None:
    """The one currency that the marks beside an amount can mean, given what the whole text names; else None.

    Shape:   `marks` are codes and signs; without any, a text that names a single currency means that one.
    """
    possible = set.intersection(*({mark} if mark in CODES else set(SIGNS[mark]) for mark in marks)) if marks else None
    if possible is None:
        possible = set(named)
    elif len(possible) > 1:
        possible &= named
    return possible.pop() if len(possible) == 1 else None
