"""The front page: two phones beside the staff view. The page itself is static; what it offers comes from the scene."""

from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.responses import HTMLResponse

from canaliza.simulator.config import SimulatorConfig

HERE = Path(__file__).parent


def add_page(app: FastAPI, config: SimulatorConfig) -> None:
    pages = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=select_autoescape(default=True), trim_blocks=True
    )
    template, headers = pages.get_template("front.html"), _headers(config.staff_url)

    @app.get("/", response_class=HTMLResponse)
    async def front(request: Request) -> HTMLResponse:
        values = {"scene": config.scene, "staff_url": config.staff_url, "staff_hint": config.staff_hint}
        return HTMLResponse(template.render(values), headers=headers)

    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")


def _headers(staff_url: str) -> dict[str, str]:
    parts = urlsplit(staff_url)
    frames = f"{parts.scheme}://{parts.netloc}" if staff_url else "'none'"
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "media-src": "'self'",
        "connect-src": "'self'",
        "frame-src": frames,
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }
