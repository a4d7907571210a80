"""Settings: one error for all that is wrong, and a refusal to serve without what tells messages from forgeries."""

import pytest
from pydantic import ValidationError

from intake.errors import SettingsError
from intake.settings import Settings, require_webhook_secrets


@pytest.mark.parametrize(
    ("values", "faults"),
    [
        (
            {"twilio_account_sid": "AC1"},
            ["CANALIZA_TWILIO_AUTH_TOKEN and CANALIZA_TWILIO_WHATSAPP_FROM missing"],
        ),
        (
            {"twilio_account_sid": "AC1", "public_url": "https://x.example.mx"},
            ["CANALIZA_TWILIO_AUTH_TOKEN", "CANALIZA_SECRET_KEY is required"],
        ),
        ({"secret_key": "short"}, ["at least 32 characters"]),
        ({"public_url": "peticiones"}, ["must be an address"]),
        ({"database_url": "mysql://x"}, ["must begin with sqlite:/// or postgresql://"]),
        ({"oidc_issuer": "http://cuentas.example.mx"}, ["CANALIZA_OIDC_ISSUER must be an https", "OIDC_CLIENT_ID"]),
        (
            {"oidc_issuer": "https://x.example.mx", "oidc_client_id": "c", "oidc_client_secret_file": "/none"},
            ["CANALIZA_OIDC_CLIENT_SECRET_FILE: no such file"],
        ),
        ({"telegram_webhook_secret": "con espacio"}, ["A–Z a–z 0–9"]),
    ],
)
def test_what_is_wrong_is_named(values: dict[str, str], faults: list[str]) -> None:
    with pytest.raises(ValidationError) as raised:
        Settings(**values)  # type: ignore[arg-type]
    for fault in faults:
        assert fault in str(raised.value)


def test_a_webhook_without_secret_is_not_served() -> None:
    with pytest.raises(SettingsError, match="CANALIZA_TELEGRAM_WEBHOOK_SECRET is missing"):
        require_webhook_secrets(Settings(telegram_token="1:x"))
    require_webhook_secrets(Settings(telegram_token="1:x", telegram_webhook_secret="s"))
    require_webhook_secrets(Settings())
