// Loaded before the style sheets, so that the page is painted once, in the scheme that the person's device asks for.
// Paper is white whatever the screen is.
(() => {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const put = (scheme) => document.documentElement.setAttribute("data-bs-theme", scheme);
  const apply = () => put(dark.matches ? "dark" : "light");
  dark.addEventListener("change", apply);
  window.addEventListener("beforeprint", () => put("light"));
  window.addEventListener("afterprint", apply);
  apply();
})();
