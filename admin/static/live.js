// An open list learns that something came, an open petition who else is there: from one stream, or by asking as before
// while there is none. A hidden tab keeps no stream: browsers open six connections to a place, no more.
(() => {
  "use strict";
  const place = document.querySelector("[data-live]");
  if (!place) return;
  const RETRY_S = 15, RETRY_MAX_S = 300, STAYS_MS = 1000; // a page that is left at once needs no stream
  let source = null, timer = 0, tries = 0;

  const ask = () => { if (place.hasAttribute("hx-get")) window.htmx.trigger(place, "novedades"); };
  const isOpen = () => source !== null && source.readyState === EventSource.OPEN;
  const tell = (text) => {
    if (place.hasAttribute("hx-get")) return;
    place.textContent = text;
    place.hidden = !text;
  };
  const close = () => {
    clearTimeout(timer);
    if (source) source.close();
    source = null;
    place.dataset.stream = "closed";
  };
  const later = () => {
    close();
    tell("");
    const wait = Math.min(RETRY_MAX_S, RETRY_S * 2 ** tries);
    tries += 1;
    timer = setTimeout(open, wait * (500 + Math.random() * 1000));
  };
  const open = () => {
    if (source || document.hidden || !window.EventSource) return;
    source = new EventSource(place.dataset.live);
    source.addEventListener("open", () => { tries = 0; place.dataset.stream = "open"; ask(); });
    source.addEventListener("novedad", ask);
    source.addEventListener("presentes", (event) => tell(event.data));
    source.addEventListener("fin", later);
    source.addEventListener("error", () => { if (source && source.readyState === EventSource.CLOSED) later(); });
  };

  document.addEventListener("visibilitychange", () => { if (document.hidden) close(); else { tries = 0; open(); } });
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (event) => { if (event.persisted) open(); });
  setInterval(() => { if (!isOpen() && !document.hidden) ask(); }, (place.dataset.asked || 20) * 1000);
  timer = setTimeout(open, STAYS_MS);
})();
