"""For whom a link of the navigation is, by the words that the templates use. Guards decide; this only hides."""

from intake.accounts.staff import OF_AGENCIES, OVERSEERS, Member, Role

AUDIENCES = {
    "overseer": OVERSEERS,
    "agency": OF_AGENCIES,
    "reader": OVERSEERS | OF_AGENCIES,
    "trail": {Role.ADMINISTRATOR, Role.AUDITOR},
    "figures": OVERSEERS | {Role.STATISTICS},
}


def audiences_of(member: Member) -> set[str]:
    """The member's own role among them."""
    return {str(member.role)} | {name for name, roles in AUDIENCES.items() if member.role in roles}
