// One phone: what its person does goes to the simulator, what the simulator streams is shown.
import { draw } from "./bubbles.js";
import { samplePhoto } from "./sample.js";
import { canRecord, record } from "./voice.js";

const TYPING_MS = 4000;
const PICKERS = {
  photo: { kind: "photo", accept: "image/*", multiple: true },
  document: { kind: "document", accept: "", multiple: false },
  audio: { kind: "voice", accept: "audio/*", multiple: false },
};

export class Phone {
  constructor(element) {
    this.element = element;
    this.channel = element.dataset.channel;
    this.owner = element.closest("section").querySelector("[data-part=owner]");
    this.bubbles = new Map();
    this.recording = null;
    this.keepAtEnd();
    element.addEventListener("click", (event) => this.act(event.target.closest("[data-act]")));
    this.part("composer").addEventListener("submit", (event) => this.submit(event));
    this.part("text").addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        this.submit(event);
      }
    });
    this.part("file").addEventListener("change", () => this.sendPicked());
    this.button("record").hidden = !canRecord();
  }

  // The newest message stays in sight while the reader is there: also when a photo loads or a hidden tab is shown.
  keepAtEnd() {
    const chat = this.part("chat");
    this.isAtEnd = true;
    chat.addEventListener("scroll", () => {
      this.isAtEnd = chat.scrollHeight - chat.scrollTop - chat.clientHeight < 80;
    });
    chat.addEventListener("load", () => this.scrollToEnd(), true);
    new ResizeObserver(() => this.scrollToEnd()).observe(chat);
  }

  scrollToEnd() {
    const chat = this.part("chat");
    if (this.isAtEnd) {
      chat.scrollTop = chat.scrollHeight;
    }
  }

  part(name) {
    return this.element.querySelector(`[data-part=${name}]`);
  }

  button(name) {
    return this.element.querySelector(`[data-act=${name}]`);
  }

  get path() {
    return `/phones/${this.channel}/${encodeURIComponent(this.person)}`;
  }

  async open(person = sessionStorage.getItem(`person-${this.channel}`) || this.element.dataset.person) {
    this.person = person;
    sessionStorage.setItem(`person-${this.channel}`, person);
    this.stream?.close();
    this.stream = new EventSource(`${this.path}/events`);
    this.stream.addEventListener("message", (event) => this.hear(JSON.parse(event.data)));
    this.stream.addEventListener("open", () => this.say(""));
    this.stream.addEventListener("error", () => this.say("El simulador no contesta. Se vuelve a intentar…"));
    const about = await (await fetch(`${this.path}/messages`)).json();
    this.owner.textContent = about.name;
    this.showBlocked(about.has_blocked);
  }

  hear(event) {
    if (event.event === "screen" || event.event === "reset") {
      this.bubbles.clear();
      this.part("chat").replaceChildren();
      (event.messages ?? []).forEach((bubble) => this.show(bubble));
    } else if (event.event === "bubble") {
      this.show(event.bubble);
    } else if (event.event === "typing") {
      this.showTyping();
    } else if (event.event === "answered") {
      this.bubbles.get(event.bubble_id)?.querySelectorAll("[aria-busy]").forEach((key) => key.removeAttribute("aria-busy"));
    }
    this.part("hint").hidden = this.bubbles.size > 0;
  }

  show(bubble) {
    const chat = this.part("chat");
    const drawn = draw(bubble, (button, data) => this.press(bubble.id, button, data));
    const before = this.bubbles.get(bubble.id);
    if (before) {
      before.replaceWith(drawn);
    } else {
      chat.append(drawn);
    }
    this.bubbles.set(bubble.id, drawn);
    if (!bubble.is_own) {
      this.part("state").textContent = "en línea";
    }
    this.isAtEnd ||= bubble.is_own && !before;
    this.scrollToEnd();
  }

  showTyping() {
    this.part("state").textContent = "escribiendo…";
    clearTimeout(this.typing);
    this.typing = setTimeout(() => { this.part("state").textContent = "en línea"; }, TYPING_MS);
  }

  act(button) {
    if (!button) {
      return;
    }
    button.closest(".menu")?.removeAttribute("open");
    const acts = {
      example: () => this.post("messages", { text: button.dataset.text }),
      place: () => this.post("messages", this.placeOf(button)),
      "sample-photo": () => this.sendSample(),
      record: () => this.toggleRecording(button),
      renew: () => this.open(`persona-${crypto.getRandomValues(new Uint32Array(1))[0].toString(36)}`),
      block: () => this.toggleBlock(),
    };
    (acts[button.dataset.act] ?? (() => this.pick(PICKERS[button.dataset.act])))();
  }

  placeOf(button) {
    return { latitude: Number(button.dataset.latitude), longitude: Number(button.dataset.longitude) };
  }

  submit(event) {
    event.preventDefault();
    const field = this.part("text");
    const text = field.value.trim();
    if (text) {
      field.value = "";
      this.post("messages", { text });
    }
    field.focus();
  }

  press(messageId, button, data) {
    button.setAttribute("aria-busy", "true");
    this.post("press", { message_id: messageId, data });
  }

  async toggleBlock() {
    const wanted = !this.hasBlocked;
    if (await this.post("block", { blocked: wanted })) {
      this.showBlocked(wanted);
    }
  }

  showBlocked(hasBlocked) {
    this.hasBlocked = hasBlocked;
    const button = this.button("block");
    button.textContent = hasBlocked ? "Desbloquear este chat" : "Bloquear este chat";
    button.setAttribute("aria-pressed", String(hasBlocked));
    this.part("text").disabled = hasBlocked;
    this.part("text").placeholder = hasBlocked ? "Chat bloqueado" : "Mensaje";
    this.element.querySelectorAll(".round, [data-act=example]").forEach((control) => { control.disabled = hasBlocked; });
  }

  pick(picker) {
    const input = this.part("file");
    this.picker = picker;
    input.accept = picker.accept;
    input.multiple = picker.multiple;
    input.value = "";
    input.click();
  }

  sendPicked() {
    const files = [...this.part("file").files];
    if (files.length) {
      this.sendFiles(files.length > 1 ? "album" : this.picker.kind, files);
    }
  }

  async sendSample() {
    this.sendFiles("photo", [await samplePhoto()]);
  }

  async toggleRecording(button) {
    if (this.recording) {
      this.recording.stop();
      return;
    }
    try {
      this.recording = await record();
    } catch {
      this.say("No hay permiso para usar el micrófono. Puede adjuntar una nota de voz desde un archivo.");
      return;
    }
    button.setAttribute("aria-pressed", "true");
    button.setAttribute("aria-label", "Terminar y enviar la nota de voz");
    const { file, seconds } = await this.recording.done;
    this.recording = null;
    button.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-label", "Grabar nota de voz");
    this.sendFiles("voice", [file], seconds);
  }

  sendFiles(kind, files, seconds = 1) {
    const form = new FormData();
    const field = this.part("text");
    form.append("kind", kind);
    form.append("duration_s", String(seconds));
    if (kind !== "voice") {
      form.append("caption", field.value.trim());
      field.value = "";
    }
    files.forEach((file) => form.append("files", file, file.name));
    return this.send("messages", { body: form });
  }

  post(what, values) {
    return this.send(what, { body: JSON.stringify(values), headers: { "Content-Type": "application/json" } });
  }

  async send(what, request) {
    try {
      const response = await fetch(`${this.path}/${what}`, { method: "POST", ...request });
      const answer = response.ok ? {} : await response.json();
      this.say(typeof answer.detail === "string" ? answer.detail : response.ok ? "" : "No se pudo enviar.");
      return response.ok;
    } catch {
      this.say("El simulador no contesta. Revise que la demostración siga abierta.");
      return false;
    }
  }

  say(trouble) {
    const place = this.part("trouble");
    place.textContent = trouble;
    place.hidden = !trouble;
  }
}
