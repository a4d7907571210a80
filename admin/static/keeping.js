// What is being written is kept on the server. When that fails the words stay in the page, and it is tried again.
(() => {
  "use strict";
  const AGAIN_MS = 5000;

  // `field`: what is posted as it changes; its `data-kept` names the place where a failure is said.
  const watch = (field, place) => {
    let isKept = true, isLeaving = false, timer = 0;

    const isOurs = (event) => event.detail.pathInfo?.requestPath === field.getAttribute("hx-post");
    const fails = (event, kind) => {
      if (!isOurs(event)) return;
      isKept = false;
      if (place.dataset.shown !== kind) place.textContent = place.dataset[kind];
      place.dataset.shown = kind;
      place.hidden = false;
      clearTimeout(timer);
      timer = setTimeout(() => htmx.trigger(field, "again"), AGAIN_MS);
    };

    field.addEventListener("input", () => { isKept = false; });
    document.addEventListener("submit", () => { isLeaving = true; });
    document.body.addEventListener("htmx:sendError", (event) => fails(event, "offline"));
    document.body.addEventListener("htmx:timeout", (event) => fails(event, "offline"));
    document.body.addEventListener("htmx:responseError", (event) => fails(event, "refused"));
    // Sent to the log-in, the page would go, and with it what was written since it was last kept.
    document.body.addEventListener("htmx:beforeOnLoad", (event) => {
      if (!isOurs(event) || !event.detail.xhr.getResponseHeader("HX-Redirect")) return;
      event.preventDefault();
      fails(event, "ended");
    });
    document.body.addEventListener("htmx:afterSwap", (event) => {
      if (!isOurs(event)) return;
      clearTimeout(timer);
      place.hidden = true;
      place.dataset.shown = "";
      isKept = !document.querySelector("#guardado[hx-post]");
    });
    window.addEventListener("online", () => { if (!isKept) htmx.trigger(field, "again"); });
    window.addEventListener("beforeunload", (event) => { if (!isKept && !isLeaving) event.preventDefault(); });
  };

  document.querySelectorAll("[data-kept]").forEach((field) => watch(field, document.getElementById(field.dataset.kept)));
})();
