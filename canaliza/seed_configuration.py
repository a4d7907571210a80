"""Invented changes of what the program says, so that the demo's page «Textos» shows each of its states. By `seed`."""

from intake.accounts.staff import Member
from intake.configuration.changing import check_line_today
from intake.configuration.in_force import Subject
from intake.configuration.versions import Change, publish
from intake.office import Office

THANKS = "Con gusto. Si necesita algo más, escríbanos."
FIRE = "Salga de ahí y llame al {line_emergency}: es gratis. No encienda ni apague nada. Este chat NO envía bomberos."
ASKED, CALLED = "Lo pidió la coordinación de atención", "Se llamó a la línea y contesta."


def fill_configuration(office: Office, administrator: Member) -> None:
    """A sentence that is to be confirmed, one of safety that waits for a second person, a line that was called."""
    thanks = {"text": THANKS, "confirmed": False}
    publish(office, administrator, Change(Subject.SENTENCE, "thanks", thanks), ASKED, 0)
    fire = {"text": FIRE, "confirmed": True}
    publish(office, administrator, Change(Subject.SENTENCE, "emergency.incendio", fire), ASKED, 0)
    check_line_today(office, administrator, "emergency", CALLED, 0)
