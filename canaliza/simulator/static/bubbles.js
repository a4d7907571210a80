// Draws one bubble as DOM nodes. Every word of people and programs goes in as text, never as markup.
const TICKS = { sending: ["…", "enviándose"], sent: ["✓", "enviado"], delivered: ["✓✓", "entregado"], read: ["✓✓", "leído"], failed: ["!", "no se envió"] };
const LINK = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)])/;
const CLOCK = new Intl.DateTimeFormat("es-MX", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const SVG = "http://www.w3.org/2000/svg";

export function draw(bubble, onPress) {
  const item = element("article", bubble.is_own ? "message message-own" : "message");
  item.append(element("span", "unseen", bubble.is_own ? "Usted:" : "Canal:"), body(bubble));
  if (bubble.buttons.length) {
    item.append(keys(bubble.buttons, onPress));
  }
  return item;
}

function body(bubble) {
  const box = element("div", "bubble");
  if (bubble.file) {
    box.append(attached(bubble));
  }
  if (bubble.location) {
    box.append(place(bubble.location));
  }
  if (bubble.text) {
    box.append(words(bubble.text));
  }
  box.append(foot(bubble));
  return box;
}

function words(text) {
  const paragraph = element("p");
  text.split(LINK).forEach((piece, index) => {
    paragraph.append(index % 2 ? link(piece) : piece);
  });
  return paragraph;
}

function link(address) {
  const anchor = element("a", "", address);
  anchor.href = address;
  anchor.target = "_blank";
  anchor.rel = "noopener noreferrer";
  return anchor;
}

function attached({ file, kind, is_own }) {
  if (kind === "photo" || kind === "sticker") {
    const image = element("img");
    image.src = file.url;
    image.alt = kind === "sticker" ? "Calcomanía" : is_own ? "Foto enviada" : "Foto recibida";
    return image;
  }
  if (kind === "voice" || kind === "video") {
    const player = element(kind === "voice" ? "audio" : "video");
    player.controls = true;
    player.preload = "metadata";
    player.src = file.url;
    player.setAttribute("aria-label", kind === "voice" ? "Nota de voz" : "Video");
    return player;
  }
  const row = element("div", "attached");
  const anchor = element("a", "", `${file.name} (${size(file.size_bytes)})`);
  anchor.href = file.url;
  anchor.download = file.name;
  row.append(icon("paper"), anchor);
  return row;
}

function place({ latitude, longitude, label }) {
  const row = element("div", "attached");
  const degrees = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
  row.append(icon("pin"), element("span", "", label ? `${label} (${degrees})` : `Ubicación: ${degrees}`));
  return row;
}

function foot(bubble) {
  const row = element("div", "foot");
  if (bubble.is_edited) {
    row.append(element("span", "", "editado"));
  }
  row.append(element("time", "", CLOCK.format(new Date(bubble.at))));
  if (bubble.is_own) {
    const [mark, meaning] = TICKS[bubble.status] ?? TICKS.sent;
    const ticks = element("span", `ticks ticks-${bubble.status}`, mark);
    ticks.setAttribute("aria-hidden", "true");
    row.append(ticks, element("span", "unseen", meaning));
  }
  return row;
}

function keys(rows, onPress) {
  const box = element("div", "keys");
  for (const row of rows) {
    const line = element("div", "keys-row");
    for (const { text, data } of row) {
      const button = element("button", "", text);
      button.type = "button";
      button.addEventListener("click", () => onPress(button, data));
      line.append(button);
    }
    box.append(line);
  }
  return box;
}

function size(bytes) {
  const format = (value) => value.toLocaleString("es-MX", { maximumFractionDigits: 1 });
  return bytes < 1024 * 1024 ? `${format(Math.max(1, Math.round(bytes / 1024)))} kB` : `${format(bytes / 1024 / 1024)} MB`;
}

function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `/static/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) {
    made.className = className;
  }
  made.append(text);
  return made;
}
