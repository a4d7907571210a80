// The page: one Phone for each phone on it, and the tabs of narrow windows.
import { Phone } from "./phone.js";

for (const element of document.querySelectorAll(".phone")) {
  new Phone(element).open();
}

const tabs = [...document.querySelectorAll("[role=tab]")];
for (const tab of tabs) {
  tab.addEventListener("click", () => show(tab));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) {
      const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
      show(next);
      next.focus();
    }
  });
}

function show(chosen) {
  document.body.dataset.view = chosen.dataset.tab;
  for (const tab of tabs) {
    tab.setAttribute("aria-selected", String(tab === chosen));
    tab.tabIndex = tab === chosen ? 0 : -1;
  }
}

// A menu closes when something else is touched, and with Escape.
document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    closeMenus(null);
  }
});

function closeMenus(except) {
  for (const menu of document.querySelectorAll(".menu[open]")) {
    if (!menu.contains(except)) {
      const hadFocus = menu.contains(document.activeElement);
      menu.open = false;
      if (hadFocus) {
        menu.querySelector("summary").focus();
      }
    }
  }
}
