// The map as a PNG. Its colours stand in the style sheet, which a picture has not: each shape is given its own first.
(() => {
  const LOOKS = ["fill", "fill-opacity", "stroke", "stroke-width", "opacity", "font-size", "font-family", "font-weight", "text-anchor", "paint-order"];

  const dressed = (map) => {
    const copy = map.cloneNode(true);
    const [from, to] = [map, copy].map((one) => [one, ...one.querySelectorAll("*")]);
    from.forEach((one, place) => {
      const look = getComputedStyle(one);
      LOOKS.forEach((name) => to[place].setAttribute(name, look.getPropertyValue(name)));
    });
    const { width, height } = map.viewBox.baseVal;
    copy.setAttribute("width", width);
    copy.setAttribute("height", height);
    return copy;
  };

  const take = (map, name) => {
    const { width, height } = map.viewBox.baseVal;
    const image = new Image();
    image.addEventListener("load", () => {
      const sheet = Object.assign(document.createElement("canvas"), { width: 2 * width, height: 2 * height });
      const pen = sheet.getContext("2d");
      pen.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--paper").trim();
      pen.fillRect(0, 0, sheet.width, sheet.height);
      pen.drawImage(image, 0, 0, sheet.width, sheet.height);
      Object.assign(document.createElement("a"), { href: sheet.toDataURL("image/png"), download: name }).click();
    });
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(dressed(map)))}`;
  };

  window.addEventListener("DOMContentLoaded", () => {
    const map = document.querySelector("svg.map");
    document.querySelectorAll("[data-picture]").forEach((button) => {
      button.hidden = false;
      button.addEventListener("click", () => take(map, button.dataset.picture));
    });
  });
})();
