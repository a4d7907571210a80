// What the staff's pages do without a page load: keys, the search over agencies, counters. All of it works without, too.
(() => {
  "use strict";
  const SETTLE_MS = 350; // a second press that was meant for the page before must not decide this one
  const form = document.getElementById("decidir");
  const search = document.querySelector("[data-search]");
  let isSent = false;

  const plain = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").trim();
  const isTyping = (target) => target instanceof Element && target.closest("input, textarea, select, [contenteditable]");

  document.body.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector("meta[name=csrf-token]");
    if (token) event.detail.headers["X-CSRF-Token"] = token.content;
  });

  // One press, one effect: a form that is on its way is not sent a second time.
  document.addEventListener("submit", (event) => {
    if (event.target.method === "dialog") return;
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => {
    isSent = false;
    document.querySelectorAll("form[data-sent]").forEach((one) => delete one.dataset.sent);
  });

  document.querySelectorAll("select[data-submits]").forEach((one) => one.addEventListener("change", () => one.form.requestSubmit()));

  document.querySelectorAll("textarea[data-counts]").forEach((area) => {
    const place = document.getElementById(area.dataset.counts);
    const count = () => { place.textContent = place.dataset.words.replace("{n}", area.value.trim().length); };
    area.addEventListener("input", count);
    if (area.value) count();
  });

  // The reasons marked in the text are those of the suggestion that is looked at; at first, the first one's.
  const split = document.querySelector("[data-shown]");
  document.querySelectorAll("[data-rank]").forEach((one) => {
    const show = () => { split.dataset.shown = one.dataset.rank; };
    one.addEventListener("mouseenter", show);
    one.addEventListener("focus", show);
  });

  // A document that cannot be drawn is downloaded: no broken picture stands in its place.
  document.addEventListener("error", (event) => {
    if (event.target instanceof Element && event.target.matches("img[data-sheet]")) event.target.parentElement.hidden = true;
  }, true);

  // Of every player, those that come later too. A file that is not loaded yet begins at its default speed.
  document.addEventListener("click", (event) => {
    const chosen = event.target instanceof Element && event.target.closest("[data-speed]");
    if (!chosen) return;
    const audio = chosen.closest("figure").querySelector("audio");
    audio.defaultPlaybackRate = audio.playbackRate = Number(chosen.dataset.speed);
    chosen.parentElement.querySelectorAll("[data-speed]").forEach((one) => one.setAttribute("aria-pressed", String(one === chosen)));
  });

  const list = search && document.getElementById(search.dataset.filters);
  const visible = () => [...list.querySelectorAll("li:not([hidden]) button")];
  if (list) {
    const status = document.getElementById(search.getAttribute("aria-describedby"));
    const filter = () => {
      const words = plain(search.value).split(/\s+/).filter(Boolean);
      list.querySelectorAll("li").forEach((item) => {
        item.hidden = !words.every((word) => item.dataset.words.includes(word));
      });
      const count = visible().length;
      list.classList.toggle("is-filtered", words.length > 0);
      status.textContent = !words.length ? "" : count === 0 ? status.dataset.none
        : count === 1 ? status.dataset.one : status.dataset.many.replace("{n}", count);
    };
    search.addEventListener("input", filter);
    search.addEventListener("keydown", (event) => {
      if (event.key === "Enter") {
        event.preventDefault();
        if (search.value.trim() && visible().length) visible()[0].click();
      } else if (event.key === "ArrowDown" && visible().length) {
        event.preventDefault();
        visible()[0].focus();
      } else if (event.key === "Escape") {
        search.value = "";
        filter();
        search.blur();
      }
    });
    list.addEventListener("keydown", (event) => {
      const buttons = visible(), at = buttons.indexOf(document.activeElement);
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step || at < 0) return;
      event.preventDefault();
      (buttons[at + step] || (step < 0 ? search : buttons[at])).focus();
    });
    filter();
  }

  // What has left cannot be taken back: the button goes when the server would refuse it.
  document.querySelectorAll("form[data-undo]").forEach((one) => setTimeout(() => one.remove(), one.dataset.undo * 1000));

  document.querySelectorAll("button[data-ticks]").forEach((one) => {
    const boxes = [...document.querySelectorAll(`input[type=checkbox][form="${one.dataset.ticks}"]`)];
    one.hidden = false;
    one.addEventListener("click", () => { const to = !boxes.every((box) => box.checked); boxes.forEach((box) => { box.checked = to; }); });
  });

  document.querySelectorAll("button[data-print]").forEach((one) => {
    one.hidden = false;
    one.addEventListener("click", () => window.print());
  });

  const dialog = document.getElementById("teclas");
  document.querySelectorAll("button[data-keys]").forEach((one) => {
    one.hidden = false;
    one.addEventListener("click", () => dialog.showModal());
  });

  const choose = (number) => {
    const option = form && form.querySelector(`[data-choice="${number}"]`);
    if (!option || isSent) return;
    isSent = true;
    form.requestSubmit(option);
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || isTyping(event.target) || (dialog && dialog.open)) return;
    if (!document.body.dataset.keys) return;
    if (event.key === "/" && search) {
      event.preventDefault();
      search.focus();
    } else if (event.key === "?" && dialog) {
      event.preventDefault();
      dialog.showModal();
    } else if (event.key.toLowerCase() === "n") {
      document.querySelector("a[data-next]")?.click();
    } else if (event.key.toLowerCase() === "u") {
      document.querySelector("form[data-undo] button")?.click();
    } else if (event.key.toLowerCase() === "s") {
      document.querySelector("button[data-part]")?.click();
    } else if (event.key.toLowerCase() === "j") {
      document.querySelector("a[data-join]")?.click();
    } else if (event.key.toLowerCase() === "e") {
      const alarm = document.getElementById("emergencia");
      if (!alarm) return;
      event.preventDefault();
      alarm.open = true;
      alarm.querySelector("#clase, #causa").focus();
    } else if (["1", "2", "3"].includes(event.key)) {
      choose(event.key);
    } else if (event.key === "Enter" && event.target === document.body && form && !form.hasAttribute("data-numbers-only")) {
      choose(1);
    }
  });
  setTimeout(() => { document.body.dataset.keys = "ready"; }, SETTLE_MS);
})();
