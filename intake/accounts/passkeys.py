"""Passkeys (WebAuthn level 2): registered by a member who is logged in, and a way in that needs no password.

The key is on a device that knows its owner, by a finger or a PIN: user verification is required, and so it counts as
both factors. Of the server nothing is secret here: it keeps public keys.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from intake.accounts.challenges import Purpose, set_challenge, take_challenge
from intake.accounts.entering import enter_by_key
from intake.accounts.kept_secrets import keyed_hash
from intake.accounts.second_factor import find_factors, is_required
from intake.accounts.staff import Member
from intake.audit.trail import Act, note_act, staff_of
from intake.clock import utc_now
from intake.errors import FormRefused, NotFound
from intake.office import Office
from intake.tables.accounts import Passkey, Staff

NAME_MAX, KEYS_MAX = 100, 10
MALFORMED = (WebAuthnException, ValueError, KeyError, TypeError)  # of what a browser sends


@dataclass(frozen=True)
class Site:
    """Where the keys are good: the app's host and its origin (`https://host`), as the browser sees them."""

    host: str
    origin: str


@dataclass(frozen=True)
class Asked:
    """What the browser is asked for, as JSON; `token`: by which its answer is taken."""

    token: str
    options: str


@dataclass(frozen=True)
class KeyView:
    id: int
    name: str
    created_at: datetime
    used_at: datetime | None


def list_keys(session: Session, staff_id: int) -> Sequence[KeyView]:
    rows = session.scalars(select(Passkey).where(Passkey.staff_id == staff_id).order_by(Passkey.id))
    return [KeyView(row.id, row.name, row.created_at, row.used_at) for row in rows]


def ask_for_new(office: Office, member: Member, site: Site) -> Asked:
    """Commits."""
    with office.sessions.begin() as session:
        known = session.scalars(select(Passkey.credential).where(Passkey.staff_id == member.id)).all()
        options = generate_registration_options(
            rp_id=site.host,
            rp_name=office.jurisdiction.channel,
            user_name=member.username,
            user_display_name=member.name,
            user_id=bytes.fromhex(keyed_hash(office.settings, "passkey user", str(member.id))),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
        )
        data = {"challenge": bytes_to_base64url(options.challenge)}
        token = set_challenge(session, Purpose.ENROLL, utc_now(), staff_id=member.id, data=data)
    return Asked(token, options_to_json(options))


def add_key(office: Office, member: Member, site: Site, token: str, name: str, answer: str) -> None:
    """Commits. Raises FormRefused: key_refused, too_many_keys."""
    now = utc_now()
    with office.sessions.begin() as session:
        challenge = take_challenge(session, Purpose.ENROLL, token, now)
    if challenge is None or challenge.staff_id != member.id:
        raise FormRefused("key_refused")
    try:
        proved = verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge.data["challenge"]),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except MALFORMED as error:
        raise FormRefused("key_refused") from error
    row = Passkey(
        staff_id=member.id,
        name=name[:NAME_MAX],
        credential_hash=_hash(proved.credential_id),
        credential=proved.credential_id,
        public_key=proved.credential_public_key,
        sign_count=proved.sign_count,
        created_at=now,
    )
    _keep(office, member, row)


def ask_for_known(office: Office, site: Site) -> Asked:
    """Of whoever it is: the device knows whose keys it has. Commits."""
    options = generate_authentication_options(rp_id=site.host, user_verification=UserVerificationRequirement.REQUIRED)
    data = {"challenge": bytes_to_base64url(options.challenge)}
    with office.sessions.begin() as session:
        return Asked(set_challenge(session, Purpose.ENTER, utc_now(), data=data), options_to_json(options))


def enter_with_key(office: Office, site: Site, token: str, answer: str, agent: str = "") -> str | None:
    """The log-in's token; None for what proves nothing. Commits."""
    now = utc_now()
    with office.sessions.begin() as session:
        challenge = take_challenge(session, Purpose.ENTER, token, now)
    if challenge is None:
        return None
    with office.sessions.begin() as session:
        row = _find_key(session, answer)
        if row is None:
            return None
        try:
            proved = verify_authentication_response(
                credential=answer,
                expected_challenge=base64url_to_bytes(challenge.data["challenge"]),
                expected_rp_id=site.host,
                expected_origin=site.origin,
                credential_public_key=row.public_key,
                credential_current_sign_count=row.sign_count,
                require_user_verification=True,
            )
        except MALFORMED:
            return None
        row.sign_count, row.used_at = proved.new_sign_count, now
        return enter_by_key(session, session.get_one(Staff, row.staff_id), now, agent)


def remove_key(office: Office, member: Member, key_id: int) -> str:
    """Its name. Commits. Raises NotFound, FormRefused when a factor is required and this is the last."""
    with office.sessions.begin() as session:
        row = session.get(Passkey, key_id)
        if row is None or row.staff_id != member.id:
            raise NotFound(f"no passkey {key_id}")
        factors = find_factors(session, member.id)
        if is_required(office.settings, member.role) and factors.passkeys == 1 and not factors.totp_since:
            raise FormRefused("required")
        session.execute(delete(Passkey).where(Passkey.id == key_id))
        note_act(session, staff_of(member.id), Act.PASSKEY_REMOVED)
        return row.name


def _keep(office: Office, member: Member, row: Passkey) -> None:
    try:
        with office.sessions.begin() as session:
            if find_factors(session, member.id).passkeys >= KEYS_MAX:
                raise FormRefused("too_many_keys")
            session.add(row)
            note_act(session, staff_of(member.id), Act.PASSKEY_ADDED)
    except IntegrityError as error:
        raise FormRefused("key_refused") from error  # somebody has that key


def _find_key(session: Session, answer: str) -> Passkey | None:
    try:
        credential = parse_authentication_credential_json(answer).raw_id
    except MALFORMED:
        return None
    wanted = select(Passkey).where(Passkey.credential_hash == _hash(credential)).with_for_update()
    return session.scalars(wanted).first()


def _hash(credential: bytes) -> str:
    return hashlib.sha256(credential).hexdigest()
